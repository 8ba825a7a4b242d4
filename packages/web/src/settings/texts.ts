import { formatAge, formatSize } from '../format.ts';

/** The sentences of the settings; apart from the page's, as they are loaded when they are opened. */
export const settingsTexts = {
  sections: {
    people: 'People',
    keys: 'API keys',
    sessions: 'Sessions',
    storage: 'Storage',
    audit: 'Audit log',
    configuration: 'Configuration',
  },
  intros: {
    people: 'Who signs in with a password, and what they may see and do.',
    keys: 'For programs and players: each has a key of its own, which can be taken back without anybody else noticing.',
    sessions: 'Who is connected now, and what is being watched.',
    storage: 'How full the disk is, and which files go by themselves.',
    audit: 'Who did what, from where, and how it ended. Newest first.',
    configuration: 'How the service is set. Changes are kept in its file.',
  },
  loading: 'Loading …',
  save: 'Save',
  cancel: 'Cancel',
  keep: 'Keep it',
  change: 'Change',
  never: 'never',
  ago: (ageMs: number) => (ageMs < 1_000 ? 'just now' : `${formatAge(ageMs)} ago`),
  /** Instead of what the service says to programs. */
  reasons: {
    user_exists: 'There is somebody of this name already. Choose another name.',
    last_admin:
      'This is the last administrator, and there must be one. Make somebody else an administrator first.',
  } as Partial<Record<string, string>>,

  rights: {
    role: 'Role',
    roles: { viewer: 'Viewer', operator: 'Operator', admin: 'Administrator' },
    roleHints: {
      viewer: 'Sees pictures and clips.',
      operator: 'Also takes snapshots, records, and deletes clips.',
      admin: 'May do everything, and sees these settings.',
    },
    cameras: 'Cameras',
    all: 'All cameras, also those to come',
    some: 'Only some',
    which: 'Which cameras',
    pickOne: 'Pick at least one camera.',
    allShort: 'All cameras',
  },

  people: {
    list: 'People',
    none: 'Nobody has an account yet.',
    add: 'Add a person',
    name: 'User',
    password: 'Password',
    you: 'you',
    lastLogin: (time: string | null) => (time === null ? 'Has not signed in yet' : `Signed in ${time}`),
    change: (name: string) => `Change ${name}`,
    added: (name: string) => `${name} is added`,
    saved: (name: string) => `${name} is changed`,
    setPassword: 'Set a password',
    setPasswordOf: (name: string) => `Set a password for ${name}`,
    newPassword: 'New password',
    passwordEnds: (name: string) => `${name} is signed out everywhere, and signs in with the new one.`,
    passwordSet: (name: string) => `${name} has a new password`,
    remove: 'Remove',
    removeOf: (name: string) => `Remove ${name}`,
    removeQuestion: (name: string) =>
      `${name} is signed out everywhere at once, and what ${name} watches ends. Recordings and snapshots stay.`,
    removed: (name: string) => `${name} is removed`,
    noName: 'Give a name.',
    ownPassword: 'You change your own password under your name, at the top.',
  },

  keys: {
    list: 'API keys',
    none: 'There is no key yet.',
    add: 'Make a key',
    name: 'What it is for',
    namePlaceholder: 'Home automation',
    expires: 'Ends',
    ends: { '': 'Never', '1d': 'In a day', '7d': 'In a week', '30d': 'In 30 days', '365d': 'In a year' },
    noName: 'Say what it is for.',
    states: { active: 'Active', expired: 'Ended', revoked: 'Taken back' },
    lastUsed: (time: string | null) => (time === null ? 'Not used yet' : `Used ${time}`),
    endsAt: (time: string | null) => (time === null ? 'Never ends' : `Ends ${time}`),
    endedAt: (time: string) => `Ended ${time}`,
    shown: {
      title: (name: string) => `The key for ${name}`,
      once: 'Copy it now: it is shown this once, and nobody can read it later.',
      key: 'Key',
      http: 'With a program',
      rtsp: 'In a player',
      copy: 'Copy',
      copyOf: (what: string) => `Copy: ${what}`,
      copied: 'Copied',
      done: 'I have it',
    },
    rotate: 'Renew',
    rotateOf: (name: string) => `Renew the key for ${name}`,
    rotateText: 'Gives a new key with the same rights. Until when shall the old one work?',
    grace: 'The old one works',
    graces: { '0': 'Not any more', '3600': 'For an hour', '86400': 'For a day', '604800': 'For a week' },
    revoke: 'Take back',
    revokeOf: (name: string) => `Take back the key for ${name}`,
    revokeQuestion: 'Whatever uses it is cut off at once. This can’t be undone.',
    revoked: (name: string) => `The key for ${name} is taken back`,
  },

  sessions: {
    list: 'Sessions',
    nobody: 'Not signed in',
    you: 'this page',
    from: (address: string) => `from ${address}`,
    since: (time: string) => `since ${time}`,
    lastCall: 'last heard',
    transports: {
      websocket: 'Page or program',
      webrtc: (camera: string) => `Watches ${camera} in a browser`,
      rtsp: (camera: string) => `Watches ${camera} in a player`,
    },
    unknownCamera: 'a stream',
    end: 'End',
    endOf: (who: string, what: string) => `End: ${who}, ${what}`,
    endQuestion: (who: string) =>
      `This sign-in of ${who} ends at once, with all its pages and pictures. ${who} can sign in again.`,
    ended: 'The session is ended',
  },

  storage: {
    bar: 'The disk',
    recordings: 'Recordings',
    snapshots: 'Snapshots',
    other: 'Other',
    free: 'Free',
    count: (count: number) => (count === 1 ? '1 file' : `${count} files`),
    critical: (least: number) =>
      `Less than ${formatSize(least)} is left: no recording starts until there is room again.`,
    low: (least: number) => `The disk is nearly full. Below ${formatSize(least)} no recording starts.`,
    forecast: (days: number) =>
      `At the pace of the last week ${
        days < 1 ? 'the disk is full within a day' : `there is room for ${formatDays(days)}`
      }.`,
    noForecast: 'There is not enough recorded yet to tell how long the room will last.',
    policy: {
      title: 'Which files go',
      text: 'The oldest go first. What is protected stays.',
      by: 'Files go',
      types: {
        age: 'When they are too old',
        size: 'When all take too much',
        manual: 'Only by hand, with the button below',
      },
      days: 'Older than, in days',
      size: 'More than, in GB',
      enabled: 'By themselves',
      enabledHint: 'Off: only with the button below.',
      saved: 'Saved',
      notANumber: 'This must be a number.',
    },
    cleanup: {
      title: 'Clean up now',
      text: 'First you see what would go.',
      preview: 'See what would go',
      nothing: 'Nothing would go.',
      noLimit: 'Nothing would go: set an age or a size above first.',
      wouldGo: (count: number, bytes: number) =>
        `${count === 1 ? '1 file' : `${count} files`}, ${formatSize(bytes)}, would be deleted for good.`,
      files: 'Which files',
      andMore: (count: number) => `and ${count} more`,
      confirm: 'Delete them',
      done: (count: number, bytes: number) =>
        `${count === 1 ? '1 file is' : `${count} files are`} deleted, ${formatSize(bytes)} is free again.`,
    },
  },

  audit: {
    table: 'What was done',
    filters: 'Filters',
    user: 'User',
    key: 'API key',
    keyOption: (name: string, id: string) => `${name} (${id})`,
    method: 'What',
    methodExample: 'start_recording',
    camera: 'Camera',
    outcome: 'Outcome',
    from: 'From',
    to: 'Until',
    any: 'Any',
    columns: { time: 'Time', who: 'Who', what: 'What', camera: 'Camera', from: 'From', outcome: 'Outcome' },
    outcomes: { ok: 'Done', refused: 'Refused', failed: 'Failed' },
    /** What somebody stands on; of a user that need not be said. */
    kinds: { user: null, api_key: 'API key', token: 'token', link: 'one-time link', cli: 'command line' },
    nobody: 'nobody',
    none: 'Nothing that fits.',
    /** It is counted up to 10000. */
    range: (first: number, last: number, total: number) =>
      `${first} to ${last} of ${total < 10_000 ? total : '10000 or more; choose a time to see what is older'}`,
    newer: 'Newer',
    older: 'Older',
    details: (code: number | null, durationMs: number, id: string) =>
      `${code === null ? '' : `Error ${code}, `}${Math.round(durationMs)} ms, request ${id}`,
  },

  configuration: {
    file: (path: string) => `Kept in ${path}`,
    waiting: (count: number) =>
      count === 1
        ? 'One change waits for the next start of the service.'
        : `${count} changes wait for the next start of the service.`,
    find: 'Find a setting',
    none: 'No setting is called so.',
    notSet: 'not set',
    empty: 'empty',
    yes: 'Yes',
    no: 'No',
    sources: {
      file: 'from the file',
      environment: 'from the environment',
      command_line: 'from the command line',
    },
    fixed: {
      environment: 'The environment sets this; change it there.',
      command_line: 'The command line sets this; change it there.',
    },
    needsRestart: 'Needs a restart',
    afterRestart: (value: string) => `After the restart: ${value}`,
    changeOf: (path: string) => `Change ${path}`,
    valueOf: (path: string) => `Value of ${path}`,
    onePerLine: 'One on each line.',
    secretHint: 'The present value is not shown.',
    reset: 'Back to the default',
    applied: 'In effect now',
    kept: 'Kept. It is in effect after the next start of the service.',
  },
};

function formatDays(days: number): string {
  const years = Math.floor(days / 365);
  if (years >= 10) return 'more than ten years';
  if (years >= 2) return `about ${years} years`;
  return days < 2 ? 'about a day' : `about ${Math.floor(days)} days`;
}
