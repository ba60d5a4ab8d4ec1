import { parentPort, workerData } from 'node:worker_threads';
import { physicalVectors } from '../../spec/posted-interrupts/universe.ts';
import { LocalApic, VirtualInterrupts, highest } from '../../src/optimized/local-apic/index.ts';
import { Arena, asleep, awake, inGuest, outside, pcpus, postedBit, wakeupBit, type Start } from './arena.ts';
import { Ledger } from './ledger.ts';
import { Random } from './random.ts';
import type { StressResult } from './stress.ts';

const { buffer, race, posters, seed, seconds } = workerData as Start;
const arena = new Arena(buffer, race);
const { descriptor } = arena;
const apic = new LocalApic();
const virtual = new VirtualInterrupts(apic);
const ledger = new Ledger(arena, posters);
const random = new Random(seed);
const began = performance.now();
const deadline = began + 1000 * seconds;

let rounds = 0;
let entries = 0;
let notifications = 0;
let sleeps = 0;
let preemptions = 0;
/** 1 + the physical CPU on whose wake-up list the target is, 0: none. */
let list = 0;
let assigned = false;
let over = false;
let violation: string | undefined;

function nextRound(): void {
  rounds++;
  // Long bursts make for many posts, short ones for many ends of rounds, where nothing that is posted later heals.
  const burst = 1 << random.below(13);
  const kinds = [1, 2, 8, 240][random.below(4)];
  const first = 16 + random.below(241 - kinds);
  const device = random.below(2) === 0;
  // "Assigning the device wakes every virtual CPU that is blocked: it went to sleep without the wake-up vector."
  if (device && !assigned) arena.wake();
  assigned = device;
  arena.beginRound(rounds, posters, { burst, first, last: first + kinds - 1, device });
}

/** Whether nobody posts, and nothing is on its way. */
function atRest(): boolean {
  if (arena.busy !== 0) return false;
  for (let p = 0; p < pcpus; p++) if (arena.pending(p) !== 0) return false;
  return true;
}

/** "A target that is in the guest, or asleep, has nothing in PIR, and nothing in IRR that it could take." */
function endRound(): void {
  violation = ledger.close(descriptor.posted, apic, rounds);
  if (violation !== undefined) violation += `; ${arena.describe()}, list ${list}, assigned ${assigned}`;
  over = violation !== undefined || performance.now() > deadline;
  if (!over) nextRound();
}

/** What arrives at a physical CPU where no guest runs. */
function hostHandler(p: number): void {
  if ((arena.arrive(p) & wakeupBit) !== 0 && list === p + 1 && descriptor.on) arena.wake();
}

function arrivalsElsewhere(): void {
  for (let p = 0; p < pcpus; p++) if (p !== arena.pcpu && arena.pending(p) !== 0) hostHandler(p);
}

/** The guest takes virtual interrupts as long as it can; its handlers write EOI. */
function deliver(): void {
  while (virtual.recognized) {
    ledger.delivered(virtual.deliver());
    virtual.endOfInterrupt();
    virtual.evaluate(false);
  }
}

function sync(): void {
  descriptor.sync(apic.irr);
  virtual.rvi = highest(apic.irr);
}

/** The guest runs for a while, and exits. */
function runGuest(): void {
  entries++;
  if (race === 'in-guest-published-late') {
    sync();
    arena.mode = inGuest;
  } else {
    arena.mode = inGuest;
    sync();
  }
  virtual.virtualizePpr();
  virtual.evaluate(false);
  const p = arena.pcpu;
  for (let boundaries = 1 + random.below(300); boundaries > 0 && !over; boundaries--) {
    deliver();
    if (arena.pending(p) !== 0) {
      const arrived = arena.arrive(p);
      if ((arrived & postedBit) !== 0) {
        notifications++;
        virtual.raiseRvi(descriptor.processNotification(apic.irr));
        virtual.evaluate(false);
        deliver();
      }
      if ((arrived & wakeupBit) !== 0) break;
    } else if (atRest()) {
      endRound();
    } else {
      arrivalsElsewhere();
    }
  }
  virtual.recognized = false;
  arena.mode = outside;
}

/** The target is taken off its physical CPU, and put on one again. */
function preempt(): void {
  preemptions++;
  if (assigned) descriptor.setSn();
  // The scheduler can be unkind: it waits until everything is posted.
  for (let i = random.below(4) === 0 ? 5000 : random.below(50); i > 0 && arena.busy !== 0; i--) arrivalsElsewhere();
  load(random.below(pcpus));
}

function load(p: number): void {
  arena.pcpu = p;
  list = 0;
  descriptor.load(p, physicalVectors.posted);
}

/** The halted target sleeps, unless it finds a reason to go on. */
function block(): void {
  if (race !== 'blocked-marked-late') arena.blocked = asleep;
  sync();
  if (apic.deliverable() !== 0) {
    arena.blocked = awake;
    return;
  }
  if (race === 'blocked-marked-late') arena.blocked = asleep;
  const p = arena.pcpu;
  if (assigned) {
    list = p + 1;
    if (descriptor.switchNv(physicalVectors.wakeup)) arena.send(p, wakeupBit);
  }
  sleeps++;
  while (arena.blocked !== awake && !over) {
    let arrived = false;
    for (let other = 0; other < pcpus; other++) {
      if (arena.pending(other) === 0) continue;
      hostHandler(other);
      arrived = true;
    }
    if (arrived) continue;
    if (arena.blocked !== awake && atRest() && arena.blocked !== awake) endRound();
    else if (arena.blocked === asleep) arena.sleep();
    else arena.sleepAgain();
  }
  load(random.below(pcpus));
}

load(0);
nextRound();
while (!over) {
  runGuest();
  const next = random.below(8);
  if (next === 0) preempt();
  else if (next < 4) block();
}
arena.beginRound(-1, posters, { burst: 1, first: 16, last: 16, device: false });
parentPort!.postMessage({
  race,
  seconds: (performance.now() - began) / 1000,
  rounds,
  posts: ledger.posts,
  deliveries: ledger.deliveries,
  entries,
  notifications,
  sleeps,
  preemptions,
  violation,
} satisfies StressResult);
