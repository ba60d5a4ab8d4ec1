import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { control, type Machine } from '../machine.ts';
import { Part } from '../part.ts';
import type { Situation, Taken } from './priorities.ts';

/** What the processor does between two instructions of a guest, B1 to B9: the first that applies. */
export class Boundary extends Part {
  choose(situation: Situation, machine: Machine): Taken | undefined {
    const taken = this.first(situation, machine);
    if (taken !== undefined) this.parts.priorities.note(taken, situation);
    return taken;
  }

  private first(situation: Situation, machine: Machine): Taken | undefined {
    const { core, sipi, init, mtf, timer } = situation;
    const { interruptibility } = this.parts;
    if (interruptibility.waitsForSipi(core)) return sipi ? 'sipi' : undefined;
    if (init) return 'init';
    const runs = core.activity !== activityStates.shutdown;
    if (mtf && runs) return 'mtf';
    if (timer) return 'timer';
    const nmi = this.nmi(situation, machine);
    if (nmi !== undefined) return nmi;
    if (!interruptibility.takesInterrupts(core)) return undefined;
    return this.virtual(situation) ?? this.interrupt(situation, machine);
  }

  /** B6 and B7. */
  nmi(situation: Situation, machine: Machine): Taken | undefined {
    const { core, controls, nmi } = situation;
    const { interruptibility } = this.parts;
    if (this.nmiWindowIsOpen(situation, machine)) return 'nmi-window';
    if (!nmi || interruptibility.blocksNmis(core, controls)) return undefined;
    if (this.exitsOnNmi(controls)) {
      return interruptibility.holdsOffNmiExit(core, machine) ? undefined : 'nmi-exit';
    }
    return interruptibility.holdsOffNmi(core, machine) ? undefined : 'nmi-delivery';
  }

  /** "at the first boundary without virtual-NMI blocking and blocking by MOV SS, in HLT and shutdown too" */
  nmiWindowIsOpen({ core, controls }: Pick<Situation, 'core' | 'controls'>, machine: Machine): boolean {
    if ((controls & control.nmiWindow) === 0 || core.nmiBlocking) return false;
    return !this.parts.interruptibility.holdsOffNmi(core, machine);
  }

  exitsOnNmi(controls: number): boolean {
    return (controls & control.nmiExiting) !== 0;
  }

  /** B8. */
  virtual({ core, controls, recognized }: Situation): Taken | undefined {
    const window = (controls & control.interruptWindow) !== 0;
    if (!window && !recognized) return undefined;
    if (!this.parts.interruptibility.isOpen(core)) return undefined;
    return window ? 'interrupt-window' : 'virtual-interrupt';
  }

  /** B9. */
  interrupt({ core, controls, interrupt }: Situation, machine: Machine): Taken | undefined {
    if (interrupt === 0) return undefined;
    if (this.exitsOnInterrupt(controls)) {
      return this.parts.interruptibility.holdsOffInterruptExit(core, machine) ? undefined : 'interrupt-exit';
    }
    return this.takesDirectInterrupt(core) ? 'interrupt-delivery' : undefined;
  }

  exitsOnInterrupt(controls: number): boolean {
    return (controls & control.externalInterruptExiting) !== 0;
  }

  /** "IF 0, blocking by STI and blocking by MOV SS of L2 hold the interrupt off" */
  takesDirectInterrupt(core: Situation['core']): boolean {
    this.cite('direct-interrupt-obeys-l2');
    const open = this.parts.interruptibility.isOpen(core);
    if (!open && core.activity === activityStates.hlt) this.cite('masked-interrupt-does-not-wake');
    return open;
  }
}
