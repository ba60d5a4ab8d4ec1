import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { places } from '../../../spec/vmcs12/universe.ts';
import { typeOf } from '../exit/exit-information.ts';
import { Part } from '../part.ts';
import type { EventInFlight, Vmcs12State as State, VmExit } from '../state.ts';
import { controls, isLongMode, withL2 } from '../update.ts';

const generalProtection = 0x8000_0b0d;

/** What L1 has put into the way of the next delivery. */
export class Obstacles extends Part {
  /** What comes of a delivery that meets the obstacle; `undefined` if it goes on. */
  meet(state: State, event: EventInFlight): State | undefined {
    const { obstacle } = state.memory;
    if (obstacle === 'none') return undefined;
    const next = { ...state, memory: { ...state.memory, obstacle: 'none' as const } };
    switch (obstacle) {
      case 'ept':
        return controls(state, 'ept') ? this.eptViolation(next, event) : undefined;
      case 'misconfiguration':
        return controls(state, 'ept') ? this.eptMisconfiguration(next, event) : undefined;
      case 'apicAccess':
        return controls(state, 'apicAccesses') ? this.apicAccess(next, event) : undefined;
      case 'taskGate':
        return isLongMode(state.l2) ? undefined : this.taskGate(next, event);
      case 'pml':
        return controls(state, 'pml') ? this.loggedWrite(next, event) : undefined;
      case 'gp':
        return this.isContributory(event) ? undefined : this.generalProtection(next, event);
      default:
        return obstacle satisfies never;
    }
  }

  /** The gate of the event in the IDT. */
  private gate({ l2 }: State, { information }: EventInFlight): number {
    return (l2.idtr.base + (information & 0xff) * (isLongMode(l2) ? 16 : 8)) >>> 0;
  }

  private cut(state: State, event: EventInFlight, exit: Omit<VmExit, 'by' | 'inFlight'>): State {
    return this.parts.exits.exit(state, { ...exit, by: 'delivery', inFlight: event });
  }

  eptViolation(state: State, event: EventInFlight): State {
    this.cite('ept-violation-of-l1-exits');
    const gate = this.gate(state, event);
    return this.cut(state, event, {
      reason: exitReasons.eptViolation,
      qualification: 0x181,
      linearAddress: gate,
      physicalAddress: gate,
    });
  }

  eptMisconfiguration(state: State, event: EventInFlight): State {
    this.cite('ept-violation-of-l1-exits');
    return this.cut(state, event, {
      reason: exitReasons.eptMisconfiguration,
      physicalAddress: this.gate(state, event),
    });
  }

  /** Access type 3: during event delivery. */
  apicAccess(state: State, event: EventInFlight): State {
    this.cite('apic-exits-by-controls');
    const qualification = places.apicFrameOffset | (3 << 12);
    return this.cut(state, event, { reason: exitReasons.apicAccess, qualification });
  }

  /** Source 3: a task gate in the IDT. */
  taskGate(state: State, event: EventInFlight): State {
    this.cite('unconditional-exits');
    const qualification = (places.task | (3 << 30)) >>> 0;
    return this.cut(state, event, { reason: exitReasons.taskSwitch, qualification });
  }

  loggedWrite(state: State, event: EventInFlight): State | undefined {
    const { memoryInstructions } = this.parts;
    if (memoryInstructions.isLogFull(state.l2)) {
      return this.cut(state, event, { reason: exitReasons.pageModificationLogFull });
    }
    const logged = withL2(state, { pmlIndex: memoryInstructions.nextIndex(state.l2) });
    return this.parts.delivery.finish(logged, event);
  }

  /** A #GP during the delivery of these would be a double fault. */
  private isContributory({ information }: EventInFlight): boolean {
    const vector = information & 0xff;
    return typeOf(information) === eventTypes.hardwareException && (vector === 13 || vector === 14);
  }

  /** "exits if L1 intercepts it, with the event in IDT-vectoring information, and else is delivered instead of it" */
  generalProtection(state: State, event: EventInFlight): State {
    this.cite('fault-during-delivery-takes-the-place');
    const errorCode = this.errorCode(event);
    if (!controls(state, 'interceptGp')) {
      return this.parts.delivery.deliver(state, {
        information: generalProtection,
        errorCode,
        length: 0,
        like: 'fault',
        isInjected: false,
      });
    }
    return this.parts.exits.exit(state, {
      reason: exitReasons.exceptionOrNmi,
      by: 'fault',
      interruption: generalProtection,
      errorCode,
      inFlight: event,
    });
  }

  /** Selector error code: index of the gate, IDT, and EXT unless a software event was being delivered. */
  errorCode({ information }: EventInFlight): number {
    const type = typeOf(information);
    const isExternal = type !== eventTypes.softwareInterrupt && type !== eventTypes.softwareException;
    return (information & 0xff) * 8 + 2 + Number(isExternal);
  }
}
