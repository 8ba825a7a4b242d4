import { mayView, type Identity } from '../auth/identity.ts';
import { doubtful } from '../cameras/recognition.ts';
import type { HealthProblem } from '../health/report.ts';

const cameraNames = /\bcamera\d+\b/g;

/** Without those of cameras that the caller may not see. */
export function visibleProblems(problems: HealthProblem[], identity: Identity | undefined): HealthProblem[] {
  if (!identity?.cameras) return problems;
  return problems.filter(({ component }) => !isHidden(component, identity));
}

/**
 * What a caller who is limited to some cameras is told in place of a payload that names others: problems of theirs, and
 * cameras that this one might be, are left out. The payload itself where there is nothing to hide.
 */
export function hideForeign<T extends object>(payload: T, identity: Identity | undefined): T {
  if (!identity?.cameras) return payload;
  const { problems, notice, identity: recognised } = payload as Payload;
  const changes: Payload = {};
  if (problems) changes.problems = visibleProblems(problems, identity);
  if (namesHidden(notice, identity)) changes.notice = visibleNotice(notice, identity);
  if (recognised?.candidates.some((device) => isHidden(device, identity))) {
    const candidates = recognised.candidates.filter((device) => !isHidden(device, identity));
    changes.identity = { ...recognised, candidates, notice: doubtful(candidates).notice };
  }
  return Object.keys(changes).length === 0 ? payload : { ...payload, ...changes };
}

/** The parts of events, notifications and Camera objects that may name cameras which they are not of. */
interface Payload {
  /** `system.health` */
  problems?: HealthProblem[];
  /** `camera.status_change` */
  notice?: string | null;
  /** Camera objects and `camera_status_update` */
  identity?: { candidates: string[]; notice: string | null };
}

function isHidden(name: string, identity: Identity): boolean {
  return /^camera\d+$/.test(name) && !mayView(identity, name);
}

function namesHidden(text: string | null | undefined, identity: Identity): text is string {
  return text?.match(cameraNames)?.some((name) => isHidden(name, identity)) === true;
}

/** The notice names all candidates, and nothing else does in an event. */
function visibleNotice(notice: string, identity: Identity): string | null {
  const candidates = [...new Set(notice.match(cameraNames))].filter((name) => !isHidden(name, identity));
  return doubtful(candidates).notice;
}
