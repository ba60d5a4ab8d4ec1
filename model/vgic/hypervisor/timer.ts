import { Part } from '../part.ts';
import type { Timer, VgicState } from '../state.ts';
import { replaced, withHardware, withIrq, withVcpu } from '../update.ts';

/** INTID of the timer interrupt, virtual and physical. */
export const timerIntid = 27;

/** The virtual timer, a device that all guests of a physical CPU share. */
export class TimerRules extends Part {
  /** "enabled, not masked, and expired" */
  shouldFire(timer: Timer): boolean {
    return timer.deadline === 'now' && !timer.masked;
  }

  /** The guest programs its timer. */
  program(state: VgicState, v: number, timer: Timer): VgicState {
    this.cite('timer-asserts-while-enabled-unmasked-and-due');
    const { environment } = state;
    const programmed = { ...state, environment: { ...environment, timers: replaced(environment.timers, v, timer) } };
    return this.drive(programmed, state.software.vcpus[v].loadedOn);
  }

  /** Time passes; `undefined` if no timer waits for it. */
  tick(state: VgicState): VgicState | undefined {
    const { environment } = state;
    if (!environment.timers.some(({ deadline }) => deadline === 'later')) return undefined;
    const timers = environment.timers.map((timer, v) => this.expired(state, timer, v));
    let ticked: VgicState = { ...state, environment: { ...environment, timers } };
    for (let p = 0; p < state.machine.config.pcpus; p++) ticked = this.drive(ticked, p);
    return ticked;
  }

  private expired(state: VgicState, timer: Timer, v: number): Timer {
    if (timer.deadline !== 'later') return timer;
    if (state.software.vcpus[v].loadedOn < 0) this.cite('unloaded-timer-expires-without-a-line');
    return { ...timer, deadline: 'now' };
  }

  /** "The line of the timer is high exactly while the virtual CPU loaded there has its timer enabled, …" */
  drive(state: VgicState, p: number): VgicState {
    const v = state.software.vcpus.findIndex(({ loadedOn }) => loadedOn === p);
    const high = v >= 0 && this.shouldFire(state.environment.timers[v]);
    const { physical } = this.parts;
    if (physical.of(state.hardware, timerIntid, p).line === high) return state;
    this.cite('timer-asserts-while-enabled-unmasked-and-due');
    return withHardware(state, physical.setLine(state.hardware, timerIntid, p, high));
  }

  /** Virtual CPU `v` was put on physical CPU `p`: the level is told, the active state set, and only then the timer runs. */
  load(state: VgicState, v: number, p: number): VgicState {
    const told = this.tellLevel(state, v);
    return this.drive(this.activateAtLoad(told, v, p), p);
  }

  /** "Load injects the level of the timer that the virtual CPU has now, high or low." */
  tellLevel(state: VgicState, v: number): VgicState {
    this.cite('load-tells-the-timer-level');
    const irqLevel = this.shouldFire(state.environment.timers[v]);
    const told = withVcpu(state, v, { ...state.software.vcpus[v], irqLevel });
    return this.parts.injection.inject(told, state.machine.irq(v, timerIntid), irqLevel);
  }

  activateAtLoad(state: VgicState, v: number, p: number): VgicState {
    const active = state.machine.isSeed2015 ? this.isHeldAtLoad2015(state, v) : this.isHeldAtLoad(state, v);
    const irq = state.software.irqs[state.machine.irq(v, timerIntid)];
    const { active: before, masked } = this.parts.physical.of(state.hardware, timerIntid, p);
    if (!active && (before || masked) && !state.machine.isSeed2015) {
      this.cite('load-drops-the-active-state-of-the-last-guest');
    }
    return this.parts.mapping.setPhysicalActive(state, irq, active);
  }

  /** "active exactly if the virtual one is active or the timer should fire" */
  isHeldAtLoad(state: VgicState, v: number): boolean {
    this.cite('load-sets-the-physical-active-state');
    const held = state.software.irqs[state.machine.irq(v, timerIntid)].active || state.software.vcpus[v].irqLevel;
    if (held) this.cite('physical-interrupt-is-active-under-a-hw-list-register');
    return held;
  }

  /** "exactly if the timer should fire, or a list register in use holds it with HW=1" */
  isHeldAtLoad2015(state: VgicState, v: number): boolean {
    this.cite('seed-load-activates-what-is-listed');
    const { irqLevel, saved } = state.software.vcpus[v];
    return irqLevel || saved.some((lr) => lr.hw && lr.intid === timerIntid);
  }

  /** Virtual CPU `v` was taken off physical CPU `p`. */
  put(state: VgicState, v: number, p: number): VgicState {
    const line = this.lineAfterPut(state, v);
    return withHardware(state, this.parts.physical.setLine(state.hardware, timerIntid, p, line));
  }

  /** "a shared device does not run without its owner" */
  lineAfterPut(_state: VgicState, _v: number): boolean {
    this.cite('put-silences-the-timer');
    return false;
  }

  /** The timer of virtual CPU `v`, which is not loaded, is reset. */
  reset(state: VgicState, v: number): VgicState {
    this.cite('reset-stops-the-timer');
    const timers = replaced(state.environment.timers, v, { deadline: 'never', masked: false } as const);
    const stopped = { ...state, environment: { ...state.environment, timers } };
    const told = withVcpu(stopped, v, { ...state.software.vcpus[v], irqLevel: false });
    return this.withdraw(told, state.machine.irq(v, timerIntid));
  }

  /** "clears active state, latch and line …, and leaves the physical side to the next load" */
  withdraw(state: VgicState, i: number): VgicState {
    this.cite('reset-withdraws-the-mapped-interrupt');
    return withIrq(state, i, { ...state.software.irqs[i], active: false, latch: false, line: false });
  }
}
