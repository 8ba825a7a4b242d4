export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Family {
  name: string;
  help: string;
  type: string;
  samples: Sample[];
}

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const sampleLine = new RegExp(
  `^(${metricName})(?:\\{(.*)\\})? (NaN|[+-]Inf|-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`,
);
/** One label and what separates it from the next; nothing but these three escapes is allowed in a value. */
const labelPart = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,(?=[a-zA-Z_])|$)/y;

/** Reads Prometheus' text format 0.0.4 as strictly as its description is; throws at the first line that breaks a rule. */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  let family: Family | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const help = new RegExp(`^# HELP (${metricName}) ((?:[^\\\\\\n]|\\\\\\\\|\\\\n)+)$`).exec(line);
    const type = new RegExp(`^# TYPE (${metricName}) (counter|gauge|histogram)$`).exec(line);
    if (help) {
      if (families.has(help[1]!)) throw new Error(`a second time: ${line}`);
      family = { name: help[1]!, help: help[2]!, type: '', samples: [] };
      families.set(family.name, family);
    } else if (type) {
      if (family?.name !== type[1] || family!.type !== '') throw new Error(`not after its help: ${line}`);
      family!.type = type[2]!;
    } else {
      if (!family?.type) throw new Error(`before a type: ${line}`);
      family.samples.push(parseSample(line, family));
    }
  }
  for (const one of families.values()) checkFamily(one);
  return families;
}

function parseSample(line: string, { name, type }: Family): Sample {
  const [, sampleName, labels = '', value] = sampleLine.exec(line) ?? [];
  if (sampleName === undefined) throw new Error(`no sample: ${line}`);
  const allowed = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
  if (!allowed.includes(sampleName)) throw new Error(`not of ${name}: ${line}`);
  return { name: sampleName, labels: parseLabels(labels), value: Number(value!.replace('Inf', 'Infinity')) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPart.lastIndex = 0;
  while (labelPart.lastIndex < text.length) {
    const part = labelPart.exec(text);
    if (!part) throw new Error(`wrong labels: ${text}`);
    const [, name, value] = part as unknown as [string, string, string];
    if (Object.hasOwn(labels, name)) throw new Error(`${name} twice: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_escape, code: string) => (code === 'n' ? '\n' : code));
  }
  return labels;
}

function checkFamily({ name, type, samples }: Family): void {
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`a counter without _total: ${name}`);
  if (type !== 'counter' && name.endsWith('_total')) throw new Error(`a _total that is no counter: ${name}`);
  const keys = samples.map(({ name: of, labels }) => `${of} ${JSON.stringify(sorted(labels))}`);
  if (new Set(keys).size < keys.length) throw new Error(`the same sample twice: ${name}`);
  if (type === 'histogram') checkHistogram(name, samples);
  if (type === 'counter' && samples.some(({ value }) => value < 0))
    throw new Error(`a counter below 0: ${name}`);
}

/** Each set of labels: buckets that rise to +Inf, which is the count. */
function checkHistogram(name: string, samples: Sample[]): void {
  const buckets = new Map<string, Sample[]>();
  for (const sample of samples.filter((one) => one.name.endsWith('_bucket'))) {
    const { le: _, ...rest } = sample.labels;
    const key = JSON.stringify(rest);
    buckets.set(key, [...(buckets.get(key) ?? []), sample]);
  }
  for (const [key, of] of buckets) {
    const bounds = of.map(({ labels }) => Number(labels['le']!.replace('+Inf', 'Infinity')));
    if (!isRising(bounds) || bounds.at(-1) !== Infinity) throw new Error(`wrong bounds: ${name} ${key}`);
    if (!isRising(of.map(({ value }) => value))) throw new Error(`buckets that fall: ${name} ${key}`);
    const same = (end: string) =>
      samples.find((one) => one.name === name + end && JSON.stringify(one.labels) === key);
    if (same('_count')?.value !== of.at(-1)!.value) throw new Error(`the count is not +Inf: ${name} ${key}`);
    if (same('_sum') === undefined) throw new Error(`no sum: ${name} ${key}`);
  }
}

function isRising(values: number[]): boolean {
  return values.every((value, at) => at === 0 || value >= values[at - 1]!);
}

function sorted(labels: Record<string, string>): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}
