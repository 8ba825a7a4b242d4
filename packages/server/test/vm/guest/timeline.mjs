// What a client hears of one camera, in its order and with its times, for the host to judge.
const PARTS = {
  camera_status_update: ({ status, state, reason_code, status_reason, remedy }) => ({
    kind: 'camera',
    status,
    state,
    reason_code,
    status_reason,
    remedy,
  }),
  recording_status_update: ({ status, reason, session_id }) => ({
    kind: 'recording',
    status,
    reason,
    session_id,
  }),
  event: ({ topic }) => ({ kind: 'event', topic }),
};

export class Timeline {
  #told;
  #device;

  /** @param told what startService collects */
  constructor(told, device) {
    this.#told = told;
    this.#device = device;
  }

  mark() {
    return this.#told.length;
  }

  /** What was last told of the camera; undefined before anything was. */
  get lastOfCamera() {
    return this.#lastOf('camera_status_update');
  }

  /** What was last told of its recording. */
  get lastOfRecording() {
    return this.#lastOf('recording_status_update')?.status;
  }

  /** Everything about the camera from the mark on; `atMs` counts from `startMs`. */
  since(mark, startMs) {
    return this.#told
      .slice(mark)
      .filter(({ name, params }) => (name === 'event' ? params.data : params).device === this.#device)
      .map(({ name, params, atMs }) => ({ atMs: Math.round(atMs - startMs), ...PARTS[name](params) }));
  }

  #lastOf(notification) {
    const isOurs = ({ name, params }) => name === notification && params.device === this.#device;
    return this.#told.findLast(isOurs)?.params;
  }
}
