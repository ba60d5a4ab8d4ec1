import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { hex, law, Watch, type Wrong } from '../law.ts';
import { outcome } from '../sighted.ts';

const nmi = 0x8000_0202;
const external = 0x8000_0000;
/** Blocking by NMI in `nonRegister.interruptibility`, and in `l2.blocking`. */
const blocked = 8;

/** What comes from outside goes where the controls of L1 say. */
class Arrivals extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    if (event.kind === 'interrupt') return this.interrupt((external | event.vector) >>> 0);
    return event.kind === 'nmi' ? this.nmi() : undefined;
  }

  private interrupt(information: number): Wrong | undefined {
    const { sight } = this;
    this.moments++;
    if (!sight.has('externalInterruptExiting'))
      return this.delivered(information, 'external-interrupt-exits-by-control');
    const exits = sight.outcome === outcome.exited && sight.field('exitReason') === exitReasons.externalInterrupt;
    if (!exits) return `${hex(information)} does not exit`;
    if (!sight.has('acknowledgeInterrupt') || sight.field('exitInterruption') === information) return undefined;
    const clause = 'interruption-of-an-acknowledged-interrupt';
    return { clause, summary: `${hex(information)} exits as ${hex(sight.field('exitInterruption'))}` };
  }

  private nmi(): Wrong | undefined {
    const { sight } = this;
    this.moments++;
    if (!sight.has('nmiExiting')) return this.delivered(nmi, 'nmi-exits-by-control');
    const exits = sight.outcome === outcome.exited && sight.field('exitReason') === exitReasons.exceptionOrNmi;
    if (!exits) return { clause: 'nmi-exits-by-control', summary: 'an NMI does not exit' };
    if (sight.field('exitInterruption') !== nmi) {
      return { clause: 'interruption-of-an-nmi', summary: `an NMI exits as ${hex(sight.field('exitInterruption'))}` };
    }
    const differs = (sight.field('interruptibility') ^ sight.was('l2.blocking')) & blocked;
    return differs
      ? { clause: 'nmi-that-exits-does-not-block', summary: 'the exit of an NMI saves other blocking' }
      : undefined;
  }

  /** It reaches its handler, or is in flight at an exit, or #GP takes its place. */
  private delivered(
    information: number,
    clause: 'external-interrupt-exits-by-control' | 'nmi-exits-by-control',
  ): Wrong | undefined {
    const { sight } = this;
    const reached = sight.word('delivery.event');
    if (reached === information || reached === 0x8000_0b0d) return undefined;
    const vectoring = sight.outcome === outcome.exited ? (sight.field('idtVectoring') & ~0x1000) >>> 0 : 0;
    return vectoring === information ? undefined : { clause, summary: `${hex(information)} is not delivered` };
  }
}

/** CR2, DR6 and PERF_GLOBAL_CTRL belong to whoever runs. */
class Shared extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    if (sight.isFirst) return undefined;
    const reached = sight.word('delivery.event');
    const direct = sight.outcome === outcome.exited && sight.field('exitInterruption') >>> 31 === 1;
    const vectoring = sight.outcome === outcome.exited ? sight.field('idtVectoring') : 0;
    const isDirect = direct && vectoring >>> 31 === 0;
    if (event.kind === 'enter' || isDirect) this.moments++;
    const native = event.kind === 'fault' && event.exception.startsWith('pf') && !(isDirect && reached === 0);
    if (!native && sight.word('shared.cr2') !== sight.was('shared.cr2')) {
      const clause = event.kind === 'enter' ? 'injected-fault-leaves-cr2' : 'direct-exit-changes-no-shared-register';
      return { clause, summary: `${event.kind} changes CR2` };
    }
    if (isDirect && reached === 0 && sight.word('shared.dr6') !== sight.was('shared.dr6')) {
      return { clause: 'direct-exit-changes-no-shared-register', summary: `${event.kind} changes DR6` };
    }
    const writes = event.kind === 'wrmsrOptional' && event.msr === 'perfGlobal';
    if (!writes && sight.word('sharedPerfGlobal.value') !== sight.was('sharedPerfGlobal.value')) {
      return `${event.kind} changes IA32_PERF_GLOBAL_CTRL`;
    }
    return undefined;
  }
}

/** MOV to CR0 and CR4 under the masks of L1. */
class Masked extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    if (event.kind !== 'movCr0' && event.kind !== 'movCr4') return undefined;
    const register = event.kind === 'movCr0' ? 'cr0' : 'cr4';
    const mask = sight.field(`${register}Mask`);
    const differs = ((event.value ^ sight.field(`${register}Shadow`)) & mask) !== 0;
    const exits = sight.outcome === outcome.exited && sight.field('exitReason') === exitReasons.crAccess;
    this.moments++;
    if (exits !== differs) return `${event.kind} of ${hex(event.value)} ${exits ? 'exits' : 'does not exit'}`;
    if (sight.outcome !== outcome.none || sight.word('delivery.event') !== 0) return undefined;
    if (((sight.word(`l2.${register}`) ^ event.value) & ~mask) === 0) return undefined;
    return { clause: 'unmasked-bits-take-effect', summary: `L2 reads ${hex(sight.word(`l2.${register}`))} after it` };
  }
}

/** VMLAUNCH makes launched, VMCLEAR makes clear. */
class Launches extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    if (sight.isFirst) return undefined;
    const was = sight.was('machine.launched');
    const found = sight.word('machine.launched');
    const entered = event.kind === 'enter' && (sight.outcome === outcome.entered || sight.outcome === outcome.exited);
    if (entered || event.kind === 'vmclear') this.moments++;
    const wanted = entered ? was | (1 << sight.slot) : event.kind === 'vmclear' ? was & ~(1 << event.slot) : was;
    if (found !== wanted) return `${event.kind} leaves launch states ${found.toString(2)}, not ${wanted.toString(2)}`;
    return undefined;
  }
}

export const events = [
  law({
    id: 'arrivals-go-where-the-controls-say',
    claim: 'An interrupt or NMI exits to L1 if L1 asks for it, as itself, and is delivered in L2 if not.',
    judges: [
      'external-interrupt-exits-by-control',
      'interruption-of-an-acknowledged-interrupt',
      'nmi-exits-by-control',
      'interruption-of-an-nmi',
      'nmi-that-exits-does-not-block',
    ],
    needs: ['step', 'delivery', 'controls', 'nonRegister', 'exitInformation', 'l2'],
    scenario: {
      name: 'an acknowledged interrupt, and an NMI that L2 gets itself',
      events: [
        { kind: 'control', bit: 'acknowledgeInterrupt', on: true },
        { kind: 'control', bit: 'nmiExiting', on: false },
        { kind: 'enter', by: 'right' },
        { kind: 'interrupt', vector: 0x31 },
        { kind: 'enter', by: 'right' },
        { kind: 'nmi' },
      ],
    },
    watch: Arrivals,
  }),
  law({
    id: 'shared-registers-are-not-switched',
    claim:
      'CR2 and DR6 change when an event is delivered, PERF_GLOBAL_CTRL when L2 writes it, and neither at entries nor at exits.',
    judges: [
      'unswitched-registers-are-in-no-vmcs',
      'direct-exit-changes-no-shared-register',
      'injected-fault-leaves-cr2',
    ],
    needs: ['step', 'delivery', 'exitInformation', 'shared', 'sharedPerfGlobal'],
    scenario: {
      name: 'a page fault injected, and one that exits',
      events: [
        { kind: 'control', bit: 'interceptPf', on: true },
        { kind: 'inject', event: 'pf' },
        { kind: 'enter', by: 'right' },
        { kind: 'fault', exception: 'pf' },
      ],
    },
    watch: Shared,
  }),
  law({
    id: 'masks-decide-moves-to-control-registers',
    claim:
      'MOV to CR0 or CR4 exits if a masked bit differs from the read shadow, and else takes effect outside the mask.',
    judges: ['masked-bit-that-differs-exits', 'unmasked-bits-take-effect'],
    needs: ['step', 'delivery', 'masks', 'exitInformation', 'l2'],
    scenario: {
      name: 'TS masked: first the value of the shadow, then the other',
      events: [
        { kind: 'vmwriteControl', field: 'cr0Mask', value: 1 },
        { kind: 'enter', by: 'right' },
        { kind: 'movCr0', value: 0x8000_0033 },
        { kind: 'movCr0', value: 0x8001_003b },
      ],
    },
    watch: Masked,
  }),
  law({
    id: 'entry-launches-and-vmclear-clears',
    claim: 'A launch state changes by an entry that succeeds and by VMCLEAR, and by nothing else.',
    judges: ['entry-makes-launched', 'vmclear-and-vmptrld-keep-the-fields'],
    needs: ['step', 'machine'],
    scenario: {
      name: 'launched, cleared, launched again',
      events: [
        { kind: 'vmread', field: 'cr0' },
        { kind: 'enter', by: 'right' },
        { kind: 'vmcall' },
        { kind: 'vmclear', slot: 0 },
        { kind: 'vmptrld', slot: 0 },
        { kind: 'enter', by: 'right' },
      ],
    },
    watch: Launches,
  }),
];
