import type { Camera, Role } from '@mediamtx-camera-service/client';

/** What the server wrote into the page, so that the first render needs no round trip. */
export interface Bootstrap {
  authenticated: boolean;
  role?: Role;
  user?: string;
  /** It is a stored user, who logged in with a password. */
  has_password?: boolean;
  cameras?: Camera[];
  version?: string;
  /** The newest event number when the page was made. */
  seq?: number;
}

export function readBootstrap(page: Document): Bootstrap {
  return findBootstrap(page) ?? { authenticated: false };
}

/** Undefined for a page that is not the service's. */
export function findBootstrap(page: Document): Bootstrap | undefined {
  const text = page.getElementById('bootstrap')?.textContent;
  return text ? (JSON.parse(text) as Bootstrap) : undefined;
}

/** What the page's style elements must carry, since the server lets in no others; empty without a server's page. */
export function readStyleNonce(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
