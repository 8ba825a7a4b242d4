import { seeded } from '@mediamtx-camera-service/testkit';
import { expect, it } from 'vitest';
import { Mutator } from './harness/mutation.ts';
import { expectedReplies, faultOf, idKey } from './harness/reply-oracle.ts';
import { createCore } from './harness/rpc-harness.ts';

const seed = Number(process.env['CAMERA_SERVICE_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));

it.each([undefined, 'viewer', 'operator', 'admin'] as const)(
  `whatever comes in, exactly the replies go out that are due (role %s, CAMERA_SERVICE_TEST_SEED=${seed})`,
  async (role) => {
    const { post, logLines } = createCore();
    const mutator = new Mutator({ random: seeded(seed) });
    for (let count = 0; count < 3_000; count++) {
      const text = mutator.frame().toString();
      const reply = await post(text, role);
      expect(
        faultsOf(text, reply),
        `${text.slice(0, 500)} was answered with ${reply?.slice(0, 500)}`,
      ).toEqual([]);
    }
    expect(logLines.filter(({ level }) => level === 50)).toEqual([]);
  },
);

function faultsOf(text: string, reply: string | undefined): unknown[] {
  const { messages, ids } = expectedReplies(text);
  if (reply === undefined) return messages === 0 ? [] : ['no reply'];
  const parsed: unknown = JSON.parse(reply);
  const replies: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const told = replies.map((one) => idKey((one as { id: unknown }).id));
  const isDue = JSON.stringify(told.toSorted()) === JSON.stringify(ids.toSorted());
  return [...replies.map(faultOf).filter((fault) => fault !== undefined), ...(isDue ? [] : [{ told, ids }])];
}
