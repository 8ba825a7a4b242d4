/** `camera0_2026-01-31_13-05-09`, in UTC. */
export function fileStem(device: string, time: number): string {
  const [date, clock] = new Date(time).toISOString().slice(0, 19).split('T') as [string, string];
  return `${device}_${date}_${clock.replaceAll(':', '-')}`;
}
