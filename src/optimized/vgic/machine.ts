import { bankCount, keyCount, physicalBankCount, sharedBank } from './interrupts.ts';

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

/**
 * The whole state, mutable and flat: one integer per set of interrupts, one small array per attribute. Virtual CPUs,
 * physical CPUs and absent things are told by number, -1 for none.
 */
export class Machine {
  // Configuration.
  profile = kvm;
  gicv3 = false;
  nrLr = 4;
  vcpus = 1;
  vms = 1;
  pcpus = 1;
  bothGroups = false;
  hwDeactivation = true;
  distEnableRequeues = false;

  // Virtual interrupts: sets by bank; numbers by key.
  readonly enabled = new Int32Array(bankCount);
  /** Level-sensitive; the others are edge-triggered. */
  readonly level = new Int32Array(bankCount);
  readonly latch = new Int32Array(bankCount);
  readonly line = new Int32Array(bankCount);
  readonly active = new Int32Array(bankCount);
  readonly group1 = new Int32Array(bankCount);
  /** Mapped to a physical interrupt. */
  readonly mapped = new Int32Array(bankCount);
  readonly priority = new Uint8Array(keyCount);
  /** Configured target of SPIs. */
  readonly target = new Uint8Array(keyCount);
  /** The virtual CPU on whose list it is. */
  readonly holder = new Int8Array(keyCount);
  /** Per virtual CPU: the sources of its SGIs still to be delivered, three bits for each SGI. */
  readonly sources = new Int32Array(maxVcpus);
  /** Who sent the active SGI; by key. */
  readonly activeSource = new Uint8Array(keyCount);
  readonly distributorOn = new Uint8Array(maxVms);

  // Lists of interrupts to be offered: places in order, how many, and the same as a set.
  readonly list = new Uint8Array(maxVcpus * listStride);
  readonly listLength = new Uint8Array(maxVcpus);
  readonly listed = new Int32Array(maxVcpus);

  // Virtual CPUs.
  readonly vm = new Uint8Array(maxVcpus);
  /** The place of a virtual CPU in its VM. */
  readonly number = new Uint8Array(maxVcpus);
  readonly firstVcpu = new Uint8Array(maxVms);
  /** How many virtual CPUs a VM has. */
  readonly size = new Uint8Array(maxVms);
  readonly loadedOn = new Int8Array(maxVcpus);
  readonly runs = new Uint8Array(maxVcpus);
  readonly savedVmcr = new Int32Array(maxVcpus);
  readonly savedApr = new Int32Array(maxVcpus);
  readonly timerOn = new Uint8Array(maxVcpus);
  readonly timerMasked = new Uint8Array(maxVcpus);
  readonly timerExpired = new Uint8Array(maxVcpus);

  // What the guest acknowledged: entries that are not dropped in order; of the dropped ones only how many there are.
  readonly stack = new Int32Array(maxVcpus * stackStride);
  readonly stackDepth = new Uint8Array(maxVcpus);
  readonly dropped = new Int32Array(maxVcpus * placeStride);
  readonly droppedTotal = new Int32Array(maxVcpus);

  // Physical CPUs: list registers and virtual CPU interface.
  readonly tenant = new Int8Array(maxPcpus);
  readonly lr = new Int32Array(maxPcpus * lrStride);
  /** The list registers from this one on are zero. */
  readonly usedLrs = new Uint8Array(maxPcpus);
  readonly hcr = new Int32Array(maxPcpus);
  readonly vmcr = new Int32Array(maxPcpus);
  readonly apr = new Int32Array(maxPcpus);
  /** The list register with the best pending interrupt of an enabled group; as of the end of the last event. */
  readonly bestLr = new Int8Array(maxPcpus);
  /** The same if it is signalled. */
  readonly signalledLr = new Int8Array(maxPcpus);

  // Physical interrupts: sets by physical bank.
  readonly physicalLine = new Int32Array(physicalBankCount);
  readonly physicalLatch = new Int32Array(physicalBankCount);
  readonly physicalActive = new Int32Array(physicalBankCount);
  /** Stands for active where there is no hardware deactivation. */
  readonly physicalMasked = new Int32Array(physicalBankCount);
  readonly physicalDisabled = new Int32Array(physicalBankCount);
  /** The physical interrupt that the host acknowledged and has not dropped. */
  readonly acknowledged = new Int8Array(maxPcpus);

  /** Levels of the wires, in the order of the alphabet's domain; the one of 40 is {@link physicalLine}. */
  readonly wire = new Uint8Array(8);

  // Profile seed-2015 only.
  readonly queued = new Int32Array(bankCount);
  readonly shadowLr = new Int32Array(maxVcpus * lrStride);
  /** Set of list registers in use. */
  readonly lrInUse = new Int32Array(maxVcpus);
  /** Interrupts that a list register in use held with the active bit at the last exit. */
  readonly heldActive = new Int32Array(maxVcpus);

  // The observation.
  words = new Uint32Array(0);
  lrWords = 0;
  interfaceWords = 0;
  physicalWords = 0;
  distributorWords = 0;
  softwareWords = 0;
  /** What must be shown anew before the event ends. */
  dirty = 0;
  readonly dirtyBank = new Int32Array(bankCount);
  readonly dirtyPhysicalBank = new Int32Array(physicalBankCount);
  dirtyAll = 0;
}

/** The bank of the interrupt at `place`, as virtual CPU `v` sees it. */
export const bankOf = (m: Machine, v: number, place: number): number => (place < 5 ? v : sharedBank + m.vm[v]);

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
