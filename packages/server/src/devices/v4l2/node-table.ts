// All nodes that are there now, each with what is known of it. Nodes are asked beside each other: none waits for
// another's answer, and each answer that changes the list is told at once.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { DeviceCandidate } from '../device.ts';
import { prepareNativeCalls } from './ioctl.ts';
import { readNodeLife, type NodeLife } from './node-life.ts';
import { NODE_NAME, nodeNumber } from './node-name.ts';
import type { NodeRules } from './node-rules.ts';
import { NodeWatch, type Depth } from './node-watch.ts';
import { checkNode, probeNode } from './probe.ts';

export interface NodeTableDeps {
  devDir: string;
  sysDir: string;
  rules: NodeRules;
  probeTimeoutMs: number;
  confirmMs: number;
  /** The list is another one. */
  onNews: () => void;
  /** `dueMs` may be another one. */
  onAnswer: () => void;
  /** The directory cannot be read; nothing is there then. */
  onUnreadable: (error: unknown) => void;
}

export class NodeTable {
  readonly #deps: NodeTableDeps;
  readonly #nodes = new Map<string, NodeWatch>();
  #isStopped = false;

  constructor(deps: NodeTableDeps) {
    this.#deps = deps;
  }

  /** In the order of the nodes' numbers. */
  get candidates(): DeviceCandidate[] {
    return [...this.#nodes]
      .sort(([a], [b]) => nodeNumber(a) - nodeNumber(b))
      .map(([, node]) => node.candidate)
      .filter((candidate) => candidate !== null);
  }

  /** When the first node is to be asked again, by performance.now(); Infinity: none has a time of its own. */
  get dueMs(): number {
    return Math.min(...[...this.#nodes.values()].map((node) => node.dueMs ?? Infinity));
  }

  /** Resolves when all that was asked is answered, or late. */
  async waitForAnswers(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node.isAnswered));
  }

  /** Something happened: nodes that are not in order are asked at the next look. */
  hurry(): void {
    for (const node of this.#nodes.values()) node.hurry();
  }

  /** Compares what is there with what is known, and asks what is called for; does not wait for answers. */
  async look(depth: Depth): Promise<void> {
    const lives = await this.#readLives();
    // Not within a device's time; each question tells it if it fails.
    if (lives.size > 0) await prepareNativeCalls().catch(() => undefined);
    if (this.#isStopped) return;
    this.#dropGone(lives);
    for (const [name, life] of lives) {
      const node = this.#nodes.get(name) ?? this.#makeNode(name, life);
      this.#nodes.set(name, node);
      node.look(depth, life);
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const node of this.#nodes.values()) node.stop();
  }

  async #readLives(): Promise<Map<string, NodeLife>> {
    const { devDir, sysDir } = this.#deps;
    const lives = new Map<string, NodeLife>();
    const read = async (name: string): Promise<void> => {
      const life = await readNodeLife(join(devDir, name), sysDir);
      if (life) lives.set(name, life);
    };
    await Promise.all((await this.#listNodeNames()).map(read));
    return lives;
  }

  async #listNodeNames(): Promise<string[]> {
    const { devDir, rules, onUnreadable } = this.#deps;
    try {
      const names = await readdir(devDir);
      return names.filter((name) => NODE_NAME.test(name) && rules.allowsNode(join(devDir, name)));
    } catch (error) {
      onUnreadable(error);
      return [];
    }
  }

  // A device that was pulled and is back before we looked was gone, however short: who used it must know.
  #dropGone(lives: ReadonlyMap<string, NodeLife>): void {
    let wasListed = false;
    for (const [name, node] of this.#nodes) {
      const life = lives.get(name);
      if (life && node.isSameDevice(life)) continue;
      node.stop();
      this.#nodes.delete(name);
      wasListed ||= node.candidate !== null;
    }
    if (wasListed) this.#deps.onNews();
  }

  #makeNode(name: string, life: NodeLife): NodeWatch {
    const { devDir, sysDir, rules, probeTimeoutMs, confirmMs, onNews, onAnswer } = this.#deps;
    const path = join(devDir, name);
    return new NodeWatch({
      life,
      ask: (question) =>
        question === 'alive' ? checkNode(path, sysDir, rules) : probeNode(path, sysDir, rules),
      probeTimeoutMs,
      confirmMs,
      onAnswer: (isNews) => {
        if (isNews) onNews();
        onAnswer();
      },
    });
  }
}
