import type { Skip } from '../../../spec/contract.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { lengths, places } from '../../../spec/vmcs12/universe.ts';
import { any } from '../bits.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { Vmcs12State as State } from '../state.ts';
import { controls, fieldOf, withL2 } from '../update.ts';

/** Accesses of L2 to its local APIC. */
export class ApicInstructions extends Part {
  selfIpi(state: State, vector: number): State | Skip {
    if (!controls(state, 'virtualInterruptDelivery')) return skips.notActivated;
    if (this.exits(state)) return this.exit(state);
    this.cite('interrupt-status-is-saved-as-held');
    const rvi = Math.max(state.l2.rvi, vector);
    return this.parts.execution.complete(withL2(state, { rvi }), state.l2, lengths.wrmsr);
  }

  /** "an EOI in the EOI-exit bitmap exits after it" */
  eoi(state: State): State | Skip {
    if (!controls(state, 'virtualInterruptDelivery')) return skips.notActivated;
    if (this.exits(state)) return this.exit(state);
    const { execution } = this.parts;
    const vector = state.l2.svi;
    const ended = withL2(state, { svi: 0 });
    if (!this.eoiExits(state, vector)) return execution.complete(ended, state.l2, lengths.wrmsr);
    this.cite('apic-exits-by-controls');
    return execution.completeAndExit(ended, lengths.wrmsr, {
      reason: exitReasons.virtualizedEoi,
      qualification: vector,
    });
  }

  /** The bitmap has one word: vectors 0x20 to 0x3F. */
  eoiExits(state: State, vector: number): boolean {
    return vector >>> 5 === 1 && any(fieldOf(state, 'eoiExitBitmap'), 1 << (vector & 31));
  }

  /** The x2APIC MSRs are 0 in the MSR bitmap. */
  private exits(state: State): boolean {
    this.cite('msr-access-exits-by-bitmap');
    return !controls(state, 'msrBitmaps');
  }

  private exit(state: State): State {
    return this.parts.msrInstructions.exit(state, exitReasons.wrmsr, lengths.wrmsr);
  }

  /** "a MOV to CR8 below the threshold exits after it" */
  movCr8(state: State): State | Skip {
    const isBelow = controls(state, 'tprShadow') && fieldOf(state, 'tprThreshold') > 0;
    if (!isBelow || controls(state, 'virtualInterruptDelivery')) return skips.notActivated;
    this.cite('apic-exits-by-controls');
    return this.parts.execution.completeAndExit(state, lengths.movCr8, { reason: exitReasons.tprBelowThreshold });
  }

  /** "exits as an access, or with APIC-register virtualization as a write after it" */
  apicWrite(state: State): State | Skip {
    if (!controls(state, 'apicAccesses')) return skips.notActivated;
    this.cite('apic-exits-by-controls');
    if (controls(state, 'apicRegisters')) {
      return this.parts.execution.completeAndExit(state, lengths.access, {
        reason: exitReasons.apicWrite,
        qualification: places.apicOffset,
      });
    }
    return this.parts.exits.exit(state, {
      reason: exitReasons.apicAccess,
      by: 'fault',
      qualification: places.apicOffset | (1 << 12),
    });
  }
}
