import { z } from 'zod';
import { method } from './define.ts';

const keyPath = z
  .string()
  .regex(/^[a-z_]{1,64}\.[a-z0-9_]{1,64}$/, 'must be SECTION.KEY, such as server.port');

export const get_config = method({
  role: 'admin',
  summary: 'The configuration in effect; secrets are ***',
  params: z.object({
    section: z
      .string()
      .regex(/^[a-z_]{1,64}$/, 'must be the name of a section')
      .optional()
      .describe('Only this one'),
  }),
  result: z.object({
    config: z.record(z.string(), z.record(z.string(), z.unknown())).describe('By section and key'),
    sources: z
      .record(z.string(), z.enum(['file', 'environment', 'command_line']))
      .describe('Where a value that is no default comes from, by path'),
    restart_needed: z.array(z.string()).describe('Paths whose new value takes effect at the next start'),
    pending: z
      .record(z.string(), z.unknown())
      .describe('The value that each of these has from then on, by path; null where it has none'),
    file: z.string().describe('The file that set_config writes'),
  }),
  errors: ['not_found'],
});

export const set_config = method({
  role: 'admin',
  summary: 'Changes the configuration and its file',
  description:
    "All changes or none: with one mistake nothing is changed. Comments and order of the file stay. null takes a key out of the file, which gives its default again. What the environment or the command line sets can't be changed here.",
  params: z.object({
    changes: z
      .record(keyPath, z.unknown())
      .refine((changes) => Object.keys(changes).length > 0, 'must name at least one key')
      .describe('Values by path: {"recording.segment_duration": 600}'),
  }),
  result: z.object({
    applied: z.array(z.string()).describe('In effect now'),
    restart_needed: z.array(z.string()).describe('Kept, and in effect at the next start'),
  }),
  errors: ['invalid_state', 'dependency_failed', 'insufficient_storage'],
});

export const configurationMethods = { get_config, set_config };
