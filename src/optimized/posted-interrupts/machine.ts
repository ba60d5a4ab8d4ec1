import { Guest } from './guest.ts';
import { PostedInterruptDescriptor } from './posted-interrupt-descriptor.ts';
import { VirtualCpu } from './virtual-cpu.ts';

/** The profiles, as {@link Machine.profile} tells them. */
export const sdm = 0;
export const kvm = 1;
export const arch = 2;
export const interleaved = 3;

/** Places of the words that tell what an event did. */
export const replyWord = 0;
export const deliveryWords = 1;
export const exitWords = 4;
export const effectWords = 10;
export const outputWords = 15;
/** Places inside the sections. */
export const acceptedWord = effectWords;
export const acceptorWord = effectWords + 1;
export const broadcastWord = effectWords + 2;
export const sentWord = effectWords + 3;
export const consumedWord = effectWords + 4;

/** Bit of {@link Machine.dirty}: the program counters. The others are `1 << vcpu`. */
export const dirtySteps = 1 << 2;

/** The whole state. Physical local APICs and the I/O APIC have no other state than what their words show. */
export class Machine {
  profile = sdm;
  x2apic = true;
  tprShadow = true;
  hltExiting = true;
  /** Whether there can be APICv. */
  apicvExists = true;
  devicePosting = true;
  nested = false;
  vcpus = 1;
  pcpus = 1;
  zeroOnTie = false;
  /** Set of blockings that hold off arrivals. */
  holdsArrival = 0;
  posters = 0;
  /** The vectors in use, as they are shown. */
  vectors = 0xff;

  apicv = true;
  assigned = false;
  readonly cpus: readonly VirtualCpu[] = [new VirtualCpu(0, new Guest(1)), new VirtualCpu(1, new Guest(3))];
  readonly l2 = new Guest(2);
  /** What L1 gave L2. */
  readonly l2Descriptor = new PostedInterruptDescriptor();
  /** A notification for L2 that KVM remembers. */
  piPending = false;

  // Profile interleaved: program counters, 0 at rest; with the vector in bits 15:8 for posters.
  target = 0;
  readonly poster = new Int32Array(2);

  // The observation.
  words = new Uint32Array(0);
  apicWords = 0;
  virtualApicWords = 0;
  coreWords = 0;
  descriptorWords = 0;
  scheduleWords = 0;
  physicalWords = 0;
  ioapicWords = 0;
  nestedWords = 0;
  stepWords = 0;
  /** What must be shown anew before the event ends. */
  dirty = 0;
}

/** The words of a virtual CPU must be shown anew. */
export const touch = (m: Machine, cpu: VirtualCpu): void => {
  m.dirty |= 1 << cpu.number;
};

/** Who runs on a virtual CPU. */
export const running = (m: Machine, cpu: VirtualCpu): Guest => (cpu.l2Runs ? m.l2 : cpu.guest);

/** NDST for a physical CPU. */
export const destination = (m: Machine, p: number): number => (m.x2apic ? p : p << 8);
