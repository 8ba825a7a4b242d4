import { chromium } from 'playwright-core';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // On a machine that has only `lo`, WebRTC finds no other way.
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--autoplay-policy=no-user-gesture-required',
];

/** A Chromium with one page that notes when its first picture comes: `{page}`; it ends with its scope. */
export async function launchBrowser() {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, headless: true, args });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watchForPictures);
  return { page, [Symbol.asyncDispose]: () => browser.close() };
}

/** Opens the address; resolves with the times from navigation on, when the picture moves. */
export async function visit(page, url) {
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.pictures.frameMs !== undefined, { timeout: 30_000 });
  return await page.evaluate(() => globalThis.pictures);
}

/** Runs in the page before its own scripts. */
function watchForPictures() {
  const pictures = { marks: {} };
  globalThis.pictures = pictures;
  const note = (name) => {
    pictures.marks[name] ??= Math.round(performance.now());
  };
  document.addEventListener(
    'load',
    ({ target }) => {
      if (target instanceof HTMLImageElement && target.naturalWidth > 0)
        pictures.stillMs ??= performance.now();
    },
    true,
  );
  new MutationObserver((_changes, observer) => {
    const video = document.querySelector('video');
    if (!video) return;
    observer.disconnect();
    note('video element');
    video.requestVideoFrameCallback((now) => {
      pictures.frameMs = now;
    });
  }).observe(document, { childList: true, subtree: true });
  const Peer = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Peer {
    constructor(...options) {
      super(...options);
      note('peer');
      this.addEventListener('icegatheringstatechange', () => note(`gathering ${this.iceGatheringState}`));
      this.addEventListener('iceconnectionstatechange', () => note(`ice ${this.iceConnectionState}`));
      this.addEventListener('connectionstatechange', () => note(this.connectionState));
      this.addEventListener('track', () => note('answer applied'));
    }
  };
}
