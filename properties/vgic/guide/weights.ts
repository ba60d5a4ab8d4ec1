import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { interrupts, P, type Guess } from './guess.ts';

/** What the weights depend on, looked up once per event. */
export interface Outlook {
  /** Virtual CPUs that run, that could be entered, that could be loaded. */
  running: number;
  idle: number;
  away: number;
  freePcpus: number;
  /** Virtual CPUs that would be offered something if they were entered. */
  eager: number;
  /** Running virtual CPUs to which an interrupt is signalled, through IAR or AIAR. */
  signalled: number;
  aliased: number;
  /** Running virtual CPUs with something to complete, or to deactivate. */
  open: number;
  dropped: number;
  /** Running virtual CPUs with anything in their list registers, and with nothing acknowledged. */
  busy: number;
  clean: number;
  /** Physical CPUs to which a physical interrupt is signalled. */
  hostPending: number;
  timersLater: number;
  /** VMs of which no virtual CPU runs. */
  stopped: number;
  /** List registers of profile `arch` in use. */
  lrsUsed: number;
}

export const newOutlook = (): Outlook => ({
  running: 0,
  idle: 0,
  away: 0,
  freePcpus: 0,
  eager: 0,
  signalled: 0,
  aliased: 0,
  open: 0,
  dropped: 0,
  busy: 0,
  clean: 0,
  hostPending: 0,
  timersLater: 0,
  stopped: 0,
  lrsUsed: 0,
});

/** Looks around. */
export function survey(guess: Guess, out: Outlook): void {
  out.running = out.idle = out.away = out.freePcpus = out.eager = out.signalled = out.aliased = out.open = 0;
  out.dropped = out.busy = out.clean = out.hostPending = out.timersLater = out.stopped = out.lrsUsed = 0;
  let vmsRunning = 0;
  for (let v = 0; v < guess.vcpus; v++) {
    if (guess.deadline[v] === 2) out.timersLater++;
    if (!guess.running[v]) {
      if (guess.loadedOn[v] < 0) out.away++;
      else {
        out.idle++;
        if (guess.waiting(v) > 0) out.eager++;
      }
      continue;
    }
    vmsRunning |= 1 << guess.vm[v];
    out.running++;
    if (guess.signalled(v, false) >= 0) out.signalled++;
    if (guess.both && guess.signalled(v, true) >= 0) out.aliased++;
    const newest = guess.newest(v);
    if (newest >= 0 && guess.held[v * interrupts + guess.stack[newest]] !== P) out.open++;
    if (guess.oldestDropped(v, -1) >= 0) out.dropped++;
    if (guess.depth[v] === 0) out.clean++;
    for (let i = 0; i < interrupts; i++) {
      if (!guess.held[v * interrupts + i]) continue;
      out.busy++;
      break;
    }
  }
  for (let p = 0; p < guess.pcpus; p++) {
    if (guess.tenant[p] < 0) out.freePcpus++;
    if (guess.signalledTo(p) >= 0) out.hostPending++;
  }
  for (let vm = 0; vm < guess.vms; vm++) if (!((vmsRunning >> vm) & 1)) out.stopped++;
  if (guess.arch) for (let n = 0; n < guess.nrLr; n++) if (guess.inLr[n] >= 0) out.lrsUsed++;
}

/** What an event is worth now, as a factor to its weight. */
export type Weigh = (o: Outlook, guess: Guess) => number;

/** The factor of an event that the guess takes to be skipped: the guess may be wrong. */
const hardly = 0.01;

const when = (condition: number, factor: number): number => (condition > 0 ? factor : hardly);
const runs: Weigh = (o) => when(o.running, 1);
/** An access that traps ends the run of a guest: rarely in the middle of something. */
const trap: Weigh = (o) => when(o.running + o.idle, o.running > 0 ? (o.signalled + o.open > 0 ? 0.25 : 0.5) : 0.6);
const stopped: Weigh = (o) => when(o.stopped, 1);
const always: Weigh = () => 1;

/** The factor of every kind of event whose worth changes with the state. */
export const factors: Readonly<Record<VgicEvent['kind'], Weigh>> = {
  raise: always,
  lower: (_, g) => (g.p40 + g.line.reduce(plus, 0) > 0 ? 1 : hardly),
  pulse: always,
  tick: (o) => when(o.timersLater, 3),
  iar: (o) => when(o.signalled, 4) + (o.running > 0 ? 0.05 : 0),
  aiar: (o) => when(o.aliased, 6) + (o.running > 0 ? 0.05 : 0),
  eoir: (o) => when(o.open, 1.6),
  dir: (o) => when(o.dropped, 2),
  eoirSpurious: runs,
  hppir: runs,
  rpr: runs,
  pmr: runs,
  ctlr: (o, g) => runs(o, g) * (g.both ? 2 : 0.7),
  eoiMode: (o) => when(o.clean, 1),
  bpr: (o) => when(o.clean, 2),
  programTimer: runs,
  enable: trap,
  disable: trap,
  setPending: trap,
  clearPending: trap,
  setActive: trap,
  clearActive: trap,
  readPending: trap,
  readActive: trap,
  setPriority: trap,
  setTargets: trap,
  setTrigger: trap,
  setGroup: (o, g) => (g.both ? 2.5 * trap(o, g) : 0),
  switchDistributor: (o, g) => trap(o, g) * (g.distributorOn[0] + g.distributorOn[g.vms - 1] < 2 ? 3 : 1),
  sendSgi: trap,
  setSgiPending: trap,
  clearSgiPending: trap,
  enter: (o) => (o.eager > 0 ? 4 : when(o.idle, 0.6)),
  exit: (o) => when(o.running, o.busy > 0 ? 0.8 : 0.5),
  abortEntry: (o) => when(o.idle, o.eager > 0 ? 1.5 : 0.5),
  load: (o) => (o.freePcpus > 0 ? when(o.away, 3) : hardly),
  put: (o) => when(o.idle, o.away > 0 ? 1 : 0.3),
  hostIrq: (o) => when(o.hostPending, 2),
  wakes: (o) => when(o.idle + o.away, 1),
  mapPhysical: always,
  unmapPhysical: always,
  resetVcpu: (o) => when(o.away, 1),
  saveRestore: stopped,
  userSetPending: stopped,
  userLineLevel: stopped,
  userSetActive: stopped,
  userReadPending: stopped,
  writeLr: (o, g) => (o.lrsUsed < g.nrLr ? 1 : 0.25),
  writeSgiLr: (o, g) => (o.lrsUsed < g.nrLr ? 1 : 0.25),
  writeHwLr: (o, g) => (g.timerActive[0] + g.physicalActive.reduce(plus, 0) > 0 ? (o.lrsUsed < g.nrLr ? 2 : 0.4) : 0.3),
  writeHcr: always,
  raiseTimer: always,
  hostAck: (o) => when(o.hostPending, 2.5),
  hostEoi: (_, g) => when(g.hostAcked + 1, 2.5),
  hostDir: (_, g) => when(g.timerActive[0] + g.physicalActive.reduce(plus, 0), 1),
  physicalEnable: always,
  physicalPending: always,
  physicalActive: always,
};

function plus(a: number, b: number): number {
  return a + b;
}
