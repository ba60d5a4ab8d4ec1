import type { InjectedEvent } from '../../../spec/idt-vectoring/universe.ts';
import type { Environment, HypervisorObstacle } from '../environment.ts';
import { Part } from '../part.ts';
import type { Attempt } from '../processor/delivery.ts';
import type { IdtVectoringState as State } from '../state.ts';
import type { VectoredEvent } from '../vectored-event.ts';

/** VMX non-root operation and a hypervisor stand around the guest's processor. */
export class VirtualMachine extends Part implements Environment {
  /** The hypervisor enters until the guest is inside: what is in flight meets each obstacle once. */
  settle(state: State): State {
    let settled = state;
    while (settled.hypervisor.outside) settled = this.parts.entries.enter(settled);
    return settled;
  }

  takeNmi(state: State): State {
    return state.machine.hasVirtualNmis ? this.parts.nmiWindow.take(state) : this.parts.nmis.take(state);
  }

  intercept(state: State, event: VectoredEvent, unblockedNmis: boolean): State | undefined {
    return this.parts.interception.direct(state, event, unblockedNmis);
  }

  interceptNested(state: State, attempt: Attempt, raised: VectoredEvent): State | undefined {
    return this.parts.interception.nested(state, attempt, raised);
  }

  interceptDoubleFault(state: State, attempt: Attempt): State | undefined {
    return this.parts.interception.doubleFault(state, attempt);
  }

  tripleFault(state: State, attempt: Attempt): State {
    return this.parts.shutdown.enter(this.parts.exits.tripleFault(state, attempt));
  }

  obstruct(state: State, attempt: Attempt, obstacle: HypervisorObstacle): State {
    const exited = this.parts.deliveryExits.obstructed(state, attempt, obstacle);
    if (obstacle === 'client') return this.parts.clients.handOver(exited, attempt.event);
    return this.parts.policy.afterObstacle(exited, attempt);
  }

  findByEmulation(state: State, attempt: Attempt, found: VectoredEvent): State {
    const exited = this.parts.deliveryExits.obstructed(state, attempt, 'apicAccess');
    return this.parts.merging.mergeFound(exited, attempt.event, found);
  }

  switchTask(state: State, attempt: Attempt): State {
    return this.parts.taskSwitches.perform(this.parts.deliveryExits.taskSwitch(state, attempt), attempt);
  }

  accessWhileVeBusy(state: State): State {
    return this.parts.interception.busyVirtualizationException(state);
  }

  interruptIret(state: State, meets: 'page' | 'pml', wereBlocked: boolean): State {
    return this.parts.iretExits.interrupt(state, meets, wereBlocked);
  }

  inject(state: State, event: InjectedEvent): State {
    return this.parts.hypervisorInjection.inject(state, event);
  }
}
