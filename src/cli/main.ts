#!/usr/bin/env node
import { CommanderError } from 'commander';
import { AdapterError } from '../../spec/contract.ts';
import { exitCodes } from '../engine/verdict.ts';
import { guardAgainstEarlyEnd, mayEnd } from './early-end.ts';
import { flush, printingFailed, surviveClosedPipes } from './output.ts';
import { program } from './program.ts';
import { UsageError } from './usage-error.ts';

/** Wrong usage. */
const usage = 2;

/** A defect of the suite itself; none of the codes that say something about an implementation (EX_SOFTWARE). */
const defect = 70;

/** Writes what went wrong for whoever typed the command; gives the exit code. */
function explainFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usage;
  if (error instanceof UsageError) {
    process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return usage;
  }
  if (error instanceof AdapterError) {
    process.stderr.write(`adapter error: ${error.message} (${error.code})\n`);
    return exitCodes['adapter-error'];
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`virq itself failed; this is a defect of the suite, please report it.\n${text}\n`);
  return defect;
}

surviveClosedPipes();
process.on('uncaughtException', (error) => {
  // While an implementation runs, somebody else listens: the error may be its own.
  if (process.listenerCount('uncaughtException') > 1) return;
  const code = explainFailure(error);
  mayEnd();
  process.exit(code);
});
guardAgainstEarlyEnd();
let code = 0;
try {
  const virq = program((outcome) => (code = outcome));
  for (const command of [virq, ...virq.commands]) command.exitOverride();
  await virq.parseAsync(process.argv);
} catch (error) {
  code = explainFailure(error);
}
// Explicitly: whatever an implementation left open must not keep the process alive.
await flush();
mayEnd();
process.exit(code === 0 && printingFailed() ? usage : code);
