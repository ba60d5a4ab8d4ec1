import { Part } from '../part.ts';
import type { RegisterName } from '../processor/instructions.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { withCore, withVcpu } from '../update.ts';

/**
 * The hypervisor completes an instruction that has exited, and virtual CPU `v` stays outside. The processor alone
 * (profile `arch`) has no such software: the instruction only exits.
 */
export class Emulation extends Part {
  /** Whether there is no software that completes anything. */
  isBare({ machine }: State): boolean {
    return machine.isArch;
  }

  hlt(state: State, v: number): State {
    return this.isBare(state) ? state : withCore(state, v, { halted: true, blocking: 'none' });
  }

  writeTpr(state: State, v: number, tpr: number): State {
    if (this.isBare(state)) return state;
    const completed = this.complete(state, v);
    return withVcpu(completed, v, { ...completed.vcpus[v], apic: { ...completed.vcpus[v].apic, tpr } });
  }

  read(state: State, v: number, register: RegisterName): State {
    if (this.isBare(state)) return state;
    const completed = this.complete(state, v);
    return { ...completed, reply: { value: this.parts.instructions.value(completed, v, register) } };
  }

  /** An EOI that the processor has not virtualized. */
  eoi(state: State, v: number): State {
    if (this.isBare(state)) return state;
    const { localApic } = this.parts;
    const completed = this.complete(state, v);
    const vcpu = completed.vcpus[v];
    const vector = localApic.completes(vcpu.apic.isr);
    if (vector === 0) return completed;
    return this.broadcast(withVcpu(completed, v, { ...vcpu, apic: localApic.complete(vcpu.apic, vector) }), v, vector);
  }

  /** "sends the EOI to the I/O APIC and leaves VISR and SVI alone: the processor has updated them" */
  completeEoi(state: State, v: number, vector: number): State {
    if (this.isBare(state)) return state;
    this.cite('eoi-exit-is-completed-by-software');
    return this.broadcast(state, v, vector);
  }

  selfIpi(state: State, v: number, vector: number): State {
    if (this.isBare(state)) return state;
    return this.parts.acceptance.accept(this.complete(state, v), v, vector, false, v);
  }

  /** "posts to the virtual CPU that it names and to no other" */
  sendIpi(state: State, v: number, to: number, vector: number): State {
    this.cite('ipi-is-posted-to-its-target');
    return this.parts.acceptance.accept(this.complete(state, v), this.destination(to), vector, false, v);
  }

  destination(to: number): number {
    return to;
  }

  svr(state: State, v: number, on: boolean): State {
    const completed = this.complete(state, v);
    return on ? this.enable(completed, v) : this.disable(completed, v);
  }

  /** "A line that was refused by a disabled local APIC and is still high is sent when the APIC is enabled." */
  enable(state: State, v: number): State {
    this.cite('refused-level-is-sent-when-enabled');
    const vcpu = state.vcpus[v];
    return this.parts.ioApic.sendLinesOf(withVcpu(state, v, { ...vcpu, apic: { ...vcpu.apic, enabled: true } }), v, v);
  }

  /** "What is pending, posted or in service … stays" */
  disable(state: State, v: number): State {
    this.cite('disabled-apic-keeps-what-is-pending');
    const vcpu = state.vcpus[v];
    return withVcpu(state, v, { ...vcpu, apic: { ...vcpu.apic, enabled: false } });
  }

  private complete(state: State, v: number): State {
    return this.parts.instructions.complete(state, v);
  }

  private broadcast(state: State, v: number, vector: number): State {
    const { localApic, ioApic } = this.parts;
    return localApic.broadcasts(state.vcpus[v].apic, vector) ? ioApic.broadcast(state, vector, v) : state;
  }
}
