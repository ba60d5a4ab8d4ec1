import { debugBits, refusedEntries, type RefusedName } from '../../../../spec/idt-vectoring/universe.ts';
import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { interruptibility } from '../../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes, interruptionInformation } from '../../../../spec/vmx/interruption-information.ts';
import { Part } from '../../part.ts';
import type { IdtVectoringState as State } from '../../state.ts';
import type { EntryFields } from '../entry-checks.ts';
import { interruptibilityOf } from '../exits.ts';

/** The hypervisor tries an entry that fails, takes the fields back, and enters again. */
export class Refusals extends Part {
  /** Whether the guest is where these fields fail for the reason that their name gives. */
  isRefused(state: State, name: RefusedName): boolean {
    const { entryChecks } = this.parts;
    const fields = this.fields(state, name);
    if (!this.isThere(state, name)) return false;
    return refusedEntries[name].fails === 'early'
      ? entryChecks.failsEarly(state, fields)
      : entryChecks.failsLate(state, fields);
  }

  private isThere({ machine, guest }: State, name: RefusedName): boolean {
    const { interruptFlag, trapFlag, shadow, nmiBlocked, halted } = guest;
    switch (name) {
      case 'externalWithIfClear':
      case 'stiWithIfClear':
        return !interruptFlag;
      case 'externalInShadow':
        return interruptFlag && shadow !== 'none';
      case 'nmiInMovss':
        return shadow === 'movss';
      case 'nmiWhileBlocked':
        return machine.hasVirtualNmis && nmiBlocked;
      case 'gpInHlt':
      case 'softInHlt':
        return halted;
      case 'shadowWithoutSingleStep':
        return trapFlag && shadow !== 'none';
      default:
        return true;
    }
  }

  refuse(state: State, name: RefusedName): State {
    const { exits, entries, entryChecks } = this.parts;
    const exited = exits.exit(state, { reason: exitReasons.externalInterrupt });
    const fields = this.fields(exited, name);
    return entries.enter(entries.failed(exited, fields.interruption, entryChecks.failure(exited, fields)));
  }

  /** The fields of the name, among others as they should be. */
  private fields({ guest, pending }: State, name: RefusedName): EntryFields {
    const { interruption, error, length } = refusedEntries[name];
    const isNmi = (interruption & interruptionInformation.typeMask) >>> 8 === eventTypes.nmi;
    const kept = isNmi && name !== 'nmiWhileBlocked' ? ~interruptibility.blockingByNmi : ~0;
    const added = name === 'stiWithIfClear' ? interruptibility.blockingBySti : 0;
    const hasSingleStep =
      guest.trapFlag && (guest.shadow !== 'none' || guest.halted) && name !== 'shadowWithoutSingleStep';
    const debug = pending.debug & ~debugBits.singleStep;
    return {
      interruption,
      error,
      length,
      interruptibility: (interruptibilityOf(guest) & kept) | added,
      pendingDebug: hasSingleStep
        ? debug | debugBits.singleStep
        : name === 'shadowWithoutSingleStep'
          ? debug
          : pending.debug,
    };
  }
}
