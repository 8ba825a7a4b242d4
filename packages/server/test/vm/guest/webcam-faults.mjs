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
    frames.slice(1).every(({ number }, index) => isSuch(distance(frames[index].number, number)));
}

/**
 * Lets the webcam leave out twenty frames; how many its reader got that were made since. One that was made before may be
 * late, on a busy machine by any time.
 */
export async function countFramesWhileSilent(webcam, reader) {
  const [last, from] = [webcam.frameNumber, reader.frames.length];
  await until('twenty frames left out', () => distance(last, webcam.frameNumber) >= 20);
  const isLater = ({ number }) =>
    number !== null && distance(last, number) > 0 && distance(last, number) < NUMBERS / 2;
  return reader.frames.slice(from).filter(isLater).length;
}

function distance(from, to) {
  return (to - from + NUMBERS) % NUMBERS;
}
