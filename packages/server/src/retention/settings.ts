import type { Params, Result } from '@mediamtx-camera-service/protocol';
import type { ConfigKeeper } from '../config/config-keeper.ts';
import type { Config } from '../config/schema.ts';
import { AppError } from '../errors.ts';
import type { RetentionLimits } from './policy.ts';

export type RetentionConfig = Config['retention_policy'];
export type RetentionPolicy = Omit<Result<'set_retention_policy'>, 'message'>;

export interface RetentionSettingsDeps {
  /** What is in effect, at any time. */
  config: { readonly retention_policy: RetentionConfig };
  keeper: Pick<ConfigKeeper, 'set'>;
}

const dayMs = 86_400_000;

/** The retention policy as a part of the configuration. */
export class RetentionSettings {
  readonly #deps: RetentionSettingsDeps;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: RetentionSettingsDeps) {
    this.#deps = deps;
  }

  get current(): RetentionPolicy {
    return policyOf(this.#deps.config.retention_policy);
  }

  /**
   * What is left out stays as it was. Throws `invalid_params` where the policy then lacks its limit, and what the
   * configuration has against the change. Changes come one after the other, as each is told against what is there.
   */
  change(params: Params<'set_retention_policy'>): Promise<RetentionPolicy> {
    const turn = this.#last.then(() => this.#change(params));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #change(params: Params<'set_retention_policy'>): Promise<RetentionPolicy> {
    const before = this.current;
    const given = Object.entries(params).filter(([key, value]) => key in before && value !== undefined);
    const wanted: RetentionPolicy = { ...before, ...Object.fromEntries(given) };
    assertLimit(wanted);
    const changed = given.filter(([key, value]) => before[key as keyof RetentionPolicy] !== value);
    if (changed.length > 0)
      await this.#deps.keeper.set(
        Object.fromEntries(changed.map(([key, value]) => [`retention_policy.${key}`, value])),
      );
    return this.current;
  }
}

/** By what files go; undefined where the policy names no limit. */
export function limitsOf(config: RetentionConfig): RetentionLimits | undefined {
  const { policy_type: type, max_age_days: days, max_size_gb: gigabytes } = config;
  const limits = {
    maxAgeMs: type === 'size' || days === undefined ? undefined : days * dayMs,
    maxBytes: type === 'age' || gigabytes === undefined ? undefined : gigabytes * 1e9,
  };
  return limits.maxAgeMs === undefined && limits.maxBytes === undefined ? undefined : limits;
}

/** A sentence on what the policy does. */
export function describePolicy(policy: RetentionPolicy): string {
  const { enabled, policy_type: type, max_age_days: days, max_size_gb: gigabytes } = policy;
  const byAge = `files older than ${days} days`;
  const bySize = `the oldest files while all take more than ${gigabytes} GB`;
  if (type !== 'manual')
    return `${type === 'age' ? byAge : bySize} go ${enabled ? 'by themselves' : 'by cleanup_old_files only: the policy is not enabled'}`;
  const wanted = [...(days === null ? [] : [byAge]), ...(gigabytes === null ? [] : [bySize])];
  if (wanted.length === 0) return 'nothing goes: neither max_age_days nor max_size_gb is set';
  return `${wanted.join(', and ')} go by cleanup_old_files only`;
}

function policyOf({ policy_type, max_age_days, max_size_gb, enabled }: RetentionConfig): RetentionPolicy {
  return { policy_type, max_age_days: max_age_days ?? null, max_size_gb: max_size_gb ?? null, enabled };
}

function assertLimit({ policy_type: type, max_age_days, max_size_gb }: RetentionPolicy): void {
  if (type === 'age' && max_age_days === null) throw lacksLimit('max_age_days', type);
  if (type === 'size' && max_size_gb === null) throw lacksLimit('max_size_gb', type);
}

function lacksLimit(param: string, type: string): AppError {
  const hint = `give ${param}, or take another policy_type`;
  return new AppError('invalid_params', {
    reason: 'required',
    param,
    rule: 'required',
    hint,
    details: `${param} is required for policy_type ${type}`,
    suggestion: hint,
  });
}
