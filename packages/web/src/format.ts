const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** "12 s", "4 min", "3 h", "2 d". */
export function formatAge(ms: number): string {
  const age = Math.max(0, ms);
  if (age < minute) return `${Math.floor(age / second)} s`;
  if (age < hour) return `${Math.floor(age / minute)} min`;
  if (age < day) return `${Math.floor(age / hour)} h`;
  return `${Math.floor(age / day)} d`;
}

/** "1:23", "1:02:03". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** "12.4 MB", decimal units as file managers show them. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** Bits a second: "850 kbit/s", "1.2 Mbit/s". */
export function formatBitrate(bitsPerSecond: number): string {
  return bitsPerSecond < 1e6
    ? `${Math.round(bitsPerSecond / 1e3)} kbit/s`
    : `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const shortClock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const shortDay = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const dayAndClock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const withZone = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** Local time; with the date unless it is today's. */
export function formatTime(time: string): string {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : dayAndClock.format(date);
}

/** For small places: the time of day, or the day where it is another. */
export function formatTimeShort(time: string): string {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString() ? shortClock.format(date) : shortDay.format(date);
}

/** For hovering: date, time and zone in full. */
export function formatTimeWithZone(time: string): string {
  return withZone.format(new Date(time));
}

const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The times in a sentence of the service, as this viewer reads them. */
export function withLocalTimes(sentence: string): string {
  return sentence.replace(isoTime, formatTime);
}

/** What the service says in phrases, as sentences; the empty ones are left out. */
export function joinSentences(phrases: (string | undefined)[]): string {
  return phrases
    .filter((phrase) => phrase !== undefined)
    .filter((phrase) => phrase !== '')
    .map((phrase) => phrase.charAt(0).toUpperCase() + phrase.slice(1))
    .map((phrase) => (/[.!?]$/.test(phrase) ? phrase : `${phrase}.`))
    .join(' ');
}
