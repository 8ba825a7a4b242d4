/** What MediaMTX says of a path at run time, the same for all supported versions. */
export interface PathState {
  name: string;
  /** Whether a picture is there. `online` of newer versions is true for a dead source too, so it is not used. */
  available: boolean;
  /** Changes whenever the publisher came anew; an opaque text. */
  availableSince: string | null;
  sourceType: string | null;
  readers: PathReader[];
  /** Both count since the publisher came. */
  bytesReceived: number;
  bytesSent: number;
}

export interface PathReader {
  type: string;
  id: string;
}

/** The item as the versions 1.15.2 to 1.20.x write it. */
export interface RawPath {
  name: string;
  ready?: boolean;
  readyTime?: string | null;
  available?: boolean;
  availableTime?: string | null;
  source?: { type: string; id: string } | null;
  readers?: PathReader[];
  bytesReceived?: number;
  bytesSent?: number;
  inboundBytes?: number;
  outboundBytes?: number;
}

export function normalisePath(raw: RawPath): PathState {
  return {
    name: raw.name,
    available: raw.available ?? raw.ready ?? false,
    availableSince: raw.availableTime ?? raw.readyTime ?? null,
    sourceType: raw.source?.type ?? null,
    readers: raw.readers ?? [],
    bytesReceived: raw.inboundBytes ?? raw.bytesReceived ?? 0,
    bytesSent: raw.outboundBytes ?? raw.bytesSent ?? 0,
  };
}
