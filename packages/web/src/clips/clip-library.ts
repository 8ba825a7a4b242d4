import type { CameraServiceClient } from '@mediamtx-camera-service/client';
import type { AppStore, ClipFilter, ClipsState } from '../app-state.ts';
import { type Clip, keyOf, ofRecording, ofSnapshot } from './clip.ts';

type Kind = Clip['kind'];

interface Shelf {
  clips: Map<string, Clip>;
  total: number;
}

const pageLength = 24;
const kinds: Kind[] = ['recording', 'snapshot'];

/**
 * The two lists of the service as one, newest first. Each is read in pages; what is shown ends at the newest of the
 * two ends, so that a later page never puts a clip between two that were seen already.
 */
export class ClipLibrary {
  readonly #client: CameraServiceClient;
  readonly #store: AppStore;
  #shelves: Record<Kind, Shelf> = emptyShelves();
  /** Counts filters, so that an answer to an older one is passed over. */
  #generation = 0;

  constructor({ client, store }: { client: CameraServiceClient; store: AppStore }) {
    this.#client = client;
    this.#store = store;
  }

  setFilter(filter: ClipFilter): Promise<void> {
    this.#generation += 1;
    this.#shelves = emptyShelves();
    this.#patch({ filter, items: [], hasMore: false });
    return this.#read(() => 0);
  }

  /** Reads the newest page again: something came, or addresses have expired. */
  refresh(): Promise<void> {
    return this.#read(() => 0);
  }

  loadMore(): Promise<void> {
    return this.#read((kind) => this.#shelves[kind].clips.size);
  }

  /** A clip that was just made; shown at once where the filter lets it through. */
  add(clip: Clip): void {
    const { kind, device } = this.#store.get().clips.filter;
    if ((kind !== 'all' && kind !== clip.kind) || (device !== null && device !== clip.device)) return;
    const shelf = this.#shelves[clip.kind];
    if (!shelf.clips.has(keyOf(clip))) shelf.total += 1;
    shelf.clips.set(keyOf(clip), clip);
    this.#show();
  }

  /** A clip that was deleted, here or elsewhere. */
  remove(clip: Pick<Clip, 'kind' | 'filename'>): void {
    const shelf = this.#shelves[clip.kind];
    if (!shelf.clips.delete(keyOf(clip))) return;
    shelf.total -= 1;
    this.#show();
  }

  /** A recording that was protected or let go, here or elsewhere. */
  setProtected(filename: string, isProtected: boolean): void {
    const { clips } = this.#shelves.recording;
    const key = keyOf({ kind: 'recording', filename });
    const clip = clips.get(key);
    if (!clip || clip.isProtected === isProtected) return;
    clips.set(key, { ...clip, isProtected });
    this.#show();
  }

  async #read(offsetOf: (kind: Kind) => number): Promise<void> {
    const generation = this.#generation;
    this.#patch({ status: 'loading' });
    const { filter } = this.#store.get().clips;
    const wanted = kinds.filter((kind) => filter.kind === 'all' || filter.kind === kind);
    try {
      const pages = await Promise.all(
        wanted.map((kind) => this.#readPage(kind, offsetOf(kind), filter.device)),
      );
      if (generation !== this.#generation) return;
      for (const { kind, total, clips } of pages) this.#keep(kind, total, clips);
      this.#show('ready');
    } catch {
      // The strip says so and offers to try again; a lost connection has its own line.
      if (generation === this.#generation) this.#patch({ status: 'failed' });
    }
  }

  async #readPage(kind: Kind, offset: number, device: string | null) {
    const params = { limit: pageLength, offset, ...(device !== null && { device }) };
    if (kind === 'recording') {
      const { files, total } = await this.#client.call('list_recordings', params);
      return { kind, total, clips: files.map(ofRecording) };
    }
    const { files, total } = await this.#client.call('list_snapshots', params);
    return { kind, total, clips: files.map(ofSnapshot) };
  }

  #keep(kind: Kind, total: number, clips: Clip[]): void {
    const shelf = this.#shelves[kind];
    shelf.total = total;
    for (const clip of clips) {
      const before = shelf.clips.get(keyOf(clip));
      shelf.clips.set(keyOf(clip), before?.isNew ? { ...clip, isNew: true } : clip);
    }
  }

  #show(status: ClipsState['status'] = this.#store.get().clips.status): void {
    const sorted = kinds
      .flatMap((kind) => [...this.#shelves[kind].clips.values()])
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    const unfinished = kinds.filter((kind) => this.#shelves[kind].clips.size < this.#shelves[kind].total);
    const ends = unfinished.map((kind) =>
      [...this.#shelves[kind].clips.values()]
        .map(({ createdAt }) => createdAt)
        .reduce((a, b) => (a < b ? a : b), '9'),
    );
    const end = ends.reduce((a, b) => (a > b ? a : b), '');
    this.#patch({
      status,
      items: sorted.filter(({ createdAt }) => createdAt >= end),
      hasMore: unfinished.length > 0,
    });
  }

  #patch(change: Partial<ClipsState>): void {
    this.#store.patch({ clips: { ...this.#store.get().clips, ...change } });
  }
}

function emptyShelves(): Record<Kind, Shelf> {
  return { recording: { clips: new Map(), total: 0 }, snapshot: { clips: new Map(), total: 0 } };
}
