const width = 288;
const capMs = 10_000;

/** One at a time: a media element holds its connection, and the browser has few to one server. */
let queue: Promise<unknown> = Promise.resolve();
const known = new Map<string, Promise<string | null>>();

/** A small picture of a recording's beginning, read from the file itself; null where the browser can't play it. */
export function firstFrameOf(key: string, url: string): Promise<string | null> {
  const before = known.get(key);
  if (before) return before;
  const frame = queue.then(() => readFrame(url));
  queue = frame;
  known.set(key, frame);
  return frame;
}

async function readFrame(url: string): Promise<string | null> {
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  const hasFrame = await new Promise<boolean>((resolve) => {
    const cap = setTimeout(() => resolve(false), capMs);
    const settle = (isThere: boolean): void => {
      clearTimeout(cap);
      resolve(isThere);
    };
    video.addEventListener('loadeddata', () => settle(true));
    video.addEventListener('error', () => settle(false));
    video.src = url;
  });
  const picture = hasFrame ? draw(video) : null;
  // Only an element without a source lets its connection go.
  video.removeAttribute('src');
  video.load();
  return picture;
}

function draw(video: HTMLVideoElement): string | null {
  if (video.videoWidth === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = Math.round((width * video.videoHeight) / video.videoWidth);
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/jpeg', 0.8);
}
