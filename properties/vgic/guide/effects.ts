import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import {
  A,
  firstSpi,
  interrupts,
  mappedEdge,
  mappedLevel,
  P,
  placeOf,
  softEdge,
  softLevel,
  softPpi,
  timerPpi,
  type Guess,
} from './guess.ts';

/** What an event does to the guess: arguments as the packing gives them, from `at` on. */
export type Effect = (guess: Guess, args: Int32Array, at: number) => void;

const nothing: Effect = () => {};

/** Whether an event that traps can happen; stops the virtual CPU. */
function trap(guess: Guess, v: number): boolean {
  if (v >= guess.vcpus || guess.loadedOn[v] < 0) return false;
  leave(guess, v);
  return true;
}

function enter(guess: Guess, v: number): void {
  if (v >= guess.vcpus || guess.running[v] || guess.loadedOn[v] < 0) return;
  guess.running[v] = 1;
  let free = guess.nrLr;
  for (let i = 0; i < interrupts && free > 0; i++) {
    if (!guess.active[v * interrupts + i]) continue;
    guess.held[v * interrupts + i] = A;
    free--;
  }
  while (free-- > 0) {
    let best = -1;
    for (let i = 0; i < interrupts; i++) {
      if (guess.held[v * interrupts + i] || !guess.deliverable(v, i)) continue;
      if (best < 0 || guess.priority[guess.slot(v, i)] < guess.priority[guess.slot(v, best)]) best = i;
    }
    if (best < 0) return;
    offer(guess, v, best);
  }
}

function offer(guess: Guess, v: number, i: number): void {
  const slot = guess.slot(v, i);
  guess.held[v * interrupts + i] = P;
  if (!guess.level[slot]) guess.latch[slot] = 0;
  else if (guess.mapped[slot]) guess.line[slot] = 0;
}

function leave(guess: Guess, v: number): void {
  if (v >= guess.vcpus || !guess.running[v]) return;
  guess.running[v] = 0;
  for (let i = 0; i < interrupts; i++) {
    const at = v * interrupts + i;
    const held = guess.held[at];
    const slot = guess.slot(v, i);
    if (held === P && !guess.level[slot]) guess.latch[slot] = 1;
    if (held === 0 && guess.active[at]) guess.latch[slot] = guess.level[slot] ? 0 : guess.latch[slot];
    if (held === P && guess.level[slot] && guess.mapped[slot]) {
      guess.line[slot] = guess.device(v, i) ? 1 : 0;
      if (!guess.line[slot]) guess.setPhysicalActive(v, i, false);
    }
    guess.active[at] = held & A ? 1 : 0;
    guess.held[at] = 0;
  }
}

function acknowledge(guess: Guess, v: number, aliased: boolean): void {
  if (v >= guess.vcpus || !guess.running[v]) return;
  const i = guess.signalled(v, aliased);
  if (i < 0) return;
  guess.held[v * interrupts + i] = A;
  guess.push(v, i);
}

function deactivate(guess: Guess, v: number, i: number): void {
  guess.held[v * interrupts + i] &= ~A;
  if (guess.mapped[guess.slot(v, i)]) guess.setPhysicalActive(v, guess.backing[i], false);
}

function complete(guess: Guess, v: number): void {
  if (v >= guess.vcpus || !guess.running[v]) return;
  const at = guess.newest(v);
  if (at < 0) return;
  const i = guess.stack[at];
  if (guess.held[v * interrupts + i] === P) return;
  if (guess.eoiMode[v]) {
    guess.dropped[at] = 1;
    return;
  }
  deactivate(guess, v, i);
  guess.remove(v, at);
}

function hostIrq(guess: Guess, p: number): void {
  if (p >= guess.pcpus) return;
  const i = guess.signalledTo(p);
  if (i < 0) return;
  const v = guess.tenant[p];
  if (v >= 0) leave(guess, v);
  guess.physicalLatch[i] = 0;
  const slot = i === timerPpi ? guess.slot(v, i) : 3 * interrupts + i;
  if (!guess.mapped[slot]) return;
  if (i === timerPpi) guess.timerActive[p] = 1;
  else guess.physicalActive[i] = 1;
  if (guess.level[slot]) guess.line[slot] = 1;
  else guess.latch[slot] = 1;
}

/** A distributor register that holds one bit per interrupt. */
function bit(field: 'enabled' | 'latch', value: 0 | 1): Effect {
  return (guess, args, at) => {
    const v = args[at];
    const i = placeOf[args[at + 1]];
    if (!trap(guess, v) || i < 3) return;
    guess[field][guess.slot(v, i)] = value;
    if (field === 'latch' && guess.mapped[guess.slot(v, i)]) guess.setPhysicalActive(v, i, value === 1);
  };
}

function activeBit(value: 0 | 1): Effect {
  return (guess, args, at) => {
    const v = args[at];
    const i = placeOf[args[at + 1]];
    if (!trap(guess, v)) return;
    if (i >= firstSpi) for (let w = 0; w < guess.vcpus; w++) if (guess.vm[w] === guess.vm[v]) leave(guess, w);
    guess.active[v * interrupts + i] = value;
    if (guess.mapped[guess.slot(v, i)]) guess.setPhysicalActive(v, i, value === 1);
  };
}

const trapOnly: Effect = (guess, args, at) => void trap(guess, args[at]);

const wire = (value: 0 | 1): Effect => {
  return (guess, args, at) => {
    const name = args[at];
    if (name === 2) guess.p40 = value;
    else if (name === 0 || name === 3) guess.line[(name === 0 ? 3 : 4) * interrupts + softLevel] = value;
    else guess.line[(name === 1 ? 0 : name - 3) * interrupts + softPpi] = value;
  };
};

/** Frees the list register and whatever holds the interrupt already. */
function writeLr(guess: Guess, lr: number, i: number, state: number): void {
  if (lr >= guess.nrLr) return;
  const old = guess.inLr[lr];
  if (old >= 0) guess.held[old] = 0;
  guess.held[i] = state;
  guess.inLr[lr] = state === 0 ? -1 : i;
}

/** The effect of every kind of event. */
export const effects: Readonly<Record<VgicEvent['kind'], Effect>> = {
  raise: wire(1),
  lower: wire(0),
  pulse(guess, args, at) {
    if (args[at] === 1) guess.physicalLatch[mappedEdge] = 1;
    else guess.latch[(args[at] === 0 ? 3 : 4) * interrupts + softEdge] = 1;
  },
  tick(guess) {
    for (let v = 0; v < guess.vcpus; v++) if (guess.deadline[v] === 2) guess.deadline[v] = 0;
  },
  iar: (guess, args, at) => acknowledge(guess, args[at], false),
  aiar: (guess, args, at) => acknowledge(guess, args[at], true),
  eoir: (guess, args, at) => complete(guess, args[at]),
  dir(guess, args, at) {
    const v = args[at];
    const i = placeOf[args[at + 1]];
    if (v >= guess.vcpus || !guess.running[v] || guess.held[v * interrupts + i] === P) return;
    const entry = guess.oldestDropped(v, i);
    if (entry < 0) return;
    deactivate(guess, v, i);
    guess.remove(v, entry);
  },
  eoirSpurious: nothing,
  hppir: nothing,
  rpr: nothing,
  pmr(guess, args, at) {
    if (guess.running[args[at]]) guess.pmr[args[at]] = args[at + 1];
  },
  ctlr(guess, args, at) {
    if (guess.running[args[at]]) guess.ctlr[args[at]] = args[at + 1];
  },
  eoiMode(guess, args, at) {
    if (guess.running[args[at]] && guess.depth[args[at]] === 0) guess.eoiMode[args[at]] = args[at + 1];
  },
  bpr: nothing,
  programTimer(guess, args, at) {
    if (!guess.running[args[at]]) return;
    guess.deadline[args[at]] = args[at + 1];
    guess.masked[args[at]] = args[at + 2];
  },
  enable: bit('enabled', 1),
  disable: bit('enabled', 0),
  setPending: bit('latch', 1),
  clearPending: bit('latch', 0),
  setActive: activeBit(1),
  clearActive: activeBit(0),
  readPending: trapOnly,
  readActive: trapOnly,
  setPriority(guess, args, at) {
    if (trap(guess, args[at])) guess.priority[guess.slot(args[at], placeOf[args[at + 1]])] = args[at + 2];
  },
  setTargets(guess, args, at) {
    if (!trap(guess, args[at])) return;
    const first = guess.vm[args[at]] === 1 ? guess.vcpus - 1 : 0;
    const members = guess.vms === 2 ? (first === 0 ? guess.vcpus - 1 : 1) : guess.vcpus;
    const chosen = args[at + 2] & ((1 << members) - 1);
    const lowest = chosen === 0 ? 0 : 31 - Math.clz32(chosen & -chosen);
    guess.target[guess.slot(args[at], placeOf[args[at + 1]])] = first + lowest;
  },
  setTrigger(guess, args, at) {
    const slot = guess.slot(args[at], placeOf[args[at + 1]]);
    if (trap(guess, args[at]) && !guess.mapped[slot]) guess.level[slot] = args[at + 2] === 0 ? 1 : 0;
  },
  setGroup(guess, args, at) {
    if (guess.both && trap(guess, args[at])) guess.group[guess.slot(args[at], placeOf[args[at + 1]])] = args[at + 2];
  },
  switchDistributor(guess, args, at) {
    if (trap(guess, args[at])) guess.distributorOn[guess.vm[args[at]]] = args[at + 1];
  },
  sendSgi(guess, args, at) {
    const [v, sgi, filter, cpus] = [args[at], args[at + 1], args[at + 2], args[at + 3]];
    if (!trap(guess, v)) return;
    const first = guess.vm[v] === 1 ? guess.vcpus - 1 : 0;
    for (let w = first; w < guess.vcpus; w++) {
      if (guess.vm[w] !== guess.vm[v]) continue;
      const hit = filter === 0 ? (cpus >> (w - first)) & 1 : filter === 1 ? w !== v : filter === 2 && w === v;
      if (hit) guess.latch[guess.slot(w, placeOf[sgi])] = 1;
    }
  },
  setSgiPending(guess, args, at) {
    if (trap(guess, args[at])) guess.latch[guess.slot(args[at], placeOf[args[at + 1]])] = 1;
  },
  clearSgiPending(guess, args, at) {
    if (trap(guess, args[at])) guess.latch[guess.slot(args[at], placeOf[args[at + 1]])] = 0;
  },
  enter: (guess, args, at) => enter(guess, args[at]),
  exit: (guess, args, at) => leave(guess, args[at]),
  abortEntry: nothing,
  load(guess, args, at) {
    const [v, p] = [args[at], args[at + 1]];
    if (v >= guess.vcpus || p >= guess.pcpus || guess.loadedOn[v] >= 0 || guess.tenant[p] >= 0) return;
    guess.loadedOn[v] = p;
    guess.tenant[p] = v;
    const fires = guess.device(v, timerPpi) ? 1 : 0;
    guess.line[guess.slot(v, timerPpi)] = fires;
    guess.timerActive[p] = fires | guess.active[v * interrupts + timerPpi];
  },
  put(guess, args, at) {
    const v = args[at];
    if (v >= guess.vcpus || guess.loadedOn[v] < 0 || guess.running[v]) return;
    guess.tenant[guess.loadedOn[v]] = -1;
    guess.loadedOn[v] = -1;
  },
  hostIrq: (guess, args, at) => hostIrq(guess, args[at]),
  wakes: nothing,
  mapPhysical(guess, args, at) {
    guess.mapped[3 * interrupts + placeOf[args[at]]] = 1;
  },
  unmapPhysical(guess, args, at) {
    const slot = 3 * interrupts + placeOf[args[at]];
    if (!guess.line[slot] && !guess.latch[slot]) guess.mapped[slot] = 0;
  },
  resetVcpu(guess, args, at) {
    const v = args[at];
    if (v >= guess.vcpus || guess.loadedOn[v] >= 0) return;
    guess.deadline[v] = 1;
    guess.active[v * interrupts + timerPpi] = guess.latch[guess.slot(v, timerPpi)] = 0;
    guess.line[guess.slot(v, timerPpi)] = 0;
  },
  saveRestore: nothing,
  userSetPending(guess, args, at) {
    guess.latch[guess.slot(args[at] % guess.vcpus, placeOf[args[at + 1]])] = args[at + 2];
  },
  userLineLevel(guess, args, at) {
    guess.line[guess.slot(args[at] % guess.vcpus, placeOf[args[at + 1]])] = args[at + 2];
  },
  userSetActive(guess, args, at) {
    const v = args[at] % guess.vcpus;
    const i = placeOf[args[at + 1]];
    if (!guess.mapped[guess.slot(v, i)]) guess.active[v * interrupts + i] = args[at + 2];
  },
  userReadPending: nothing,
  writeLr(guess, args, at) {
    guess.priority[guess.slot(0, placeOf[args[at + 2]])] = args[at + 3];
    guess.group[guess.slot(0, placeOf[args[at + 2]])] = args[at + 5];
    guess.mapped[guess.slot(0, placeOf[args[at + 2]])] = 0;
    writeLr(guess, args[at], placeOf[args[at + 2]], args[at + 1]);
  },
  writeSgiLr(guess, args, at) {
    guess.priority[guess.slot(0, placeOf[args[at + 2]])] = args[at + 4];
    writeLr(guess, args[at], placeOf[args[at + 2]], args[at + 1]);
  },
  writeHwLr(guess, args, at) {
    guess.priority[guess.slot(0, placeOf[args[at + 2]])] = args[at + 4];
    guess.group[guess.slot(0, placeOf[args[at + 2]])] = args[at + 5];
    guess.mapped[guess.slot(0, placeOf[args[at + 2]])] = 1;
    guess.backing[placeOf[args[at + 2]]] = physicalPlace(args[at + 3]);
    writeLr(guess, args[at], placeOf[args[at + 2]], args[at + 1]);
  },
  writeHcr: nothing,
  raiseTimer(guess, args, at) {
    guess.timerLine = args[at];
  },
  hostAck(guess) {
    const i = guess.signalledTo(0);
    if (i < 0) return;
    guess.hostAcked = i;
    guess.physicalLatch[i] = 0;
    guess.setPhysicalActive(0, i, true);
  },
  hostEoi(guess) {
    guess.hostAcked = -1;
  },
  hostDir(guess, args, at) {
    guess.setPhysicalActive(0, physicalPlace(args[at]), false);
  },
  physicalEnable: nothing,
  physicalPending(guess, args, at) {
    guess.physicalLatch[physicalPlace(args[at])] = args[at + 1];
  },
  physicalActive(guess, args, at) {
    guess.setPhysicalActive(0, physicalPlace(args[at]), args[at + 1] === 1);
  },
};

/** The place of the virtual interrupt that a physical one is mapped to at reset. */
export function physicalPlace(pIntId: number): number {
  return pIntId === 27 ? timerPpi : pIntId === 40 ? mappedLevel : mappedEdge;
}
