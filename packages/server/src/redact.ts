// Every repetition that may fail has a bound: a text of a megabyte must not hold the service up.
const userInfo = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/"'<>\\]{1,512}@/gi;
// A password with a slash in it, which no URL may hold and people write; a port before a path is none.
const userInfoWithSlash =
  /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/"'<>\\:]{0,256}:(?!\d{1,5}[/?#])[^\s"'<>\\]{0,256}@/gi;
const query = /([?&](?:token|jwt|sig|by|code|api_key|auth_token|password|passwd|secret)=)[^&\s"'\\#]+/gi;
const digest = /\bDigest\s+(?:[a-z]+=(?:\\*"[^"\\]*\\*"|[^\s,"\\]+)(?:,\s*)?)+/gi;
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/g;
const otherScheme =
  /(\bauthorization\\*["']?\s*[:=]\s*\\*["']?)(?!\s*(?:Bearer|Basic|Digest)\b)[^\s"'\\][^\r\n"'\\]*/gi;
const apiKeyHeader = /(\bx-api-key\\*["']?\s*[:=]\s*\\*["']?)[^\s"'\\,}]+/gi;
const cookie = /(\bcamera_session=)[^;\s"'\\,]+/g;
const secretNames = '(?:\\w{0,40}(?:password|passwd|secret)|token|auth_token|jwt|api_key)';
const jsonMember = new RegExp(`("${secretNames}"\\s*:\\s*")(?:[^"\\\\]|\\\\[^])*`, 'gi');
// JSON within JSON, whose quotes have backslashes before them.
const innerJsonMember = new RegExp(
  `((?<!\\\\)(\\\\{1,63})"${secretNames}\\2"\\s*:\\s*\\2")(?:[^"\\\\]|\\\\+[^"\\\\]|(?!\\2")\\\\+")*`,
  'gi',
);
const privateKey = /-----BEGIN ([A-Z ]{0,20}PRIVATE KEY)-----[^"'-]*(?:-----END \1-----)?/g;
const jwt = /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g;
const apiKey = /\bcsk_[A-Za-z0-9_-]+/g;

const rules: [RegExp, string][] = [
  [privateKey, '***'],
  [userInfo, '$1***@'],
  [userInfoWithSlash, '$1***@'],
  [query, '$1***'],
  [digest, 'Digest ***'],
  [bearer, '$1 ***'],
  [otherScheme, '$1***'],
  [apiKeyHeader, '$1***'],
  [cookie, '$1***'],
  [jsonMember, '$1***'],
  [innerJsonMember, '$1***'],
  [jwt, '***'],
  [apiKey, '***'],
];

/** Takes secrets of every kind out of a text: of URLs, queries, headers, cookies, JSON and PEM. */
export function redactText(text: string): string {
  let redacted = text;
  for (const [pattern, replacement] of rules) redacted = redacted.replace(pattern, replacement);
  return redacted;
}

/** A line of JSON whose texts hold no character that a terminal obeys; it reads as the same values. */
export function escapeControls(line: string): string {
  // JSON itself escapes what is below U+0020.
  return line.replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, unicodeEscape);
}

/** The same for a reader that prints texts as they are: what was escaped stays so. Line ends and tabs pass. */
export function escapeControlsTwice(line: string): string {
  return escapeControls(line).replace(/\\(u[0-9a-f]{4}|[^])/gi, (escape, code: string) => {
    const isControl = /^u00[01][0-9a-f]$|^u007f$|^u00[89][0-9a-f]$|^u20(?:2[89a-e]|6[6-9])$/i.test(code);
    return isControl || /^[rbf]$/.test(code) ? `\\\\${code}` : escape;
  });
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
