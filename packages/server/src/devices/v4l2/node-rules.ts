import { basename } from 'node:path';

import type { DeviceIdentity } from '../device.ts';
import { displayName } from './display-name.ts';
import { nodeNumber } from './node-name.ts';
import type { SysfsFacts } from './sysfs.ts';

export interface NodeRulesOptions {
  /**
   * Devices to leave alone: '/dev/video3', a name, 'usb:VVVV:PPPP', a serial number or a bus as the driver tells
   * it. `*` stands for any text, also none; case does not matter; the whole text must match.
   */
  ignore?: string[] | undefined;
  /** Only nodes with these numbers, both included. */
  nodes?: { from: number; to: number } | undefined;
}

/** Which nodes are looked at. */
export class NodeRules {
  readonly #patterns: RegExp[];
  readonly #nodes: { from: number; to: number } | undefined;

  constructor({ ignore = [], nodes }: NodeRulesOptions) {
    this.#patterns = ignore.map(toRegExp);
    this.#nodes = nodes;
  }

  /** What the name of the node alone decides. */
  allowsNode(node: string): boolean {
    const number = nodeNumber(basename(node));
    const isInRange = this.#nodes === undefined || (number >= this.#nodes.from && number <= this.#nodes.to);
    return isInRange && !this.#matches(node);
  }

  /** What sysfs tells, so that the device need not be opened. */
  ignoresFacts({ name, vendorId, productId, serial }: SysfsFacts): boolean {
    const usbId = vendorId === null || productId === null ? null : `usb:${vendorId}:${productId}`;
    return this.#matches(name, displayName(name), usbId, serial);
  }

  /** What only the opened device tells. */
  ignoresIdentity({ card, busInfo }: DeviceIdentity): boolean {
    return this.#matches(card, displayName(card), busInfo);
  }

  #matches(...texts: (string | null)[]): boolean {
    return this.#patterns.some((pattern) => texts.some((text) => text && pattern.test(text)));
  }
}

function toRegExp(pattern: string): RegExp {
  const texts = pattern.split('*').map((text) => text.replace(/[\\^$.|?+()[\]{}]/gu, '\\$&'));
  return new RegExp(`^${texts.join('.*')}$`, 'isu');
}
