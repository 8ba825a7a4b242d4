import type { InternalUser, PathConfig } from './api.ts';

export interface ManagedConfigOptions {
  sockets: ManagedSockets;
  /** Address of the RTSP and WebRTC media ports. */
  host: string;
  rtspPort: number;
  webrtcPort: number;
  users: InternalUser[];
  paths: ReadonlyMap<string, PathConfig>;
  logLevel: 'info' | 'debug';
}

/** Unix sockets of the parts that only the service itself may reach. */
export interface ManagedSockets {
  api: string;
  webrtc: string;
  hls: string;
}

/**
 * The private configuration of our own MediaMTX, JSON being valid YAML. Every path stands in it, since loading them by
 * API costs a hundred times more. Unknown keys are fatal to it, so only those of all supported versions are used; the
 * allowed web origins are not among them, and no page can reach a unix socket anyway.
 */
export function managedConfig(options: ManagedConfigOptions): string {
  const { sockets, host, rtspPort, webrtcPort } = options;
  const isLoopback = host === '127.0.0.1' || host === 'localhost' || host === '::1';
  return JSON.stringify({
    logLevel: options.logLevel,
    api: true,
    apiAddress: `unix://${sockets.api}`,
    metrics: false,
    pprof: false,
    playback: false,
    rtsp: true,
    // TCP alone: UDP would open two more ports, and loses packets of large keyframes.
    rtspTransports: ['tcp'],
    rtspAddress: joinHostPort(host, rtspPort),
    rtmp: false,
    srt: false,
    hls: true,
    hlsAddress: `unix://${sockets.hls}`,
    // How long a viewer who left keeps the camera live; the default of a minute keeps it far longer than anybody looks.
    hlsMuxerCloseAfter: '10s',
    webrtc: true,
    webrtcAddress: `unix://${sockets.webrtc}`,
    webrtcLocalUDPAddress: joinHostPort(host, webrtcPort),
    // A port on loopback can't be reached by the addresses of other interfaces.
    webrtcIPsFromInterfaces: !isLoopback,
    ...(isLoopback && { webrtcAdditionalHosts: [host === 'localhost' ? '127.0.0.1' : host] }),
    authInternalUsers: options.users,
    pathDefaults: {
      // Retention is ours; MediaMTX's own cleaner blocks its API while it scans.
      recordDeleteAfter: '0s',
      rtspTransport: 'tcp',
    },
    paths: Object.fromEntries(options.paths),
  });
}

function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
