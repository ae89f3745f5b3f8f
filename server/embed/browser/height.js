// On the hosted page: tells a page that shows it in an iframe how high it is. Only pages of the regroupement's own
// origins are told; `frame-ancestors` lets no other show it.
const allowed = [location.origin, ...(document.body.dataset.frames ?? '').split(' ')];

/** Where the page around us comes from; without ancestorOrigins (older Firefox), every allowed one is tried. */
function targets() {
  const around = location.ancestorOrigins?.[0];
  if (around !== undefined) return allowed.includes(around) ? [around] : [];
  return allowed.filter((origin) => origin !== '');
}

if (window.parent !== window) {
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    for (const origin of targets()) {
      window.parent.postMessage({ type: 'amisgest-pay-height', height }, origin);
    }
  };
  new ResizeObserver(tell).observe(document.documentElement);
}
