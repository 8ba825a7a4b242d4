// Waits until a fault of an emulated webcam shows in the pictures that its reader gets.
import { until } from './steps.mjs';

const NUMBERS = 65_536;

/** Switches the fault on, and waits until it shows in the latest frames, behind those that were under way. */
export function showFault({ webcam, reader, fault, frames, shows }) {
  webcam.setFault(fault);
  const from = reader.frames.length;
  return until(`the fault ${fault} to show`, () => {
    const latest = reader.frames.slice(from).slice(-frames);
    return latest.length === frames && shows(latest);
  });
}

/** Whether the numbers go on by steps that are all such. */
export function everyStep(isSuch) {
  return (frames) =>
    frames.slice(1).every(({ number }, index) => isSuch((number - frames[index].number + NUMBERS) % NUMBERS));
}

/** Lets the webcam skip twenty frames; how many its reader got during the latter ten, when none was under way. */
export async function countFramesWhileSilent(webcam, reader) {
  await skipFrames(webcam, 10);
  const count = reader.frames.length;
  await skipFrames(webcam, 10);
  return reader.frames.length - count;
}

async function skipFrames(webcam, count) {
  const from = webcam.frameNumber;
  await until(`${count} frames left out`, () => (webcam.frameNumber - from + NUMBERS) % NUMBERS >= count);
}
