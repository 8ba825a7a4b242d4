/**
 * Work that Ctrl-C or a kill ends at once, with nothing of it left: whoever listens to the signal clears away what is
 * half done before `abort` returns.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onSignal = (_name: NodeJS.Signals, number: number): void => {
    stop.abort();
    process.stderr.write('camera-service: stopped; nothing was changed\n');
    process.exit(128 + number);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onSignal);
  try {
    return await work(stop.signal);
  } finally {
    for (const name of signals) process.off(name, onSignal);
  }
}
