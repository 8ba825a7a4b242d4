import type { Service } from '@mediamtx-camera-service/testkit';
import type { Mutator } from '../../rpc/harness/mutation.ts';
import { expectedReplies, faultOf, idKey } from '../../rpc/harness/reply-oracle.ts';
import type { WaveOptions } from './frames.ts';

/** Posts bodies one after the other, and holds each answer against what is due. */
export async function runPosts(
  service: Service,
  { credential, mutator, count }: WaveOptions,
): Promise<string[]> {
  const faults: string[] = [];
  for (let sent = 0; sent < count; sent++) {
    const body = mutator.frame();
    const headers = { ...credential(), ...(mutator.chance(0.9) && { 'content-type': contentType(mutator) }) };
    const response = await fetch(`${service.httpUrl}/rpc`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    });
    const text = await response.text();
    const fault = faultOfAnswer(expectedReplies(body.toString()), { status: response.status, text });
    if (fault !== undefined)
      faults.push(`${fault}: ${body.toString().slice(0, 300)} got ${text.slice(0, 300)}`);
  }
  return faults;
}

function contentType(mutator: Mutator): string {
  return mutator.pick(['application/json', 'text/plain', 'application/octet-stream', 'x/y; charset=utf-7']);
}

function faultOfAnswer(
  { messages, ids }: ReturnType<typeof expectedReplies>,
  { status, text }: { status: number; text: string },
): string | undefined {
  if (messages === 0)
    return status === 204 && text === '' ? undefined : `status ${status} where nothing is due`;
  if (status !== 200) return `status ${status}`;
  const answer: unknown = JSON.parse(text);
  const replies = (Array.isArray(answer) ? answer : [answer]) as { id: unknown }[];
  const told = replies.map(({ id }) => idKey(id));
  if (JSON.stringify(told.toSorted()) !== JSON.stringify(ids.toSorted()))
    return 'other ids than those that are due';
  return replies.map(faultOf).find((fault) => fault !== undefined);
}
