/** A source as it may be shown: its user and password are nobody's business but MediaMTX's. */
export function withoutCredentials(source: string): string {
  return source.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}
