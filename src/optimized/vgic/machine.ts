import { bankCount, keyCount, physicalBankCount, privateCount, sharedBank } from './interrupts.ts';

/** The profiles, as {@link Machine.profile} tells them. */
export const kvm = 0;
export const seed2015 = 1;
export const arch = 2;

/** Largest configuration: virtual CPUs, VMs, physical CPUs, and strides of the tables below. */
export const maxVcpus = 3;
export const maxVms = 2;
export const maxPcpus = 2;
export const lrStride = 16;
export const listStride = 16;
export const placeStride = 16;
/** An entry for each active priority: no two entries whose priority is not dropped share a bit of APR. */
export const stackStride = 32;

/** Bits of {@link Machine.dirty}: the sections of one CPU that must be shown anew. */
export const dirtyInterface = 1 << 0;
export const dirtyPhysical = 1 << 2;
export const dirtyVcpu = 1 << 4;
const dirtyVcpuShift = 4;

/** Memory that is handed out piece by piece. */
class Stretch {
  readonly words: Int32Array;
  #taken = 0;

  constructor(size: number) {
    this.words = new Int32Array(size);
  }

  /** The next `count` words. Throws a `RangeError` when there are no more. */
  take(count: number): Int32Array {
    const from = this.#taken;
    this.#taken += count;
    if (this.#taken > this.words.length) throw new RangeError(`no room for ${count} words`);
    return this.words.subarray(from, this.#taken);
  }
}

/**
 * The whole state, mutable and flat: one integer per set of interrupts, one small array per attribute.
 * Virtual CPUs and physical CPUs are told by number, -1 for none.
 */
export class Machine {
  // Everything that a reset empties lies in two stretches of memory: one emptied to 0, one to -1.
  readonly #zeros = new Stretch(1024);
  readonly #nones = new Stretch(128);

  #words(count: number): Int32Array {
    return this.#zeros.take(count);
  }

  #none(count: number): Int32Array {
    return this.#nones.take(count);
  }

  /** Nothing pending, nothing active, nobody loaded, all wires low. */
  empty(): void {
    this.#zeros.words.fill(0);
    this.#nones.words.fill(-1);
  }

  // Configuration.
  profile = kvm;
  gicv3 = false;
  nrLr = 4;
  vcpus = 1;
  vms = 1;
  pcpus = 1;
  bothGroups = false;
  hwDeactivation = true;
  disabledGroupHides = false;
  distEnableRequeues = false;

  // Virtual interrupts: sets by bank; numbers by key.
  readonly enabled = this.#words(bankCount);
  /** Level-sensitive; the others are edge-triggered. */
  readonly level = this.#words(bankCount);
  readonly latch = this.#words(bankCount);
  readonly line = this.#words(bankCount);
  readonly active = this.#words(bankCount);
  readonly group1 = this.#words(bankCount);
  /** Mapped to a physical interrupt. */
  readonly mapped = this.#words(bankCount);
  readonly priority = this.#words(keyCount);
  /** Configured target, and per virtual CPU the set of what is targeted at it. */
  readonly target = this.#words(keyCount);
  readonly targeted = this.#words(maxVcpus);
  /** The virtual CPU on whose list it is. */
  readonly holder = this.#none(keyCount);
  /** Per virtual CPU: the sources of its SGIs still to be delivered, three bits for each SGI. */
  readonly sources = this.#words(maxVcpus);
  /** Who sent the active SGI; by key. */
  readonly activeSource = this.#words(keyCount);
  readonly distributorOn = this.#words(maxVms);

  // Lists of interrupts to be offered: places in order, how many, and the same as a set.
  readonly list = this.#words(maxVcpus * listStride);
  readonly listLength = this.#words(maxVcpus);
  readonly listed = this.#words(maxVcpus);

  // Virtual CPUs.
  readonly vm = this.#words(maxVcpus);
  /** The place of a virtual CPU in its VM. */
  readonly number = this.#words(maxVcpus);
  readonly firstVcpu = this.#words(maxVms);
  /** How many virtual CPUs a VM has. */
  readonly size = this.#words(maxVms);
  readonly loadedOn = this.#none(maxVcpus);
  readonly runs = this.#words(maxVcpus);
  readonly savedVmcr = this.#words(maxVcpus);
  readonly savedApr = this.#words(maxVcpus);
  readonly timerOn = this.#words(maxVcpus);
  readonly timerMasked = this.#words(maxVcpus);
  readonly timerExpired = this.#words(maxVcpus);

  // What the guest acknowledged: entries that are not dropped in order; of the dropped ones, by interrupt,
  // only how many there are, and their sources.
  readonly stack = this.#words(maxVcpus * stackStride);
  readonly stackDepth = this.#words(maxVcpus);
  readonly dropped = this.#words(maxVcpus * placeStride);
  readonly droppedSources = this.#words(maxVcpus * placeStride);
  readonly droppedTotal = this.#words(maxVcpus);

  // Physical CPUs: list registers and virtual CPU interface.
  readonly tenant = this.#none(maxPcpus);
  readonly lr = this.#words(maxPcpus * lrStride);
  /** The list registers from this one on are zero. */
  readonly usedLrs = this.#words(maxPcpus);
  /** Sets of list registers: not invalid; pending and not active; invalid with the EOI bit and HW=0. */
  readonly validLrs = this.#words(maxPcpus);
  readonly pendingLrs = this.#words(maxPcpus);
  readonly completedLrs = this.#words(maxPcpus);
  readonly hcr = this.#words(maxPcpus);
  readonly vmcr = this.#words(maxPcpus);
  readonly apr = this.#words(maxPcpus);
  /** The list register with the best pending interrupt of an enabled group; as of the end of the last event. */
  readonly bestLr = this.#none(maxPcpus);
  /** The same if it is signalled. */
  readonly signalledLr = this.#none(maxPcpus);

  // Physical interrupts: sets by physical bank.
  readonly physicalLine = this.#words(physicalBankCount);
  readonly physicalLatch = this.#words(physicalBankCount);
  readonly physicalActive = this.#words(physicalBankCount);
  /** Stands for active where there is no hardware deactivation. */
  readonly physicalMasked = this.#words(physicalBankCount);
  readonly physicalDisabled = this.#words(physicalBankCount);
  /** The physical interrupt that the host acknowledged and has not dropped. */
  readonly acknowledged = this.#none(maxPcpus);

  /** Levels of the wires, in the order of the alphabet's domain; the one of 40 is {@link physicalLine}. */
  readonly wire = this.#words(8);

  // Profile seed-2015 only.
  readonly queued = this.#words(bankCount);
  readonly shadowLr = this.#words(maxVcpus * lrStride);
  /** Set of list registers in use. */
  readonly lrInUse = this.#words(maxVcpus);
  /** Interrupts that a list register in use held with the active bit at the last exit. */
  readonly heldActive = this.#words(maxVcpus);

  // The observation.
  words = new Uint32Array(0);
  lrWords = 0;
  interfaceWords = 0;
  physicalWords = 0;
  distributorWords = 0;
  softwareWords = 0;
  /** What must be shown anew before the event ends. */
  dirty = 0;
  readonly dirtyBank = this.#words(bankCount);
  readonly dirtyPhysicalBank = this.#words(physicalBankCount);
  dirtyAll = 0;
}

/** The bank of the interrupt at `place`, as virtual CPU `v` sees it. */
export const bankOf = (m: Machine, v: number, place: number): number =>
  place < privateCount ? v : sharedBank + m.vm[v];

/** The words of virtual CPU `v` must be shown anew. */
export const touchVcpu = (m: Machine, v: number): void => {
  m.dirty |= 1 << (dirtyVcpuShift + v);
};

/** The words of all virtual CPUs that see `bank` must be shown anew. */
export const touchBank = (m: Machine, bank: number): void => {
  m.dirty |= m.dirtyBank[bank];
};

/** List registers, HCR, VMCR or APR of physical CPU `p` changed. */
export const touchInterface = (m: Machine, p: number): void => {
  m.dirty |= dirtyInterface << p;
};

/** A physical interrupt of `bank` changed. */
export const touchPhysical = (m: Machine, bank: number): void => {
  m.dirty |= m.dirtyPhysicalBank[bank];
};
