/** How V4L2 nodes are called. */
export const NODE_NAME = /^video\d+$/;

export function nodeNumber(name: string): number {
  return Number(name.slice('video'.length));
}
