import type { Credentials } from '../auth/credentials.ts';
import type { EffectiveConfig } from '../config/load.ts';
import type { UrlSigner } from '../http/signing.ts';
import type { Logger } from '../log.ts';
import { DownloadLinks } from '../media-access/download-links.ts';
import { OpenMedia } from '../media-access/open-media.ts';
import { RtspAccess } from '../media-access/rtsp-access.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import { ApiKeyStore } from '../store/api-keys.ts';
import type { Database } from '../store/database.ts';

export interface MediaAccess {
  openMedia: OpenMedia;
  links: DownloadLinks;
  rtspAccess: RtspAccess;
}

export interface MediaAccessOptions {
  db: Database;
  config: EffectiveConfig;
  credentials: Credentials;
  signer: UrlSigner;
  /** It was started. */
  media: MediaServer;
  log: Logger;
}

/** What lets media be watched, and ends it with the right to it. */
export function startMediaAccess(options: MediaAccessOptions): MediaAccess & { stop(): void } {
  const { db, config, credentials, signer, media, log } = options;
  const openReads = (): boolean => config.security.open_reads;
  const openMedia = new OpenMedia({ credentials, openReads });
  const links = new DownloadLinks({ signer, credentials, openReads });
  const keys = new ApiKeyStore(db);
  const rtspAccess = new RtspAccess({ credentials, keys, media, openMedia, openReads, log });
  openMedia.start();
  rtspAccess.start();
  return {
    openMedia,
    links,
    rtspAccess,
    stop: () => {
      rtspAccess.stop();
      openMedia.stop();
    },
  };
}
