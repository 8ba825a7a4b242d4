/** Why a text is no `server.public_url`, to follow the key's name; undefined where it is one. */
export function publicUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    return 'must begin with http:// or https:// and name a host, such as https://cameras.example';
  if (url.username !== '' || url.password !== '') return 'must hold no user and no password';
  // The page and its links are at fixed paths.
  if (url.pathname !== '/')
    return `must have no path (${url.pathname}): the proxy must give the service a host name or a port of its own`;
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) return 'must have neither ? nor #';
  return undefined;
}

/** Scheme, host and port (where it is not the usual one) of `server.public_url`, without a slash. */
export function publicOriginOf({ public_url }: { public_url?: string | undefined }): string | undefined {
  return public_url === undefined ? undefined : new URL(public_url).origin;
}
