import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import type { HealthProblem, HealthReport, HealthSource } from './report.ts';

/** One answer of a probe: the HTTP status that monitors look at, and the words for a person. */
export interface HealthAnswer {
  statusCode: 200 | 503;
  body: Record<string, unknown>;
}

type Answer = (report: HealthReport) => HealthAnswer;

const livePath = '/health/live';

/** What is answered by the report. */
const answers: Record<string, Answer> = {
  '/health': (report) => overall(report, { uptime: report.uptimeSeconds, version: report.version }),
  '/health/ready': ready,
  '/health/detailed': (report) =>
    overall(report, {
      uptime: report.uptimeSeconds,
      version: report.version,
      components: report.components,
      problems: report.problems,
      cameras: report.cameras,
      mediamtx: report.mediamtx,
    }),
  '/health/system': (report) => overall(report, { details: describeSystem(report) }),
  '/health/cameras': (report) => component(report, 'camera_monitor', report.cameras),
  '/health/mediamtx': (report) => component(report, 'mediamtx', report.mediamtx),
};

export const healthPaths: string[] = [livePath, ...Object.keys(answers)];

/** The answer to one probe. A source that fails is told as unhealthy, never as a broken answer. */
export function answerHealth(path: string, source: HealthSource, now: () => number = Date.now): HealthAnswer {
  const timestamp = new Date(now()).toISOString();
  // It only says that the process still answers: a restart would not mend what else may be wrong.
  if (path === livePath) return { statusCode: 200, body: { status: 'alive', live: true, timestamp } };
  try {
    const report = source.report();
    const { statusCode, body } = answers[path]!({ ...report, problems: namelessProblems(report.problems) });
    return { statusCode, body: { ...body, timestamp } };
  } catch {
    // What failed is logged by the part itself; a probe needs the verdict.
    return { statusCode: 503, body: { status: 'unhealthy', timestamp } };
  }
}

function overall(report: HealthReport, fields: Record<string, unknown>): HealthAnswer {
  return {
    statusCode: report.status === 'UNHEALTHY' ? 503 : 200,
    body: { status: statusWord(report), ...fields },
  };
}

function ready(report: HealthReport): HealthAnswer {
  const isReady = !report.isStarting && report.status !== 'UNHEALTHY';
  const { components, problems } = report;
  const details = { status: statusWord(report), components, problems };
  return {
    statusCode: isReady ? 200 : 503,
    body: { status: isReady ? 'ready' : 'not_ready', ready: isReady, details },
  };
}

function component(report: HealthReport, name: 'camera_monitor' | 'mediamtx', details: object): HealthAnswer {
  const state = report.components[name];
  const problems = report.problems.filter((problem) => problem.component === name);
  const isDown = state === 'ERROR' || state === 'STOPPED';
  const word = isDown ? 'unhealthy' : problems.length > 0 ? 'degraded' : 'healthy';
  return {
    statusCode: isDown ? 503 : 200,
    body: { status: state === 'STARTING' ? 'starting' : word, details: { state, ...details }, problems },
  };
}

/** Probes need no login, so they are not told which camera it is, nor what uses it. */
function namelessProblems(problems: HealthProblem[]): HealthProblem[] {
  const others = problems.filter(({ component: name }) => !/^camera\d+$/.test(name));
  const count = problems.length - others.length;
  if (count === 0) return problems;
  const reason = `${count === 1 ? 'a camera does' : `${count} cameras do`} not work; get_status tells which and why`;
  return [...others, { component: 'cameras', reason }];
}

function statusWord(report: HealthReport): string {
  return report.isStarting && report.status !== 'UNHEALTHY' ? 'starting' : report.status.toLowerCase();
}

function describeSystem(report: HealthReport): Record<string, unknown> {
  return {
    uptime: report.uptimeSeconds,
    cpus: availableParallelism(),
    load_average: loadavg(),
    memory_total: totalmem(),
    memory_free: freemem(),
    process_memory: process.memoryUsage.rss(),
    runtime: `Node ${process.versions.node}`,
  };
}
