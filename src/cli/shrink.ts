import { shrinkCase as shrink } from '../engine/replay.ts';
import { writeCase } from '../engine/write-case.ts';
import type { CaseOptions } from './options.ts';
import { checkWritable, print, writeDocument } from './output.ts';
import { playCase, replayText } from './replay.ts';

/** `virq shrink`: the smaller case goes to standard output or to a file, the table of it to the other end. */
export async function shrinkCase(file: string, options: CaseOptions): Promise<number> {
  const { output } = options;
  if (output !== undefined) await checkWritable(output);
  return playCase(file, options, shrink, async (played, { system, stored, name }) => {
    if (played.outcome !== 'fails') {
      process.stderr.write(`${replayText(file, played, system, name)}\n`);
      return;
    }
    const { counterexample } = played;
    const { note } = stored;
    const smaller = writeCase({ ...counterexample.case, ...(note !== undefined && { note }) });
    if (output === undefined) {
      print(smaller);
    } else {
      await writeDocument(output, smaller);
      print(`${replayText(output, played, system, name)}\n`);
    }
    const [before, after] = [stored.events.length, counterexample.case.events.length];
    process.stderr.write(`${before} → ${after} events, ${counterexample.shrinkRuns} sequences played\n`);
  });
}
