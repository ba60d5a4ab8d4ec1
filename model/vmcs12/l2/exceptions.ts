import type { Skip } from '../../../spec/contract.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { lengths, places, type ControlBit } from '../../../spec/vmcs12/universe.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { EventInFlight, Vmcs12State as State } from '../state.ts';
import { controls, fieldOf, withL2 } from '../update.ts';

/** Faults that L2 makes. */
const faults = {
  ud: { information: 0x8000_0306, intercept: 'interceptUd' },
  gp: { information: 0x8000_0b0d, errorCode: 0, intercept: 'interceptGp' },
  pf: { information: 0x8000_0b0e, errorCode: 0, intercept: 'interceptPf' },
  pfWrite: { information: 0x8000_0b0e, errorCode: 3, intercept: 'interceptPf' },
} as const satisfies Readonly<
  Record<string, { readonly information: number; readonly errorCode?: number; readonly intercept: ControlBit }>
>;

/** Name of a fault. */
export type FaultName = keyof typeof faults;

/** Exceptions and software interrupts of L2. */
export class Exceptions extends Part {
  fault(state: State, name: FaultName, unblockedNmis = false): State | Skip {
    const {
      information,
      intercept,
      ...rest
    }: { readonly information: number; readonly errorCode?: number; readonly intercept: ControlBit } = faults[name];
    this.cite('exception-exits-by-bitmap');
    const isPageFault = intercept === 'interceptPf';
    const exits = isPageFault ? this.pageFaultExits(state, rest.errorCode ?? 0) : controls(state, intercept);
    if (!exits) {
      return this.parts.delivery.deliverNative(state, {
        information,
        ...rest,
        length: 0,
        like: 'fault',
        isInjected: false,
      });
    }
    this.cite('direct-exit-changes-no-shared-register');
    return this.parts.exits.exit(this.directly(state, name), {
      reason: exitReasons.exceptionOrNmi,
      by: 'fault',
      interruption: this.withUnblocking(information, unblockedNmis),
      ...rest,
      ...(isPageFault && { qualification: places.faultAddress }),
    });
  }

  /** "#PF if that bit equals whether error code and mask give the match" */
  pageFaultExits(state: State, errorCode: number): boolean {
    const matches = (errorCode & fieldOf(state, 'pageFaultMask')) === fieldOf(state, 'pageFaultMatch');
    return controls(state, 'interceptPf') === matches;
  }

  /** "An exception that exits directly changes neither CR2 nor DR6 nor IA32_DEBUGCTL" */
  directly(state: State, _name: FaultName): State {
    return state;
  }

  /** "1 if the fault is that of an IRET that ended blocking by NMI" */
  withUnblocking(word: number, unblockedNmis: boolean): number {
    return unblockedNmis ? (word | interruptionInformation.nmiUnblockingDueToIret) >>> 0 : word;
  }

  int3(state: State): State | Skip {
    return this.software(state, 'interceptBp', { information: 0x8000_0603, length: lengths.int3 });
  }

  /** "INT1 has type 5, in older manuals type 3." */
  int1(state: State): State | Skip {
    if (state.l2.pendingDebug !== 0) return skips.trapHeldBack;
    this.cite('type-of-int1');
    const information = state.machine.config.int1Type === 5 ? 0x8000_0501 : 0x8000_0301;
    return this.software(state, 'interceptDb', { information, length: lengths.int1 });
  }

  intN(state: State): State | Skip {
    return this.deliverSoftware(state, { information: 0x8000_0421, length: lengths.intN });
  }

  private software(
    state: State,
    intercept: ControlBit,
    event: Pick<EventInFlight, 'information' | 'length'>,
  ): State | Skip {
    this.cite('exception-exits-by-bitmap');
    if (!controls(state, intercept)) return this.deliverSoftware(state, event);
    const hasLength = event.information !== 0x8000_0301;
    return this.parts.exits.exit(state, {
      reason: exitReasons.exceptionOrNmi,
      by: 'event',
      interruption: event.information,
      ...(hasLength && { instructionLength: event.length }),
    });
  }

  private deliverSoftware(state: State, event: Pick<EventInFlight, 'information' | 'length'>): State | Skip {
    return this.parts.delivery.deliverNative(state, { ...event, like: 'software', isInjected: false });
  }

  iret(state: State, meets: 'nothing' | 'ept' | 'gp'): State | Skip {
    const { execution, exits } = this.parts;
    if (meets === 'ept' && !controls(state, 'ept')) return skips.notActivated;
    if (meets === 'nothing' && execution.stepsBranches(state.l2)) return skips.singleStep;
    const was = state.l2.nmiBlocking;
    const unblocked = withL2(state, { nmiBlocking: this.nmiBlockingAfterIret(state) });
    if (meets === 'nothing') return execution.complete(unblocked, state.l2, lengths.iret);
    if (was) this.cite('interruption-says-iret-unblocked-nmis');
    if (meets === 'gp') return this.fault(unblocked, 'gp', was);
    this.cite('ept-violation-of-l1-exits');
    return exits.exit(unblocked, {
      reason: exitReasons.eptViolation,
      by: 'fault',
      qualification: this.withUnblocking(0x181, was),
      linearAddress: state.l2.rsp,
      physicalAddress: state.l2.rsp,
    });
  }

  /** "IRET ends blocking by NMI, even if it faults; with 'NMI exiting' and without 'virtual NMIs' it does not" */
  nmiBlockingAfterIret(state: State): boolean {
    this.cite('iret-unblocks-even-if-it-faults');
    const ignoresIret = controls(state, 'nmiExiting') && !controls(state, 'virtualNmis');
    return ignoresIret && state.l2.nmiBlocking;
  }
}
