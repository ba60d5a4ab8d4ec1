import { injectedEvents, type InjectedEvent, type InjectedName } from '../../../spec/idt-vectoring/universe.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { withGuest } from '../update.ts';

/** Events that are wake-ups of a halted processor. */
const endHlt: readonly InjectedName[] = ['extInt', 'nmi', 'db', 'mc'];

/** Whoever has an event delivered that the guest's program did not cause: L1, emulation, user space, a restore. */
export class Injector extends Part {
  /** Whether the event can be given to the guest where it is. */
  canInject(state: State, name: InjectedName): boolean {
    const { machine, guest, program } = state;
    const { length = 0 }: InjectedEvent = injectedEvents[name];
    if (guest.halted && !endHlt.includes(name)) return false;
    if (length > 0 && program.begun !== undefined) return false;
    switch (name) {
      case 'extInt':
        return guest.interruptFlag && guest.shadow === 'none';
      case 'nmi':
        return this.parts.nmis.areOpen(state);
      case 'mc':
        return !guest.mcip;
      case 'int21Zero':
        return machine.config.zeroLengthInjection;
      default:
        return true;
    }
  }

  inject(state: State, name: InjectedName): State {
    return this.parts.environment.inject(state, injectedEvents[name]);
  }

  /** What has to be done for an event of software's own making, before it is injected. */
  prepare(state: State, event: InjectedEvent): State {
    const acknowledged = event === injectedEvents.extInt ? this.extInt(state) : state;
    const prepared = withGuest(acknowledged, { resumeFlag: this.resumeFlag(state, event) });
    return event === injectedEvents.mc ? this.parts.boundary.setMcip(prepared) : prepared;
  }

  /** "A hypervisor that injects a fault of its own making sets RF, unless it is #DB." */
  resumeFlag(state: State, event: InjectedEvent): boolean {
    this.cite('new-fault-is-injected-with-rf');
    return this.parts.resumeFlag.ofTheImage(state, event);
  }

  /** "A vector that did not come from the local APIC changes neither IRR nor ISR." */
  extInt(state: State): State {
    this.cite('extint-passes-by-the-apic');
    return state;
  }
}
