import { exitReasons, hostTimerVector, physicalVectors } from '../../../spec/posted-interrupts/universe.ts';
import { atomicSteps, type AtomicStep } from '../../../spec/posted-interrupts/steps.ts';
import { highest, highestOfWord } from '../local-apic/index.ts';
import { send, tellAccepted, wake } from './acceptance.ts';
import { boundary, interruptInfo, showExit } from './boundary.ts';
import { destination, dirtySteps, touch, type Machine } from './machine.ts';
import { firstPc, pcOf } from './program-counters.ts';
import { bitOf, posted, wakeup } from './vectors.ts';
import { inGuest, outside } from './virtual-cpu.ts';

/** What an agent does next where that is not the step below in its program. */
const rest = 0;

/** Takes a step, and returns the agent's next program counter: `next`, unless the step says otherwise. */
type Step = (m: Machine, next: number, vector: number) => number;

/** Takes a word of PIR into IRR. Returns the highest vector found, 0 if there was none. */
function exchangeWord(m: Machine, index: number): number {
  const { descriptor, guest } = m.cpus[0];
  const word = descriptor.takeWord(index);
  guest.apic.irr[index] |= word;
  return word === 0 ? 0 : highestOfWord(word, index);
}

const exchange =
  (index: number): Step =>
  (m, next) => {
    exchangeWord(m, index);
    return next;
  };

const merge =
  (index: number): Step =>
  (m, next) => {
    m.cpus[0].guest.virtual.raiseRvi(exchangeWord(m, index));
    return next;
  };

const clearOn: Step = (m, next) => {
  m.cpus[0].descriptor.clearOn();
  return next;
};

const goOnIfOn =
  (otherwise: AtomicStep): Step =>
  (m, next) =>
    m.cpus[0].descriptor.on ? next : pcOf(otherwise);

const setOnAfterLoad = pcOf('set-on-after-load');
const recheck =
  (index: number): Step =>
  (m, next) =>
    m.cpus[0].descriptor.words[index] === 0 ? next : setOnAfterLoad;

const leavePhysicalCpu: Step = (m) => {
  m.cpus[0].loaded = false;
  return rest;
};

const evaluate: Step = (m) => {
  const cpu = m.cpus[0];
  cpu.guest.virtual.evaluate(cpu.window);
  boundary(m, cpu);
  return rest;
};

const steps: Readonly<Record<AtomicStep, Step>> = {
  'set-pir': (m, next, vector) => {
    const { descriptor, guest } = m.cpus[0];
    tellAccepted(m, guest, vector);
    return descriptor.testAndSetPir(vector) ? rest : next;
  },
  'set-on': (m, next) => (m.cpus[0].descriptor.testAndSetOn() ? rest : next),
  'read-mode': (m, next) => (m.cpus[0].mode === inGuest ? next : pcOf('wake')),
  'send-notification': (m) => {
    send(m, m.cpus[0].pcpu, posted);
    return rest;
  },
  wake: (m) => {
    wake(m, m.cpus[0]);
    return rest;
  },

  'publish-in-guest': (m, next) => {
    m.cpus[0].mode = inGuest;
    return next;
  },
  'test-on': goOnIfOn('write-rvi'),
  'clear-on': clearOn,
  'exchange-word-1': exchange(1),
  'exchange-word-2': exchange(2),
  'write-rvi': (m, next) => {
    const { apic, virtual } = m.cpus[0].guest;
    virtual.rvi = highest(apic.irr);
    return next;
  },
  'vm-entry': (m, next, vector) => {
    m.cpus[0].guest.virtual.virtualizePpr();
    return evaluate(m, next, vector);
  },

  'publish-outside': (m) => {
    m.cpus[0].mode = outside;
    return rest;
  },

  'processor-clear-on': clearOn,
  'merge-word-1': merge(1),
  'merge-word-2': merge(2),
  evaluate,

  'mark-blocked': (m, next) => {
    m.cpus[0].blocked = true;
    return next;
  },
  'check-test-on': goOnIfOn('decide'),
  'check-clear-on': clearOn,
  'check-exchange-word-1': exchange(1),
  'check-exchange-word-2': exchange(2),
  decide: (m, next) => {
    const cpu = m.cpus[0];
    const { apic, virtual } = cpu.guest;
    virtual.rvi = highest(apic.irr);
    if (apic.deliverable() === 0) return next;
    cpu.blocked = false;
    cpu.halted = false;
    return rest;
  },
  schedule: (m, next) => {
    if (!m.cpus[0].blocked) return rest;
    return m.assigned ? next : pcOf('deschedule');
  },
  list: (m, next) => {
    const cpu = m.cpus[0];
    cpu.list = cpu.pcpu + 1;
    return next;
  },
  'switch-nv': (m, next) => {
    m.cpus[0].descriptor.switchNv(physicalVectors.wakeup);
    return next;
  },
  'test-on-after-switch': (m, next) => {
    const cpu = m.cpus[0];
    if (cpu.descriptor.on) send(m, cpu.pcpu, wakeup);
    return next;
  },
  deschedule: leavePhysicalCpu,

  'set-sn': (m, next) => {
    if (m.assigned) m.cpus[0].descriptor.setSn();
    return next;
  },
  'deschedule-preempted': leavePhysicalCpu,

  unlist: (m, next) => {
    m.cpus[0].list = 0;
    return next;
  },
  'set-control': (m, next) => {
    const cpu = m.cpus[0];
    cpu.descriptor.setControl(destination(m, cpu.pcpu), physicalVectors.posted);
    return next;
  },
  'read-pir-word-1': recheck(1),
  'read-pir-word-2': (m, _next, vector) => recheck(2)(m, rest, vector),
  'set-on-after-load': (m) => {
    m.cpus[0].descriptor.testAndSetOn();
    return rest;
  },
};

/** The steps by program counter; nothing is done at rest. */
const byPc: readonly Step[] = [() => rest, ...atomicSteps.map((name) => steps[name])];

/** A poster at rest begins to post. */
export function startPost(m: Machine, poster: number, vector: number): boolean {
  if (poster >= m.posters || m.poster[poster] !== rest || (bitOf[vector] & m.vectors) === 0) return false;
  m.poster[poster] = firstPc('post') | (vector << 8);
  m.dirty |= dirtySteps;
  return true;
}

/** An agent takes its next step: the target is 0, posters follow. */
export function step(m: Machine, agent: number): boolean {
  if (agent === 0) {
    const pc = m.target;
    if (pc === rest) return false;
    m.target = byPc[pc](m, pc + 1, 0);
  } else {
    const state = m.poster[agent - 1];
    if (state === rest) return false;
    const pc = state & 0xff;
    const vector = state >>> 8;
    const next = byPc[pc](m, pc + 1, vector);
    m.poster[agent - 1] = next === rest ? rest : next | (vector << 8);
  }
  touch(m, m.cpus[0]);
  m.dirty |= dirtySteps;
  return true;
}

// What the target begins, in the order of the alphabet's domain.
const enter = 0;
const exit = 1;
const halt = 2;
const block = 3;
const preempt = 4;
const load0 = 5;

const enterPc = firstPc('enter');
const exitPc = firstPc('exit');
const blockPc = firstPc('block');
const preemptPc = firstPc('preempt');
const loadPc = firstPc('load');

/** Begins an operation of the target. Its first program counter, or `rest` where the precondition does not hold. */
function begin(m: Machine, operation: number): number {
  const cpu = m.cpus[0];
  const held = cpu.loaded && cpu.mode === outside;
  switch (operation) {
    case enter:
      return held && !cpu.halted ? enterPc : rest;
    case exit:
      if (cpu.mode !== inGuest) return rest;
      showExit(m, cpu, exitReasons.externalInterrupt, 0, interruptInfo(hostTimerVector));
      return exitPc;
    case halt:
      if (cpu.mode !== inGuest) return rest;
      showExit(m, cpu, exitReasons.hlt);
      cpu.halted = true;
      return exitPc;
    case block:
      return held && cpu.halted ? blockPc : rest;
    case preempt:
      return held ? preemptPc : rest;
    default: {
      const p = operation - load0;
      if (cpu.loaded || cpu.blocked || p >= m.pcpus) return rest;
      cpu.loaded = true;
      cpu.pcpu = p;
      return loadPc;
    }
  }
}

/** The target at rest begins an operation. */
export function start(m: Machine, operation: number): boolean {
  if (m.target !== rest) return false;
  m.target = begin(m, operation);
  if (m.target === rest) return false;
  touch(m, m.cpus[0]);
  m.dirty |= dirtySteps;
  return true;
}
