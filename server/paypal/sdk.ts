// Where PayPal's own script for pages comes from.
import type { Config } from '../config.ts';

/** JavaScript SDK v6 of the same PayPal that the server speaks to: live, sandbox, or a stand-in; a setting may say another. */
export function sdkUrl({
  paypalBaseUrl,
  paypalSdkUrl,
}: Pick<Config, 'paypalBaseUrl' | 'paypalSdkUrl'>): string {
  if (paypalSdkUrl !== undefined) return paypalSdkUrl;
  const { hostname } = new URL(paypalBaseUrl);
  const [, sandbox = ''] = /^api-m(\.sandbox)?\.paypal\.com$/.exec(hostname) ?? [null];
  return hostname.endsWith('.paypal.com')
    ? `https://www${sandbox}.paypal.com/web-sdk/v6/core`
    : `${paypalBaseUrl}/web-sdk/v6/core`;
}
