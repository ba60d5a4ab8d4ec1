import { none } from './events.ts';
import { shutdownTable } from './escalation.ts';
import { Frames } from './frames.ts';

/** The profiles, as {@link Machine.profile} tells them. */
export const reinject = 0;
export const drop = 1;
export const dropExceptions = 2;
export const native = 3;

/** The whole state; flags are 0 or 1. */
export class Machine {
  // Configuration.
  profile = reinject;
  hypervised = true;
  /** The exception bitmap, with bit 14 where shadow page tables need it. */
  bitmap = 0;
  virtualNmi = true;
  shadowPaging = false;
  /** Interrupt gates clear IF. */
  interruptGates = true;
  stiBlocksNmi = true;
  escalation = shutdownTable;
  int1Type = 5;
  zeroLengthInjection = true;
  noHwErrCodeCheck = false;
  rfOnGeneralDetect = false;

  // The guest's processor.
  rip = 0;
  interruptFlag = 1;
  trapFlag = 0;
  resumeFlag = 0;
  cr2 = 0;
  dr6 = 0;
  generalDetect = 0;
  sti = 0;
  movss = 0;
  nmiBlocked = 0;
  halted = 0;
  shutdown = 0;
  veBusy = 0;
  mcip = 0;
  deviceReads = 0;
  /** Sets of places in `externalVectors`. */
  irr = 0;
  isr = 0;
  nmis = 0;
  machineCheck = 0;
  /** Pending debug exceptions, in the bits of DR6. */
  debug = 0;
  /** The instruction that has begun and not completed, as `program.begun` tells it. */
  begun = 0;
  readonly frames = new Frames();

  // What lies in the way: a nibble per obstacle, the next one lowest, and how many there are of each side.
  obstacles = 0;
  guestObstacles = 0;
  hypervisorObstacles = 0;
  gates = 0;

  // The hypervisor.
  outside = 0;
  inflight = none;
  inflightError = 0;
  inflightLength = 0;
  /** CR2 if a page fault is behind what is in flight, bits of DR6 if #DB is in flight; 0: nothing to write. */
  payload = 0;

  // The observation.
  words = new Uint32Array(0);
  /** Handlers that the event has reached. */
  deliveries = 0;
  /** Whether the event has made the guest leave or enter. */
  crossed = false;
}

/** The shutdown of the processor: nothing is in flight any more. */
export function shutDown(m: Machine): void {
  m.shutdown = 1;
  m.outside = 0;
  m.inflight = none;
  m.inflightError = 0;
  m.inflightLength = 0;
  m.payload = 0;
}
