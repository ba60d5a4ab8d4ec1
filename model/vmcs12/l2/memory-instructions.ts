import type { Skip } from '../../../spec/contract.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { descriptors, eptpList, lengths, places } from '../../../spec/vmcs12/universe.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { L2, Vmcs12State as State } from '../state.ts';
import { controls, is64BitMode, isUnusable, withFields, withL2 } from '../update.ts';

/** The place in a log that no longer has one. */
const entriesOfLog = 512;

/** Accesses to memory, and what EPT and PML make of them. */
export class MemoryInstructions extends Part {
  /** "An access that L1's EPT does not allow, or finds misconfigured, exits to L1" */
  access(state: State, what: 'read' | 'write' | 'misconfigured'): State | Skip {
    if (!controls(state, 'ept')) return skips.notActivated;
    this.cite('ept-violation-of-l1-exits');
    const { exits } = this.parts;
    const physicalAddress = places.data;
    if (what === 'misconfigured') {
      return exits.exit(state, { reason: exitReasons.eptMisconfiguration, by: 'fault', physicalAddress });
    }
    return exits.exit(state, {
      reason: exitReasons.eptViolation,
      by: 'fault',
      qualification: what === 'read' ? 0x181 : 0x182,
      linearAddress: places.data,
      physicalAddress,
    });
  }

  /** The first write to a page, which PML logs. */
  dirty(state: State): State {
    const { execution, exits } = this.parts;
    if (!controls(state, 'pml')) return execution.complete(state, state.l2, lengths.access);
    if (this.isLogFull(state.l2)) {
      return exits.exit(state, { reason: exitReasons.pageModificationLogFull, by: 'fault' });
    }
    return execution.complete(withL2(state, { pmlIndex: this.nextIndex(state.l2) }), state.l2, lengths.access);
  }

  /** "A write that PML cannot log exits with reason 62 before it is done." */
  isLogFull({ pmlIndex }: L2): boolean {
    const isFull = pmlIndex >= entriesOfLog;
    if (isFull) this.cite('full-pml-log-exits');
    return isFull;
  }

  /** "each logged write takes one from the PML index, and 0 is followed by 0xFFFF" */
  nextIndex({ pmlIndex }: L2): number {
    this.cite('pml-index-counts-down');
    return (pmlIndex - 1) & 0xffff;
  }

  /** "makes that entry the EPT pointer in use and writes it to EPTP at once, without an exit" */
  vmfunc(state: State, index: number): State | Skip {
    if (!controls(state, 'vmFunctions') || !controls(state, 'eptpSwitching') || !controls(state, 'ept')) {
      return skips.notActivated;
    }
    this.cite('vm-function-writes-eptp');
    const eptp = eptpList[index];
    const used = withL2(this.eptpWritten(state, eptp), { eptp });
    return this.parts.execution.complete(used, state.l2, lengths.vmfunc);
  }

  eptpWritten(state: State, eptp: number): State {
    return withFields(state, { eptp });
  }

  /** Linear address of an operand in memory; outside 64-bit mode DS counts. */
  operandAddress({ l2 }: State): number {
    return is64BitMode(l2) ? places.data : (places.data + l2.ds.base) >>> 0;
  }

  /** Whether an operand in DS faults. */
  cannotAccess({ l2 }: State): boolean {
    return isUnusable(l2.ds) && !is64BitMode(l2);
  }

  /** The segment that a selector loads. */
  descriptor(selector: number): L2['ds'] {
    return { selector, ...descriptors[selector as keyof typeof descriptors] };
  }
}
