import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { bits } from '../../../model/vmcs12/index.ts';
import { instructionExits } from '../definedness.ts';
import { law, Watch, type Wrong } from '../law.ts';
import { outcome } from '../sighted.ts';

const pageFault = 0x8000_0b0e;
const errorCodes = { pf: 0, pfWrite: 3 } as const;

/** A page fault exits by its bit and the match; a SIPI from wait-for-SIPI; the timer as soon as it is 0. */
class ByControls extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    const exits = sight.outcome === outcome.exited;
    if (event.kind === 'fault' && (event.exception === 'pf' || event.exception === 'pfWrite')) {
      this.moments++;
      const mask = sight.field('pageFaultMask');
      const matches = (errorCodes[event.exception] & mask) === sight.field('pageFaultMatch');
      const direct =
        exits &&
        sight.field('exitReason') === exitReasons.exceptionOrNmi &&
        sight.field('exitInterruption') === pageFault;
      const wanted = sight.has('interceptPf') === matches;
      return direct === wanted ? undefined : `a page fault ${direct ? 'exits' : 'does not exit'}`;
    }
    if (event.kind !== 'sipi') return undefined;
    this.moments++;
    const waits = sight.was('l2.activity') === activityStates.waitForSipi;
    if (exits === waits) return undefined;
    return { clause: 'sipi-exits-from-wait-for-sipi-only', summary: `a SIPI ${exits ? 'exits' : 'does not exit'}` };
  }
}

class Expired extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (sight.word('machine.level') !== 2 || !sight.has('preemptionTimer')) return undefined;
    this.moments++;
    const isOver = sight.word('l2Optional.timer') === 0 && sight.word('l2.activity') !== activityStates.waitForSipi;
    return isOver ? 'L2 runs on with the timer at 0' : undefined;
  }
}

/** VMCS12-17, where the reason tells. */
class ResumeFlag extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    if (sight.outcome !== outcome.exited || sight.field('idtVectoring') >>> 31) return undefined;
    const flag = (sight.field('rflags') & bits.rflags.rf) !== 0;
    const reason = sight.field('exitReason');
    if (instructionExits.has(reason)) {
      this.moments++;
      return flag ? 'an instruction that exits saves RF = 1' : undefined;
    }
    const isFault =
      event.kind === 'fault' && reason === exitReasons.exceptionOrNmi && sight.word('delivery.event') === 0;
    if (!isFault && event.kind !== 'access') return undefined;
    this.moments++;
    return flag
      ? undefined
      : { clause: 'rf-of-a-fault-like-exit-is-set', summary: `the exit of ${event.kind} saves RF = 0` };
  }
}

/** VMCS12-36: the area and the fields have the same L2. */
class Stored extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    const count = sight.field('exitMsrStoreCount');
    if (sight.outcome !== outcome.exited || count === 0) return undefined;
    this.moments++;
    if (sight.word('msrStore.sysenterCs') !== sight.field('sysenterCs'))
      return 'SYSENTER_CS is stored otherwise than saved';
    const differs = count > 1 && sight.has('savePat') && sight.word('msrStore.pat') !== sight.field('pat');
    return differs ? 'PAT is stored otherwise than saved' : undefined;
  }
}

/** Each qualification of a late failure has a field that can be the reason. */
class LateReasons extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (sight.outcome !== outcome.entryFailed) return undefined;
    this.moments++;
    const qualification = sight.field('exitQualification');
    if (sight.field('exitReason') === 0x8000_0022) {
      return qualification === 2 ? undefined : { clause: 'msr-loading-fails-late', summary: `MSR ${qualification}` };
    }
    const isRight =
      qualification === 0 ||
      (qualification === 2 && sight.has('ept') && !sight.has('ia32eModeGuest')) ||
      (qualification === 4 && sight.field('linkPointer') !== 0xffff_ffff);
    return isRight ? undefined : `the qualification is ${qualification}`;
  }
}

export const interception = [
  law({
    id: 'faults-and-signals-exit-by-rule',
    claim: 'A page fault exits as bit and match say, a SIPI if L2 waits for one.',
    judges: ['exception-exits-by-bitmap', 'sipi-exits-from-wait-for-sipi-only'],
    needs: ['step', 'otherControls', 'controls', 'exitInformation', 'l2'],
    scenario: {
      name: 'a page fault that matches, and a SIPI',
      events: [
        { kind: 'vmwriteControl', field: 'pageFaultMask', value: 1 },
        { kind: 'control', bit: 'interceptPf', on: true },
        { kind: 'enter', by: 'right' },
        { kind: 'sipi', vector: 0x10 },
        { kind: 'fault', exception: 'pf' },
      ],
    },
    watch: ByControls,
  }),
  law({
    id: 'timer-at-zero-ends-l2',
    claim: 'L2 does not run on with the VMX-preemption timer at 0.',
    judges: ['timer-exits-at-zero'],
    needs: ['machine', 'controls', 'l2', 'l2Optional'],
    scenario: {
      name: 'an event is injected, and one tick is left',
      events: [
        { kind: 'controlOptional', bit: 'preemptionTimer', on: true },
        { kind: 'vmwriteOptional', field: 'timerValue', value: 2 },
        { kind: 'inject', event: 'pf' },
        { kind: 'enter', by: 'right' },
      ],
    },
    watch: Expired,
  }),
  law({
    id: 'rf-is-that-of-the-exit',
    claim: 'RF is saved as 0 by an instruction that exits, as 1 by a fault and a denied access.',
    judges: ['rf-of-an-instruction-exit-is-clear', 'rf-of-a-fault-like-exit-is-set'],
    needs: ['step', 'delivery', 'registers', 'exitInformation'],
    scenario: {
      name: 'a denied access, then VMCALL',
      events: [
        { kind: 'enter', by: 'right' },
        { kind: 'access', what: 'read' },
        { kind: 'enter', by: 'right' },
        { kind: 'vmcall' },
      ],
    },
    watch: ResumeFlag,
  }),
  law({
    id: 'stored-msrs-are-the-saved-ones',
    claim: 'The MSR-store area gets what the fields get.',
    judges: ['msr-store-sees-l2'],
    needs: ['step', 'controls', 'otherControls', 'msrs', 'msrStore'],
    scenario: {
      name: 'L2 writes SYSENTER_CS',
      events: [
        { kind: 'vmwriteControl', field: 'exitMsrStoreCount', value: 2 },
        { kind: 'enter', by: 'right' },
        { kind: 'wrmsr', msr: 'sysenterCs', value: 1 },
        { kind: 'vmcall' },
      ],
    },
    watch: Stored,
  }),
  law({
    id: 'late-failure-has-a-reason',
    claim: 'The qualification of a late failure names a field that can be the reason.',
    judges: ['qualification-of-a-late-failure', 'msr-loading-fails-late'],
    needs: ['step', 'controls', 'nonRegister', 'exitInformation'],
    scenario: {
      name: 'the link pointer is wrong',
      events: [
        { kind: 'vmwrite', field: 'linkPointer', value: 1 },
        { kind: 'enter', by: 'right' },
      ],
    },
    watch: LateReasons,
  }),
];
