import { alphabet, type VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { firstSpi, interrupts, mappedEdge, mappedLevel, softLevel, softPpi, timerPpi, type Guess } from './guess.ts';

/** An integer in [0, n). */
export type Random = (n: number) => number;

/** Fills `args` with the place of each argument in its domain. */
export type Choose = (guess: Guess, random: Random, args: Uint8Array) => void;

const eventKinds: Readonly<
  Record<string, { readonly args: Readonly<Record<string, { readonly values: readonly unknown[] }>> }>
> = alphabet;

/** Number of values of each argument of each kind. */
export const radices: Readonly<Record<string, readonly number[]>> = Object.fromEntries(
  Object.entries(eventKinds).map(([kind, { args }]) => [kind, Object.values(args).map(({ values }) => values.length)]),
);

const priorities = alphabet.setPriority.args.priority.values as readonly number[];
const hcrValues = alphabet.writeHcr.args.value.values.length;

/** One of the set bits of a non-empty mask. */
function oneOf(mask: number, random: Random): number {
  let skip = random(popcount(mask));
  let rest = mask;
  while (skip-- > 0) rest &= rest - 1;
  return 31 - Math.clz32(rest & -rest);
}

function popcount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** A virtual CPU that satisfies `fits`, or any. */
function vcpu(guess: Guess, random: Random, fits: (guess: Guess, v: number) => boolean): number {
  let mask = 0;
  for (let v = 0; v < guess.vcpus; v++) if (fits(guess, v)) mask |= 1 << v;
  return oneOf(mask === 0 ? (1 << guess.vcpus) - 1 : mask, random);
}

const runs = (guess: Guess, v: number): boolean => guess.running[v] === 1;
const loaded = (guess: Guess, v: number): boolean => guess.loadedOn[v] >= 0;
const idle = (guess: Guess, v: number): boolean => guess.loadedOn[v] >= 0 && !guess.running[v];
const eager = (guess: Guess, v: number): boolean => idle(guess, v) && guess.waits(v);
const away = (guess: Guess, v: number): boolean => guess.loadedOn[v] < 0;
const open = (guess: Guess, v: number): boolean => runs(guess, v) && guess.newest(v) >= 0;
const dropped = (guess: Guess, v: number): boolean => runs(guess, v) && guess.oldestDropped(v, -1) >= 0;
const signalled = (guess: Guess, v: number): boolean => runs(guess, v) && guess.signalled(v, false) >= 0;
const clean = (guess: Guess, v: number): boolean => runs(guess, v) && guess.depth[v] === 0;

/** The interrupts of `v` in which something is going on. */
function busy(guess: Guess, v: number): number {
  let mask = 0;
  for (let i = 0; i < interrupts; i++) {
    const slot = guess.slot(v, i);
    const own = v * interrupts + i;
    if (guess.held[own] | guess.active[own] | guess.latch[slot] | guess.line[slot]) mask |= 1 << i;
  }
  return mask;
}

/** The interrupts of `v` that are mapped. */
function mapped(guess: Guess, v: number): number {
  let mask = 0;
  for (let i = 0; i < interrupts; i++) if (guess.mapped[guess.slot(v, i)]) mask |= 1 << i;
  return mask;
}

/** One of those, mostly, else one of those in `focus`, of the places in `allowed`. */
function interrupt(guess: Guess, v: number, random: Random, allowed: number): number {
  if (random(3) > 0) {
    const mask = busy(guess, v) & allowed;
    if (mask !== 0) return oneOf(mask, random);
  }
  const focused = guess.focus & allowed;
  return oneOf(focused !== 0 && random(8) > 0 ? focused : allowed, random);
}

const all = (1 << interrupts) - 1;
const spis = all & ~((1 << firstSpi) - 1);
const notSgis = all & ~0b111;

const ofVcpu =
  (fits: (guess: Guess, v: number) => boolean): Choose =>
  (guess, random, args) => {
    args[0] = vcpu(guess, random, fits);
  };

const ofInterrupt =
  (allowed: number, offset: number): Choose =>
  (guess, random, args) => {
    args[0] = vcpu(guess, random, loaded);
    args[1] = interrupt(guess, args[0], random, allowed) - offset;
  };

const ofUser =
  (allowed: number, offset: number): Choose =>
  (guess, random, args) => {
    args[0] = random(guess.vcpus);
    args[1] = interrupt(guess, args[0], random, allowed) - offset;
  };

/** A priority above the running one half of the time, so that interrupts nest. */
function priority(guess: Guess, v: number, random: Random): number {
  const chosen = random(priorities.length);
  if (random(2) === 0) return chosen;
  const running = guess.runningPriority(v);
  for (let n = 0; n < priorities.length; n++) {
    const at = (chosen + n) % priorities.length;
    if (priorities[at] < running) return at;
  }
  return chosen;
}

/** Place in its domain of the level-sensitive wire of an interrupt. */
const wires: readonly { readonly place: number; readonly interrupt: number; readonly row: number }[] = [
  { place: 0, interrupt: softLevel, row: 3 },
  { place: 1, interrupt: softPpi, row: 0 },
  { place: 2, interrupt: mappedLevel, row: 3 },
  { place: 3, interrupt: softLevel, row: 4 },
  { place: 4, interrupt: softPpi, row: 1 },
  { place: 5, interrupt: softPpi, row: 2 },
];

const wire =
  (high: 0 | 1): Choose =>
  (guess, random, args) => {
    let mask = 0;
    let focused = 0;
    for (const { place, interrupt: i, row } of wires) {
      if (guess.arch ? place !== 2 : row === 4 ? guess.vms < 2 : row < 3 && row >= guess.vcpus) continue;
      const level = place === 2 ? guess.p40 : guess.line[row * interrupts + i];
      if (level === high) continue;
      mask |= 1 << place;
      if ((guess.focus >> i) & 1) focused |= 1 << place;
    }
    if (focused !== 0 && random(8) > 0) mask = focused;
    args[0] = mask === 0 ? (guess.arch ? 2 : 0) : oneOf(mask, random);
  };

/** A list register: free two times out of three, where there is one. */
function listRegister(guess: Guess, random: Random): number {
  let free = 0;
  const shown = Math.min(guess.nrLr, 4);
  for (let n = 0; n < shown; n++) if (guess.inLr[n] < 0) free |= 1 << n;
  return free !== 0 && random(3) > 0 ? oneOf(free, random) : random(shown);
}

/** An interrupt that no other list register holds. */
function unheld(guess: Guess, lr: number, random: Random, allowed: number): number {
  const own = guess.inLr[lr];
  let mask = 0;
  for (let i = 0; i < interrupts; i++) if (!guess.held[i] || i === own) mask |= 1 << i;
  const legal = mask & allowed;
  return oneOf(legal === 0 ? allowed : legal, random);
}

/** A state for a list register: mostly pending. */
const state = (random: Random, states: number): number => (random(3) > 0 ? 1 : random(states));

const physicalPlaces = [timerPpi, mappedLevel, mappedEdge];

/** A physical interrupt that is active, most of the time. */
function activePhysical(guess: Guess, random: Random): number {
  let mask = 0;
  for (let n = 0; n < 3; n++) {
    const i = physicalPlaces[n];
    if (i === timerPpi ? guess.timerActive[0] : guess.physicalActive[i]) mask |= 1 << n;
  }
  return mask !== 0 && random(6) > 0 ? oneOf(mask, random) : random(3);
}

const hwState = (guess: Guess, random: Random, args: Uint8Array): void => {
  args[0] = listRegister(guess, random);
  args[1] = state(random, 3);
  args[2] = unheld(guess, args[0], random, notSgis) - 3;
  args[3] = activePhysical(guess, random);
  args[4] = priority(guess, 0, random);
  args[5] = guess.both ? random(2) : 0;
};

/**
 * How the arguments of an event are chosen where a choice among all values would mostly be wasted. Kinds without an
 * entry choose every argument freely.
 */
export const choices: Readonly<Partial<Record<VgicEvent['kind'], Choose>>> = {
  raise: wire(1),
  lower: wire(0),
  pulse(guess, random, args) {
    args[0] = guess.arch ? 1 : random(guess.vms === 2 ? 3 : 2);
  },
  iar: ofVcpu(signalled),
  aiar: ofVcpu(runs),
  eoir: ofVcpu(open),
  dir(guess, random, args) {
    const v = (args[0] = vcpu(guess, random, dropped));
    const oldest = guess.oldestDropped(v, -1);
    args[1] = random(6) === 0 ? random(interrupts) : 0;
    if (oldest < 0) return;
    // The last entry that is dropped, half of the time: deactivation need not follow the order of the drops.
    let at = oldest;
    for (let i = 0; i < interrupts; i++) {
      const other = guess.oldestDropped(v, i);
      if (other >= 0 && random(2) === 0) at = other;
    }
    args[1] = guess.stack[at];
  },
  eoirSpurious(guess, random, args) {
    args[0] = vcpu(guess, random, runs);
    args[1] = random(4);
  },
  hppir: ofVcpu((guess, v) => runs(guess, v) && (guess.signalled(v, false) >= 0 || guess.signalled(v, true) >= 0)),
  rpr: ofVcpu(runs),
  pmr(guess, random, args) {
    args[0] = vcpu(guess, random, runs);
    args[1] = random(2) === 0 ? 0 : random(7);
  },
  ctlr(guess, random, args) {
    args[0] = vcpu(guess, random, runs);
    // In the order of the domain: 0x01, 0x03, 0x07, 0x00, 0x02, 0x09, 0x0b, 0x0f, 0x17.
    args[1] = guess.both ? [2, 8, random(9), random(9)][random(4)] : [0, 0, 3, 5][random(4)];
  },
  eoiMode(guess, random, args) {
    args[0] = vcpu(guess, random, clean);
    args[1] = 1 - guess.eoiMode[args[0]];
  },
  bpr(guess, random, args) {
    args[0] = vcpu(guess, random, clean);
    args[1] = random(6);
  },
  programTimer(guess, random, args) {
    args[0] = vcpu(guess, random, runs);
    args[1] = random(3);
    args[2] = random(4) === 0 ? 1 : 0;
  },
  enable: ofInterrupt(all, 0),
  disable: ofInterrupt(all, 0),
  setPending: ofInterrupt(all, 0),
  clearPending: ofInterrupt(all, 0),
  setActive: ofInterrupt(all, 0),
  clearActive: ofInterrupt(all, 0),
  readPending: ofInterrupt(all, 0),
  readActive: ofInterrupt(all, 0),
  setPriority(guess, random, args) {
    ofInterrupt(all, 0)(guess, random, args);
    args[2] = priority(guess, args[0], random);
  },
  setTargets(guess, random, args) {
    ofInterrupt(spis, firstSpi)(guess, random, args);
    args[2] = random(guess.vcpus === 3 ? 6 : 4);
  },
  setTrigger(guess, random, args) {
    // Only what is at rest, and has no device of the host behind it.
    args[0] = vcpu(guess, random, loaded);
    args[1] = oneOf(spis & ~busy(guess, args[0]) & ~mapped(guess, args[0]) || spis, random) - firstSpi;
    args[2] = random(2);
  },
  setGroup(guess, random, args) {
    ofInterrupt(all, 0)(guess, random, args);
    args[2] = random(3) === 0 ? 0 : 1;
  },
  switchDistributor(guess, random, args) {
    args[0] = vcpu(guess, random, loaded);
    args[1] = guess.distributorOn[guess.vm[args[0]]] ? random(2) : 0;
  },
  sendSgi(guess, random, args) {
    args[0] = vcpu(guess, random, loaded);
    args[1] = random(4) === 0 ? random(3) : guess.focus % 3;
    args[2] = random(guess.vcpus === 1 ? 2 : 8) === 0 ? random(4) : random(2);
    // Filters other than "the list" ignore the list: one spelling of it is enough.
    args[3] = args[2] === 1 ? random(guess.vcpus === 3 ? 6 : 3) : 0;
  },
  setSgiPending(guess, random, args) {
    args[0] = vcpu(guess, random, loaded);
    args[1] = random(3);
    args[2] = random(guess.vcpus);
  },
  clearSgiPending(guess, random, args) {
    args[0] = vcpu(guess, random, loaded);
    args[1] = random(3);
    args[2] = random(guess.vcpus);
  },
  enter: ofVcpu((guess, v) => eager(guess, v)),
  exit: ofVcpu(runs),
  abortEntry: ofVcpu(idle),
  load(guess, random, args) {
    args[0] = vcpu(guess, random, away);
    args[1] = guess.pcpus === 2 ? (guess.tenant[0] < 0 ? (guess.tenant[1] < 0 ? random(2) : 0) : 1) : 0;
  },
  put: ofVcpu(idle),
  hostIrq(guess, random, args) {
    let mask = 0;
    for (let p = 0; p < guess.pcpus; p++) if (guess.signalledTo(p) >= 0) mask |= 1 << p;
    args[0] = mask === 0 ? random(guess.pcpus) : oneOf(mask, random);
  },
  wakes: ofVcpu((guess, v) => !guess.running[v]),
  resetVcpu: ofVcpu(away),
  saveRestore(guess, random, args) {
    args[0] = random(guess.vms);
  },
  userSetPending(guess, random, args) {
    ofUser(all, 0)(guess, random, args);
    args[2] = random(2);
  },
  userLineLevel(guess, random, args) {
    ofUser(notSgis, 3)(guess, random, args);
    args[2] = random(2);
  },
  userSetActive(guess, random, args) {
    ofUser(all, 0)(guess, random, args);
    args[2] = random(2);
  },
  userReadPending: ofUser(all, 0),
  writeLr(guess, random, args) {
    args[0] = listRegister(guess, random);
    args[1] = state(random, 4);
    args[2] = unheld(guess, args[0], random, notSgis) - 3;
    args[3] = priority(guess, 0, random);
    args[4] = random(2);
    args[5] = guess.both ? random(2) : 0;
  },
  writeSgiLr(guess, random, args) {
    args[0] = listRegister(guess, random);
    args[1] = state(random, 4);
    args[2] = unheld(guess, args[0], random, 0b111);
    args[3] = random(3);
    args[4] = priority(guess, 0, random);
    args[5] = random(2);
  },
  writeHwLr: hwState,
  writeHcr(_, random, args) {
    // The interface is on in most cases: a machine that is off shows little.
    args[0] = random(3) === 0 ? 0 : random(hcrValues);
  },
  hostDir(guess, random, args) {
    args[0] = activePhysical(guess, random);
  },
};
