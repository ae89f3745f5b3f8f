// The stand-in's PayPal SDK v6. BASE: where the stand-in is. MODE: how it misbehaves (see README.md).
{
  const methods = { paypal: MODE !== 'ineligible', card: MODE !== 'no-card' };

  const session = (callbacks, path) => {
    let popup = null;
    let listening = null;
    let watching;
    const stop = () => {
      clearInterval(watching);
      if (listening) removeEventListener('message', listening);
      listening = null;
    };
    return {
      // Browsers open a window only in the click itself: before the order is there.
      async start({ presentationMode }, order) {
        if (!['auto', 'popup'].includes(presentationMode)) throw new TypeError(`no mode ${presentationMode}`);
        popup = MODE === 'popup-blocked' ? null : window.open('', '_blank', 'popup,width=480,height=760');
        if (popup === null) {
          throw Object.assign(new Error('Unable to open popup window'), {
            code: 'ERR_DEV_UNABLE_TO_OPEN_POPUP',
            isRecoverable: true,
          });
        }
        let orderId;
        try {
          ({ orderId } = await order);
        } catch (error) {
          popup.close();
          throw error;
        }
        listening = ({ data, origin, source }) => {
          if (source !== popup || origin !== new URL(BASE).origin || MODE === 'silent') return;
          stop();
          if (data.end === 'approved') callbacks.onApprove({ orderId, payerId: data.payerId });
          if (data.end === 'cancelled') callbacks.onCancel({ orderId });
        };
        addEventListener('message', listening);
        watching = setInterval(() => {
          if (!popup.closed) return;
          stop();
          if (MODE !== 'silent') callbacks.onCancel({ orderId });
        }, 300);
        popup.location = `${BASE}/checkoutnow/popup?token=${encodeURIComponent(orderId)}&to=${path}`;
      },
      cancel: () => popup?.close(),
      destroy() {
        stop();
        popup?.close();
      },
      hasReturned: () => false,
      resume: async () => {},
    };
  };

  window[document.currentScript.dataset.namespace ?? 'paypal'] = {
    version: '6.0.0',
    async createInstance({ clientId, components }) {
      if (typeof clientId !== 'string' || !Array.isArray(components))
        throw new TypeError('clientId, components');
      return {
        findEligibleMethods: async ({ currencyCode }) => ({
          isEligible: (method) => currencyCode === 'CAD' && methods[method] === true,
        }),
        createPayPalOneTimePaymentSession: (callbacks) => session(callbacks, ''),
        createPayPalGuestOneTimePaymentSession: (callbacks) => session(callbacks, 'card'),
      };
    },
  };
}
