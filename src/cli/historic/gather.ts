import type { Draft, Objection } from '../../../faults/draft.ts';
import type { SystemUnderCheck } from '../../engine/system-under-check.ts';
import { allDrafts } from '../registry/drafts.ts';
import { loadFaults } from '../registry/faults.ts';
import { loadSystem } from '../registry/systems.ts';
import { doesTheSame, prove, still, type Proof } from './prove.ts';

/** An objection, and what the suite says of it. */
export interface Judged {
  readonly objection: Objection;
  /** Absent: it is about nothing that could be seen. */
  readonly proof?: Proof;
  /** Whether the next draft of the same patch still does it; absent: there is none. */
  readonly later?: 'mended' | 'still there';
}

/** A draft, and what the suite says of every objection. */
export interface JudgedDraft {
  readonly draft: Draft;
  readonly system: SystemUnderCheck;
  readonly judged: readonly Judged[];
}

/** Lets the suite review the drafts. Throws an `Error` for an objection that it cannot find. */
export async function gather(tell: (line: string) => void): Promise<readonly JudgedDraft[]> {
  const drafts = await allDrafts();
  const judged: JudgedDraft[] = [];
  for (const [i, draft] of drafts.entries()) {
    const system = await loadSystem(draft.system);
    const next = drafts.slice(i + 1).find(({ seed }) => seed === draft.seed);
    const all: Judged[] = [];
    for (const objection of draft.objections) {
      all.push(await judge(system, draft, objection, next));
      tell(`${draft.id}  ${objection.says}  ${all.at(-1)!.proof?.against.id ?? 'nothing to show'}`);
    }
    judged.push({ draft, system, judged: all });
  }
  return judged;
}

async function judge(
  system: SystemUnderCheck,
  draft: Draft,
  objection: Objection,
  next: Draft | undefined,
): Promise<Judged> {
  if (objection.fault === undefined) return { objection };
  const fault = (await loadFaults(draft.system)).find(({ id }) => id === objection.fault);
  if (fault === undefined) throw new Error(`no fault '${objection.fault}'`);
  const proof = await prove(system, draft, objection, fault);
  if (proof === undefined) throw new Error(`${draft.id}: not found: ${objection.says}`);
  if (objection.onlyWarned) {
    if (await doesTheSame(system, draft, proof.found))
      throw new Error(`${draft.id} does it after all: ${objection.says}`);
    return { objection, proof };
  }
  if (next === undefined) return { objection, proof };
  return { objection, proof, later: (await still(system, next, objection)) ? 'still there' : 'mended' };
}
