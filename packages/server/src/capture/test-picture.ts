import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TestSource } from './source.ts';

/**
 * The test camera's picture, as an ffmpeg filter graph without inputs.
 * Frame `n` of a capture has the number `floor(Unix time of the first frame * fps) + n`, modulo 65536. It stands
 * as text, and as 16 squares in the top row from the left: side = floor(width / 32), lowest bit first, white = 1,
 * drawn last and on top. The first frame's time is taken within ffmpeg, so its starting costs no age.
 * All that moves and all that is written follows from that number, so the clock and the number always agree.
 */
export const NUMBER_BITS = 16;

/** Side of one of the squares, in pixels. */
export function squareSide(width: number): number {
  return Math.floor(width / 32);
}

/** The graph's text for `-filter_complex`; its output is labelled `[v]`, yuv420p, paced to real time. */
export function buildTestPicture(source: TestSource): string {
  const { width, height, fps } = source;
  const scale = Math.min(width / 1280, height / 720);
  const px = (value: number): number => Math.max(2, Math.round((value * scale) / 2) * 2);
  return [
    `${background(source, px)}[base]`,
    '[base]split[picture][number]',
    `${glow('0x22d3ee', px(460), 150)}[cool]`,
    `${glow('0xf59e0b', px(260), 120)}[warm]`,
    `${still(`color=c=0x22d3ee:s=${width}x${px(6)}`)},format=yuv420p[bar]`,
    `[picture][cool]${orbit(0.61, 0.97)}[p1]`,
    `[p1][warm]${orbit(-0.83, 0.53)}[p2]`,
    `[p2][bar]overlay=x='W*(mod(t,1)-1)':y=H-h:format=yuv420,${texts(fps, px)}[p3]`,
    `[number]${squares(width, fps)}[code]`,
    // setpts last: the numbers above need absolute time, what follows needs a start at zero.
    `[p3][code]overlay=0:0:format=yuv420,realtime=limit=3600,setpts=PTS-STARTPTS[v]`,
  ].join(';');
}

/** A gradient with the label, made once and then repeated; a little fixed noise keeps it from banding. */
function background({ width, height, fps, label }: TestSource, px: (value: number) => number): string {
  const gradient = `gradients=s=${width}x${height}:r=${fps}:nb_colors=2:c0=0x0a1020:c1=0x1b3554:x0=0:y0=0:x1=${width}:y1=${height}:speed=0.00001:seed=7`;
  const title = drawText({
    fontfile: fontFile('DejaVuSans.ttf'),
    text: label.replaceAll(/\s+/gu, ' ').slice(0, 40),
    expansion: 'none',
    fontsize: px(46),
    fontcolor: '0xe2e8f0',
    x: px(64),
    y: px(104),
  });
  const numbered = `setpts='if(eq(N,0),st(0,floor(RTCTIME*${fps}/1000000)),0)*0+ld(0)+N'`;
  return `${gradient},trim=end_frame=1,format=yuv420p,noise=alls=2:allf=p,${title},loop=loop=-1:size=1,settb=1/${fps},${numbered}`;
}

/** One frame of a source; what overlays it repeats it. */
function still(source: string): string {
  return `${source}:r=1,trim=end_frame=1`;
}

function glow(color: string, diameter: number, strength: number): string {
  const radius = diameter / 2;
  const alpha = `${strength}*pow(max(0,1-hypot(X-${radius},Y-${radius})/${radius}),1.6)`;
  return `${still(`color=c=${color}:s=${diameter}x${diameter}`)},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='${alpha}'`;
}

function orbit(speedX: number, speedY: number): string {
  return `overlay=x='(W-w)/2+W*0.42*sin(t*${speedX})':y='(H-h)/2+H*0.3*sin(t*${speedY})':format=yuv420`;
}

function texts(fps: number, px: (value: number) => number): string {
  const mono = { fontfile: fontFile('DejaVuSansMono-Bold.ttf'), fontcolor: 'white' };
  // A tenth of a frame is added, so that no rounding shows the second before.
  const shift = (0.1 / fps).toFixed(6);
  const count = `round(t*${fps})`;
  const clock = `%{pts:gmtime:${shift}:%H\\:%M\\:%S}.%{eif:floor(mod(${count},${fps})*1000/${fps}):d:3}`;
  const line = `%{pts:gmtime:${shift}:%Y-%m-%d} UTC   frame %{eif:mod(${count},65536):d:5}`;
  return [
    drawText({ ...mono, text: clock, fontsize: px(104), x: '(w-tw)/2', y: 'h*0.47-ascent' }),
    drawText({ ...mono, text: line, fontcolor: '0x94a3b8', fontsize: px(36), x: '(w-tw)/2', y: 'h*0.6' }),
  ].join(',');
}

/** Sixteen pixels are computed a frame; the nearest neighbour makes squares of them. */
function squares(width: number, fps: number): string {
  const side = squareSide(width);
  const bit = `mod(floor(round(T*${fps})/pow(2,X)),2)`;
  return `crop=${NUMBER_BITS}:2:0:0,geq=lum='16+219*${bit}':cb=128:cr=128,scale=${NUMBER_BITS * side}:${side}:flags=neighbor`;
}

function drawText(options: Record<string, string | number>): string {
  const words = Object.entries(options).map(([name, value]) => `${name}=${quoteOption(String(value))}`);
  return `drawtext=${words.join(':')}`;
}

/** Quotes a filter's option for both parsers that read it: the options' and, outside of that, the graph's. */
function quoteOption(value: string): string {
  const escaped = value.replaceAll(/[\\':]/gu, '\\$&').replaceAll("'", String.raw`'\''`);
  return `'${escaped}'`;
}

function fontFile(name: string): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf', name);
}
