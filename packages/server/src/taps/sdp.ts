/** The H.264 track of a session description. */
export interface H264Track {
  /** The URL that SETUP goes to. */
  control: string;
  /** SPS and PPS NAL units as the description gives them; may be empty, then they come in band. */
  parameterSets: Buffer[];
}

interface MediaSection {
  kind: string;
  attributes: string[];
}

/**
 * Finds the H.264 track in an SDP text; `baseUrl` is DESCRIBE's Content-Base or the request's URL.
 * Throws an error that names the codecs there are, where none is H.264.
 */
export function findH264Track(sdp: string, baseUrl: string): H264Track {
  const videos = readSections(sdp).filter((section) => section.kind === 'video');
  const found: string[] = [];
  for (const section of videos) {
    const codec = readAttribute(section, 'rtpmap')?.split(/[ /]/u)[1] ?? 'unknown';
    found.push(codec);
    if (codec.toUpperCase() !== 'H264') continue;
    return {
      control: resolveControl(readAttribute(section, 'control') ?? '', baseUrl),
      parameterSets: readParameterSets(readAttribute(section, 'fmtp') ?? ''),
    };
  }
  throw new Error(
    found.length === 0 ? 'the stream has no video' : `the video is ${found.join(', ')}, not H.264`,
  );
}

function readSections(sdp: string): MediaSection[] {
  const sections: MediaSection[] = [];
  for (const line of sdp.split(/\r?\n/u)) {
    if (line.startsWith('m=')) sections.push({ kind: line.slice(2).split(' ')[0] ?? '', attributes: [] });
    else if (line.startsWith('a=')) sections.at(-1)?.attributes.push(line.slice(2));
  }
  return sections;
}

function readAttribute(section: MediaSection, name: string): string | undefined {
  return section.attributes.find((attribute) => attribute.startsWith(`${name}:`))?.slice(name.length + 1);
}

function resolveControl(control: string, baseUrl: string): string {
  if (control === '' || control === '*') return baseUrl;
  if (/^rtsps?:\/\//iu.test(control)) return control;
  // Plain joining, not URL resolution: that is what servers expect, queries included.
  return baseUrl.endsWith('/') ? `${baseUrl}${control}` : `${baseUrl}/${control}`;
}

function readParameterSets(fmtp: string): Buffer[] {
  const sets = /sprop-parameter-sets=([^;\s]+)/u.exec(fmtp)?.[1] ?? '';
  return sets
    .split(',')
    .map((set) => Buffer.from(set, 'base64'))
    .filter((set) => set.length > 0);
}
