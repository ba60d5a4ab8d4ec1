import { exitReasons, registers, writtenRegisters } from '../../../spec/posted-interrupts/universe.ts';
import { classOf, type LocalApic } from '../../local-apic/index.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { Core, Guest, PostedInterruptsState as State } from '../state.ts';
import { accepted, guestOf, runsL2, takerOn, withCore, withGuest } from '../update.ts';

/** A register that can be read. */
export type RegisterName = keyof typeof registers | 'cr8';

/**
 * Instructions of the guest that runs on virtual CPU `v`, in the guest and not halted. An access that the processor does
 * not virtualize exits, and the hypervisor completes it (`Emulation`).
 */
export class Instructions extends Part {
  /** The instruction has completed: blocking from the one before it ends. */
  complete(state: State, v: number): State {
    return guestOf(state, v).core.blocking === 'none' ? state : withCore(state, v, { blocking: 'none' });
  }

  /** "STI that sets IF blocks delivery until the next instruction has completed; STI with IF already 1 does not." */
  afterSti({ interruptFlag }: Core): Partial<Core> {
    this.cite('sti-blocks-one-instruction');
    return { interruptFlag: true, blocking: interruptFlag ? 'none' : 'sti' };
  }

  nop(state: State, v: number): State {
    return this.boundary(this.complete(state, v), v);
  }

  sti(state: State, v: number): State {
    return this.boundary(withCore(state, v, this.afterSti(guestOf(state, v).core)), v);
  }

  cli(state: State, v: number): State {
    return this.boundary(withCore(state, v, { interruptFlag: false, blocking: 'none' }), v);
  }

  /** "MOV to SS blocks delivery until the next instruction has completed." */
  movSs(state: State, v: number): State {
    this.cite('mov-ss-blocks-one-instruction');
    return this.boundary(withCore(state, v, { blocking: 'movss' }), v);
  }

  /** "exits with reason 12 with 'HLT exiting', and halts in the guest without" */
  hlt(state: State, v: number): State {
    this.cite('hlt-exits-or-halts');
    if (!state.machine.config.hltExiting) {
      return this.boundary(withCore(state, v, { halted: true, blocking: 'none' }), v);
    }
    return this.parts.emulation.hlt(this.parts.exits.exit(state, v, { reason: exitReasons.hlt }), v);
  }

  /** A write of TPR or, with the value in bits 7:4, of CR8. */
  writeTpr(state: State, v: number, value: number, isCr8: boolean): State {
    if (isCr8) this.cite('cr8-is-the-class-of-tpr');
    this.cite('raising-tpr-retracts-nothing');
    const { parts } = this;
    if (this.isVirtualized(state, v)) {
      const completed = this.complete(state, v);
      return this.boundary(withGuest(completed, v, parts.virtualInterrupts.writeTpr(guestOf(completed, v), value)), v);
    }
    if (this.isTprShadowed(state)) return this.writeShadow(this.complete(state, v), v, value);
    const exited = isCr8
      ? parts.exits.cr8Access(state, v, true)
      : parts.exits.access(state, v, writtenRegisters.tpr, true);
    return parts.emulation.writeTpr(exited, v, value);
  }

  /** "a virtualized write that takes TPR[7:4] below the threshold completes, and exits" */
  writeShadow(state: State, v: number, tpr: number): State {
    const { apic, virtual } = guestOf(state, v);
    const written = withGuest(state, v, { apic: { ...apic, tpr } });
    if (!this.isBelowThreshold(tpr, virtual.threshold)) return this.boundary(written, v);
    return this.parts.exits.exit(written, v, { reason: exitReasons.tprBelowThreshold });
  }

  isBelowThreshold(tpr: number, threshold: number): boolean {
    const below = classOf(tpr) < threshold;
    if (below) this.cite('tpr-below-threshold-exits');
    return below;
  }

  /** "reads and writes of TPR and CR8 do not exit, except below the threshold" */
  isTprShadowed({ machine }: State): boolean {
    if (machine.config.tprShadow) this.cite('tpr-shadow-virtualizes-tpr');
    return machine.config.tprShadow;
  }

  read(state: State, v: number, register: RegisterName): State {
    const { exits, emulation } = this.parts;
    const isTpr = register === 'tpr' || register === 'cr8';
    if (this.isVirtualized(state, v) || (isTpr && this.isTprShadowed(state))) {
      const completed = this.complete(state, v);
      return this.boundary({ ...completed, reply: { value: this.value(completed, v, register) } }, v);
    }
    const exited =
      register === 'cr8' ? exits.cr8Access(state, v, false) : exits.access(state, v, registers[register], false);
    return emulation.read(exited, v, register);
  }

  /** The value of a register. */
  value(state: State, v: number, register: RegisterName): number {
    const { apic } = guestOf(state, v);
    switch (register) {
      case 'cr8':
        return this.cr8(apic.tpr);
      case 'tpr':
        return apic.tpr;
      case 'ppr':
        return this.ppr(state, guestOf(state, v));
      case 'irr1':
      case 'irr2':
      case 'irr7':
        return this.word(apic, 'irr', Number(register[3]));
      case 'isr1':
      case 'isr2':
      case 'isr7':
        return this.word(apic, 'isr', Number(register[3]));
      case 'tmr1':
      case 'tmr2':
      case 'tmr7':
        return this.word(apic, 'tmr', Number(register[3]));
      default:
        return register satisfies never;
    }
  }

  /** "MOV from CR8 reads TPR[7:4]" */
  cr8(tpr: number): number {
    this.cite('cr8-is-the-class-of-tpr');
    return classOf(tpr);
  }

  /** VPPR as it was last written, or PPR as it is now. */
  ppr({ machine }: State, { apic, virtual }: Guest): number {
    return virtual.apicv ? apic.ppr : this.parts.localApic.ppr(apic, machine.config.pprOnTie);
  }

  /** "Bit v of IRR, ISR and TMR is bit v mod 32 of the register at offset (v div 32) times 0x10." */
  word(apic: LocalApic, set: 'irr' | 'isr' | 'tmr', n: number): number {
    this.cite('registers-hold-32-vectors-each');
    return universe.word(apic[set], n);
  }

  eoi(state: State, v: number): State {
    const { exits, emulation } = this.parts;
    if (this.isVirtualized(state, v)) return this.virtualizedEoi(this.complete(state, v), v);
    return emulation.eoi(exits.access(state, v, writtenRegisters.eoi, true), v);
  }

  virtualizedEoi(state: State, v: number): State {
    const { virtualInterrupts, exits, emulation } = this.parts;
    const guest = guestOf(state, v);
    const vector = virtualInterrupts.completes(guest);
    const after = virtualInterrupts.completeEoi(guest, vector);
    if (runsL2(state, v)) this.cite('eoi-bitmap-of-l0-does-not-leak');
    if (!virtualInterrupts.exitsOnEoi(after, vector)) {
      return this.boundary(withGuest(state, v, virtualInterrupts.evaluate(after)), v);
    }
    this.cite('level-vectors-exit-on-eoi');
    const report = { reason: exitReasons.virtualizedEoi, qualification: vector };
    return emulation.completeEoi(exits.exit(withGuest(state, v, after), v, report), v, vector);
  }

  /** SELF IPI, or ICR with the shorthand self. */
  selfIpi(state: State, v: number, vector: number): State {
    const { exits, emulation, virtualInterrupts } = this.parts;
    const offset = state.machine.isX2apic ? writtenRegisters.selfIpi : writtenRegisters.icr;
    if (!this.isVirtualized(state, v)) return emulation.selfIpi(exits.access(state, v, offset, true), v, vector);
    const completed = this.complete(state, v);
    if (this.isNotVirtualizedSelfIpi(vector)) {
      return exits.exit(completed, v, { reason: exitReasons.apicWrite, qualification: offset });
    }
    const sent = withGuest(completed, v, virtualInterrupts.selfIpi(guestOf(completed, v), vector));
    return this.boundary(accepted(sent, vector, takerOn(v, runsL2(state, v))), v);
  }

  /** "A self-IPI with a vector below 16 is not virtualized" */
  isNotVirtualizedSelfIpi(vector: number): boolean {
    if (vector < 16) this.cite('self-ipi-below-16-exits');
    return vector < 16;
  }

  /** Writes ICR: a fixed, edge-triggered interrupt for a virtual CPU. */
  sendIpi(state: State, v: number, to: number, vector: number): State {
    return this.parts.emulation.sendIpi(this.parts.exits.access(state, v, writtenRegisters.icr, true), v, to, vector);
  }

  /** Writes SVR. */
  svr(state: State, v: number, on: boolean): State {
    return this.parts.emulation.svr(this.parts.exits.access(state, v, writtenRegisters.svr, true), v, on);
  }

  /** Whether the processor virtualizes the local APIC of the guest that runs. */
  isVirtualized(state: State, v: number): boolean {
    const { apicv } = guestOf(state, v).virtual;
    if (runsL2(state, v)) this.cite('accesses-of-l2-stay-with-l2');
    else if (apicv) this.cite('apicv-does-not-exit');
    return apicv;
  }

  private boundary(state: State, v: number): State {
    return this.parts.eventDelivery.boundary(state, v);
  }
}
