#!/usr/bin/env node
import { createProgram } from './program.ts';
import { endOnLostOutput } from './lost-output.ts';

endOnLostOutput();
await createProgram().parseAsync();
