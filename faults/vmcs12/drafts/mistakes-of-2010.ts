import { SavedMsrs } from '../../../model/vmcs12/exit/saved-msrs.ts';
import type { FieldValues, Vmcs12State as State } from '../../../model/vmcs12/index.ts';
import { fault, patchOf2010 } from '../define.ts';
import {
  CopiesEntryInformation,
  InjectsAgain,
  InjectsForL1,
  KeepsWriteProtection,
  RebuildsByTheReply,
  RebuildsTsAlone,
} from './rules-of-2010.ts';

/** TS alone, in CR0 alone. */
class RebuildsTsOfCr0 extends RebuildsTsAlone {
  override cr4(state: State): FieldValues {
    return { cr4: this.parts.controlRegisters.effective(state, 'cr4') };
  }
}

/** The formula of the reply for CR4 alone. */
class RebuildsCr4ByTheReply extends RebuildsByTheReply {
  override cr0(state: State): number {
    return this.parts.controlRegisters.effective(state, 'cr0');
  }
}

class SavesPatAlways extends SavedMsrs {
  override savesPat(): boolean {
    return true;
  }
}

/** Mistakes that the mails of 2010 name, and that are no faults of their own elsewhere. */
export const mistakesOf2010 = [
  fault({
    id: 'entry-information-is-that-of-l0',
    breaks: [
      'exit-keeps-the-rest-of-entry-information',
      'physical-exit-leaves-no-trace',
      'other-vmcs-is-untouched',
      'exit-writes-guest-state-and-exit-information-only',
    ],
    wrong: 'An exit copies the VM-entry interruption information of the third VMCS: the event that L0 injected last.',
    seen: [patchOf2010],
    parts: { composition: InjectsForL1, physicalExits: InjectsAgain, controlFields: CopiesEntryInformation },
  }),
  fault({
    id: 'pat-is-saved-always',
    breaks: ['unsaved-pat-keeps-what-l1-wrote'],
    wrong: 'IA32_PAT is saved at every exit: the control that is asked is one of L0, not of L1.',
    seen: [patchOf2010],
    parts: { savedMsrs: SavesPatAlways },
  }),
  fault({
    id: 'cr0-has-the-write-protection-of-l0',
    breaks: ['cr0-is-what-l2-left'],
    wrong:
      'L0 keeps WP at 1 in hardware for its shadow page tables, and an exit fetches TS alone from the read shadow.',
    seen: [patchOf2010],
    parts: { controlRegisters: KeepsWriteProtection, savedRegisters: RebuildsTsOfCr0 },
  }),
  fault({
    id: 'cr4-bits-of-l1-mask-are-those-of-hardware',
    breaks: ['cr4-bits-of-l1-mask-come-back'],
    wrong: "An exit saves bits of CR4 under L1's mask as L0 keeps them in hardware.",
    seen: [patchOf2010],
    parts: { savedRegisters: RebuildsCr4ByTheReply },
  }),
];
