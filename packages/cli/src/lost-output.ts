/** Whoever read the output may have gone (`| head`), or its disk may be full: it ends with code 1, not with a stack. */
export function endOnLostOutput(): void {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.stderr.write(`camera-service: the output can't be written (${code})\n`);
    process.exit(1);
  });
  // There is nobody left to tell.
  process.stderr.on('error', () => process.exit(1));
}
