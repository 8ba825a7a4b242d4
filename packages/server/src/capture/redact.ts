/** Takes user and password out of every URL in a text. */
export function redactUrls(text: string): string {
  return text.replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/]*@/giu, '$1***@');
}
