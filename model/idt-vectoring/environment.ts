import type { InjectedEvent } from '../../spec/idt-vectoring/universe.ts';
import type { Attempt } from './processor/delivery.ts';
import type { IdtVectoringState as State, Obstacle } from './state.ts';
import type { VectoredEvent } from './vectored-event.ts';

/** Obstacles of a hypervisor. */
export type HypervisorObstacle = Extract<Obstacle, 'page' | 'pml' | 'apicAccess' | 'misconfiguration' | 'client'>;

/**
 * What stands around the guest's processor: a virtual machine, or nothing. The rules of the processor ask it wherever
 * VMX non-root operation can make a difference.
 */
export interface Environment {
  /** The guest is to go on: what has to happen before its next boundary. */
  settle(state: State): State;
  /** A pending NMI that nothing holds back is taken. */
  takeNmi(state: State): State;
  /**
   * An exception arises at an instruction or at a boundary; undefined: it is the processor's. `unblockedNmis`: an IRET
   * raised it, and NMIs had been blocked before.
   */
  intercept(state: State, event: VectoredEvent, unblockedNmis: boolean): State | undefined;
  /** An exception is raised during delivery; undefined: it is the processor's. */
  interceptNested(state: State, attempt: Attempt, raised: VectoredEvent): State | undefined;
  /** Two exceptions made a #DF; undefined: it is the processor's. */
  interceptDoubleFault(state: State, attempt: Attempt): State | undefined;
  tripleFault(state: State, attempt: Attempt): State;
  /** Delivery meets an obstacle that is not the guest's. */
  obstruct(state: State, attempt: Attempt, obstacle: HypervisorObstacle): State;
  /** A fault of the guest's lies where a hypervisor would have to emulate the access. */
  findByEmulation(state: State, attempt: Attempt, found: VectoredEvent): State;
  /** Delivery goes through a task gate. */
  switchTask(state: State, attempt: Attempt): State;
  /** An access that would raise #VE, had the last one been handled; it is then carried out. */
  accessWhileVeBusy(state: State): State;
  /** IRET, which has unblocked NMIs, meets a page of the hypervisor's or a full PML log; it is then executed again. */
  interruptIret(state: State, meets: 'page' | 'pml', wereBlocked: boolean): State;
  /** An event from outside the guest's program is delivered at the boundary where the guest is. */
  inject(state: State, event: InjectedEvent): State;
}
