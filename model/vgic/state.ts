import type { CpuInterface, Vmcr } from './hardware/cpu-interface.ts';
import type { ListRegister } from './hardware/list-register.ts';
import type { Machine } from './machine.ts';

/** Tier A: physical distributor, list registers, virtual CPU interfaces. */
export interface Hardware {
  readonly cpus: readonly CpuInterface[];
  /** By bank and place in `physicalInterrupts`; see `PhysicalDistributor.slot`. */
  readonly interrupts: readonly PhysicalState[];
}

/** A physical interrupt, in one bank. */
export interface PhysicalState {
  readonly edge: boolean;
  readonly line: boolean;
  readonly latch: boolean;
  readonly active: boolean;
  readonly enabled: boolean;
  /** Stands for active where completion by the guest cannot reach the distributor. */
  readonly masked: boolean;
}

/** Tier B: what the hypervisor keeps. */
export interface Software {
  /** See `Machine.irq` for the places. */
  readonly irqs: readonly VirtualState[];
  /** Per virtual CPU, the interrupts to be offered, as places in `irqs`. */
  readonly lists: readonly (readonly number[])[];
  readonly vcpus: readonly VirtualCpu[];
  /** GICD_CTLR of each VM. */
  readonly distributorOn: readonly boolean[];
}

/** Which virtual interrupt it is; never changes. */
export interface VirtualIdentity {
  readonly intid: number;
  /** Place in `virtualInterrupts`. */
  readonly bit: number;
  readonly isSgi: boolean;
  readonly isSpi: boolean;
  readonly vm: number;
  /** Virtual CPU of a private interrupt, -1 for an SPI. */
  readonly vcpu: number;
}

/** A virtual interrupt. */
export interface VirtualState {
  readonly id: VirtualIdentity;
  readonly edge: boolean;
  readonly enabled: boolean;
  readonly group: number;
  readonly priority: number;
  readonly line: boolean;
  readonly latch: boolean;
  readonly active: boolean;
  /** Set of the CPUs that wait with this SGI, bit n for the n-th of the VM. */
  readonly sources: number;
  /** Source of the SGI in service. */
  readonly activeSource: number;
  /** Configured target. */
  readonly target: number;
  /** Virtual CPU whose list holds it, -1 if none. */
  readonly holder: number;
  /** Physical INTID that it is mapped to, 0 if none. */
  readonly pIntId: number;
  /** `seed-2015` only: offered, and not completed. */
  readonly queued: boolean;
}

/** A virtual CPU. */
export interface VirtualCpu {
  /** Physical CPU, or -1. */
  readonly loadedOn: number;
  readonly running: boolean;
  /** GICH_VMCR and GICH_APR while it is not loaded. */
  readonly vmcr: Vmcr;
  readonly apr: number;
  /** Level of the timer as last told. */
  readonly irqLevel: boolean;
  /** List registers that entry filled, from 0. `seed-2015`: set of list registers in use. */
  readonly used: number;
  /** `seed-2015` only: list registers as the last exit left them. */
  readonly saved: readonly ListRegister[];
}

/** Tier C: devices, and the guest's own memory. */
export interface Environment {
  /** Levels of the wires, by place in the domain of `raise`. */
  readonly wires: readonly boolean[];
  /** Timer of each virtual CPU. */
  readonly timers: readonly Timer[];
  /** Per virtual CPU, what the guest has acknowledged and not completed, newest last. */
  readonly stacks: readonly (readonly Acknowledged[])[];
}

/** The virtual timer of a virtual CPU. */
export interface Timer {
  readonly deadline: 'never' | 'later' | 'now';
  readonly masked: boolean;
}

/** An interrupt that the guest has acknowledged. */
export interface Acknowledged {
  readonly intid: number;
  readonly source: number;
  readonly group: number;
  /** Acknowledged through GICV_AIAR, hence completed through GICV_AEOIR. */
  readonly aliased: boolean;
  readonly dropped: boolean;
}

/** What the event returned. */
export interface Reply {
  readonly value: number;
  /** Bits of `value` that are defined. */
  readonly defined: number;
  /** Set of SPIs whose completion was reported to userspace. */
  readonly resampled: number;
}

/** Words of one section of the observation. */
export interface Image {
  readonly words: readonly number[];
  readonly defined: readonly number[] | undefined;
}

/** What the state shows, by section; an image is kept as long as its words are the same. */
export interface Shown {
  readonly listRegister: readonly Image[];
  readonly interface: readonly Image[];
  readonly physical: readonly Image[];
  readonly distributor: readonly Image[];
  readonly software: readonly Image[];
}

/** The whole state. */
export interface VgicState {
  readonly machine: Machine;
  readonly reply: Reply;
  readonly hardware: Hardware;
  readonly software: Software;
  readonly environment: Environment;
  readonly shown: Shown;
}

/** Nothing was returned. */
export const noReply: Reply = { value: 0, defined: 0xffff_ffff, resampled: 0 };
