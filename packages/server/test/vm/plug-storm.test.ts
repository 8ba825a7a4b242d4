import type { Camera, HealthStatus } from '@mediamtx-camera-service/protocol';
import { beforeAll, describe, expect, it } from 'vitest';

import { isSound } from './fault-findings.ts';
import { runInGuest } from './guest-run.ts';

interface Resources {
  descriptors: number;
  programs: number;
  paths: string[];
}

interface Findings {
  storm: {
    before: { cameras: Camera[]; use: Resources };
    after: Resources;
    cameras: { device: string; name: string; state: string; reason_code: string | null }[];
    known: number;
    recording: { frames: number; complaints: string; duration: number };
    files: string[];
    health: { status: HealthStatus; problems: object[] };
  };
  ended: { code: number; left: object[] };
}

const seed = Number(process.env['CAMERA_SERVICE_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));

describe(`fifty random pulls, plugs and kills (CAMERA_SERVICE_TEST_SEED=${seed})`, () => {
  let findings: Partial<Findings>;

  beforeAll(async () => {
    findings = await runInGuest<Findings>({
      script: 'plug-storm.mjs',
      args: [String(seed)],
      cameras: 2,
      timeoutS: 600,
    });
  });

  it('end with every camera live, under its own number and name', () => {
    const reason_code = expect.toSatisfy(isSound);
    expect(findings.storm?.cameras).toEqual([
      { device: 'camera0', name: 'vivi1', state: 'CONNECTED', reason_code },
      { device: 'camera1', name: 'vivi2', state: 'CONNECTED', reason_code },
    ]);
    expect(findings.storm?.known).toBe(2);
    expect(findings.storm?.health).toMatchObject({ status: 'HEALTHY', problems: [] });
  });

  it('leave no program, no path and no descriptor behind', () => {
    const { before, after } = findings.storm ?? {};
    expect(after?.programs).toBe(before?.use.programs);
    expect(after?.paths).toEqual(before?.use.paths);
    // A few connections to MediaMTX are kept open for the next call.
    expect(after?.descriptors).toBeLessThanOrEqual((before?.use.descriptors ?? 0) + 4);
    expect(findings.ended).toEqual({ code: 0, left: [] });
  });

  it('leave one recording that plays from its beginning to its end', () => {
    expect(findings.storm?.recording).toMatchObject({ complaints: '' });
    expect(findings.storm?.recording.frames).toBeGreaterThan(0);
    expect(findings.storm?.files.filter((name) => name.endsWith('.mp4'))).toHaveLength(1);
  });
});
