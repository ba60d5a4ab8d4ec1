import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { control } from '../machine.ts';
import { Part } from '../part.ts';
import type { Situation } from '../processor/priorities.ts';
import type { NestedState as State, Plan } from '../state.ts';
import { withCurrent, withL0, withPhysical } from '../update.ts';

/** L0 looks for what is to be done before the next entry, and arms what brings it back in time. */
export class Look extends Part {
  look(state: State): State {
    const synced = this.parts.l1Apic.sync(state);
    return synced.runsL2 ? this.forL2(synced) : this.forL1(synced);
  }

  // L1.

  private forL1(state: State): State {
    const { chips, l0 } = state;
    if (chips.init) this.cite('init-waits-in-root-operation');
    const plan = l0.inflight.information === 0 ? this.planForL1(state) : 'inject-in-flight';
    const interrupt = plan === 'inject-interrupt' ? this.waitsBehindPic(state) : this.interruptForL1(state) !== 0;
    return this.arm(state, plan, {
      nmiWindow: chips.nmi && plan !== 'inject-nmi',
      interruptWindow: this.armsForL1(interrupt),
      immediate: false,
    });
  }

  private planForL1(state: State): Plan {
    const { core } = state.vmcs01.guest;
    if (this.takesNmi(state)) return 'inject-nmi';
    const vector = this.interruptForL1(state);
    if (vector === 0) return 'enter';
    if (this.parts.interruptibility.isOpen(core)) return 'inject-interrupt';
    if (core.activity === activityStates.hlt) this.cite('masked-interrupt-does-not-wake');
    return 'enter';
  }

  takesNmi({ chips, vmcs01, machine }: State): boolean {
    const { core } = vmcs01.guest;
    if (!chips.nmi) return false;
    if (core.nmiBlocking) {
      this.cite('blocked-nmi-waits');
      return false;
    }
    if (this.parts.interruptibility.holdsOffNmi(core, machine)) return false;
    this.cite('nmi-interrupts-l1');
    return true;
  }

  /** What L0 itself has to inject: with APIC virtualization the processor delivers what the local APIC has. */
  interruptForL1({ chips, machine }: State): number {
    if (machine.config.l0Apicv && !chips.pic) return 0;
    return this.parts.interrupts.source(chips);
  }

  /** The 8259 goes first; what the local APIC has waits for the next opening. */
  waitsBehindPic({ chips, machine }: State): boolean {
    return chips.pic && !machine.config.l0Apicv && this.parts.interrupts.source({ ...chips, pic: false }) !== 0;
  }

  /** "it turns on the interrupt window when running L1" */
  armsForL1(waits: boolean): boolean {
    if (waits) this.cite('windows-are-armed-per-level');
    return waits;
  }

  // L2.

  private forL2(state: State): State {
    const { nestedEvents } = this.parts;
    const situation = nestedEvents.situation(state);
    const plan = nestedEvents.plan(state, situation);
    const { controls, nmi, interrupt } = situation;
    const { boundary } = this.parts;
    const injects = plan.startsWith('inject');
    const armed = this.arm(state, plan, {
      nmiWindow: nmi && !boundary.exitsOnNmi(controls) && plan !== 'inject-nmi',
      interruptWindow: this.armsForL2(interrupt !== 0 && !boundary.exitsOnInterrupt(controls) && !injects),
      immediate: (injects || state.l0.runPending) && this.exitsAtOnce(situation, plan),
    });
    return plan === 'enter' ? this.sendToItself(armed, situation) : armed;
  }

  armsForL2(waits: boolean): boolean {
    if (waits) this.cite('windows-are-armed-per-level');
    return waits;
  }

  /** "do it on the next exit": the next exit is made to come before L2 executes anything. */
  exitsAtOnce(situation: Situation, _plan: Plan): boolean {
    return this.parts.nestedEvents.remains(situation);
  }

  /**
   * What must exit and cannot yet, because blocking holds it off, or a window or a virtual interrupt goes before it: the
   * processor itself ranks an interrupt or NMI that L0 sends to it.
   */
  private sendToItself(state: State, situation: Situation): State {
    const { boundary, interruptibility } = this.parts;
    const { core, controls, nmi, interrupt } = situation;
    return withPhysical(state, {
      nmi: nmi && boundary.exitsOnNmi(controls) && !interruptibility.blocksNmis(core, controls),
      interrupt: interrupt !== 0 && boundary.exitsOnInterrupt(controls),
    });
  }

  // Both.

  private arm(
    state: State,
    plan: Plan,
    { nmiWindow, interruptWindow, immediate }: Readonly<Record<'nmiWindow' | 'interruptWindow' | 'immediate', boolean>>,
  ): State {
    const guest = this.parts.composition.recompose(state);
    const window = interruptWindow || this.armsForHost(state);
    const controls =
      guest.controls |
      (nmiWindow ? control.nmiWindow : 0) |
      (window ? control.interruptWindow : 0) |
      (immediate ? control.preemptionTimer : 0);
    const armed = withCurrent(state, { guest: { ...guest, controls, timer: immediate } });
    return withL0(armed, { looked: true, plan });
  }

  /** "makes up no external-interrupt exit" */
  armsForHost({ l0 }: State): boolean {
    if (l0.window) this.cite('host-window-is-no-interrupt');
    return l0.window;
  }
}
