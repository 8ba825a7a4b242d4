/** What the page may load and do. `styleNonce` lets in the style elements that the page's component library writes. */
export function contentSecurityPolicy(styleNonce?: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    styleNonce === undefined ? "style-src 'self'" : `style-src 'self' 'nonce-${styleNonce}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    // hls.js starts its worker from a blob.
    "worker-src 'self' blob:",
    // The WebSocket is same-origin too.
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

// The page needs none of them; full screen and picture-in-picture are its own.
const unusedFeatures = ['camera', 'display-capture', 'geolocation', 'hid', 'microphone', 'midi', 'payment'];
const moreUnusedFeatures = [
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

/** Sent with every answer; scripts come from the service alone. */
export const securityHeaders: Record<string, string> = {
  'content-security-policy': contentSecurityPolicy(),
  'permissions-policy': [...unusedFeatures, ...moreUnusedFeatures].map((name) => `${name}=()`).join(', '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** With a certificate that browsers know: from then on they refuse the service without TLS. */
export const strictTransport = { 'strict-transport-security': 'max-age=31536000' };
