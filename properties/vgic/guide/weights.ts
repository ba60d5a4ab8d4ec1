import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import type { Guess } from './guess.ts';
import type { Outlook } from './outlook.ts';

/** What an event is worth, as a factor to its weight: at the most, and now. */
export interface Worth {
  readonly most: number;
  readonly now: (o: Outlook, guess: Guess) => number;
}

/** The factor of an event that the guess takes to be skipped: the guess may be wrong. */
const hardly = 0.01;

const upTo = (most: number, now: Worth['now']): Worth => ({ most, now });
const when = (condition: number, factor: number): number => (condition > 0 ? factor : hardly);

const always = upTo(1, () => 1);
const runs = upTo(1, (o) => when(o.running, 1));
const stopped = upTo(1, (o) => when(o.stopped, 1));
/** The enables and AckCtl matter where an interrupt of group 1 is offered. */
const perGroup = upTo(4, (o, g) => when(o.running, o.offered1 > 0 ? 4 : g.both ? 1.5 : 0.7));

/** An access that traps ends the run of a guest: rarely in the middle of something. */
const trapFactor = (o: Outlook): number =>
  when(o.running + o.idle, o.running > 0 ? (o.signalled + o.open > 0 ? 0.25 : 0.5) : 0.6);
const trap = upTo(0.6, trapFactor);
const trapTimes = (times: number, if_: (guess: Guess) => boolean = () => true): Worth =>
  upTo(0.6 * times, (o, g) => trapFactor(o) * (if_(g) ? times : 1));

/** The factor of every kind of event. */
export const worths: Readonly<Record<VgicEvent['kind'], Worth>> = {
  raise: always,
  lower: upTo(1, (_, g) => (g.p40 + g.lines() > 0 ? 1 : hardly)),
  pulse: always,
  tick: upTo(3, (o) => when(o.timersLater, 3)),
  iar: upTo(4.05, (o) => (o.signalled > 0 ? 4 : when(o.aliased, 3)) + (o.running > 0 ? 0.05 : 0)),
  aiar: upTo(6.05, (o) => when(o.aliased, 6) + (o.running > 0 ? 0.05 : 0)),
  eoir: upTo(1.6, (o) => when(o.open, 1.6)),
  dir: upTo(2, (o) => when(o.dropped, 2)),
  eoirSpurious: runs,
  hppir: upTo(8, (o) => when(o.running, o.signalled > 0 ? 2 : o.aliased > 0 ? 8 : 0.7)),
  rpr: runs,
  pmr: runs,
  ctlr: perGroup,
  eoiMode: upTo(1, (o) => when(o.clean, 1)),
  bpr: upTo(2, (o) => when(o.clean, 2)),
  programTimer: runs,
  enable: trapTimes(1.5),
  disable: trap,
  setPending: trap,
  clearPending: trap,
  setActive: trapTimes(1.5),
  clearActive: trap,
  readPending: trap,
  readActive: trap,
  setPriority: trap,
  setTargets: trapTimes(1.5, (g) => g.vcpus > 1),
  setTrigger: trapTimes(2),
  setGroup: upTo(6, (o, g) => (g.both ? (g.hasGroup1() ? 2 : 10) * trapFactor(o) : 0)),
  switchDistributor: trapTimes(3, (g) => g.distributorOn[0] + g.distributorOn[g.vms - 1] < 2),
  sendSgi: trap,
  setSgiPending: trap,
  clearSgiPending: trap,
  enter: upTo(4, (o) => (o.eager > 0 ? 4 : when(o.idle, 0.6))),
  exit: upTo(0.8, (o) => when(o.running, o.busy > 0 ? 0.8 : 0.5)),
  abortEntry: upTo(1.5, (o) => when(o.idle, o.eager > 0 ? 1.5 : 0.5)),
  load: upTo(3, (o) => (o.freePcpus > 0 ? when(o.away, 3) : hardly)),
  put: upTo(2, (o) => when(o.idle, o.timerIdle > 0 ? 2 : o.away > 0 ? 1 : 0.3)),
  hostIrq: upTo(2, (o) => when(o.hostPending, 2)),
  wakes: upTo(2, (o) => when(o.idle + o.away, 2)),
  mapPhysical: upTo(2, (_, g) => (g.unmapped() ? 2 : hardly)),
  unmapPhysical: upTo(1, (_, g) => (g.unmapped() ? 0.3 : 1)),
  resetVcpu: upTo(8, (o) => when(o.away, o.timerAway > 0 ? 8 : 1)),
  saveRestore: stopped,
  userSetPending: stopped,
  userLineLevel: stopped,
  userSetActive: stopped,
  userReadPending: stopped,
  writeLr: upTo(1, (o, g) => (o.lrsUsed < g.nrLr ? 1 : 0.25)),
  writeSgiLr: upTo(1, (o, g) => (o.lrsUsed < g.nrLr ? 1 : 0.25)),
  writeHwLr: upTo(2, (o, g) => (o.physicallyActive > 0 ? (o.lrsUsed < g.nrLr ? 2 : 0.4) : 0.3)),
  writeHcr: always,
  raiseTimer: always,
  hostAck: upTo(2.5, (o) => when(o.hostPending, 2.5)),
  hostEoi: upTo(2.5, (_, g) => when(g.hostAcked + 1, 2.5)),
  hostDir: upTo(1, (o) => when(o.physicallyActive, 1)),
  physicalEnable: always,
  physicalPending: always,
  physicalActive: always,
};
