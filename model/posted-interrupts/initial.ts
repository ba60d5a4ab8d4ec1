import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import { nestedNotificationVector, physicalVectors } from '../../spec/posted-interrupts/universe.ts';
import { localApicAtReset } from '../local-apic/index.ts';
import { Machine } from './machine.ts';
import {
  noDelivery,
  noEffects,
  noExit,
  noReply,
  type Core,
  type Descriptor,
  type NestedGuest,
  type PostedInterruptsState,
  type Steps,
  type VirtualApic,
  type VirtualCpu,
} from './state.ts';

const core: Core = {
  interruptFlag: true,
  blocking: 'none',
  halted: false,
  l2: false,
  nmi: false,
  obstructed: false,
  inflight: 0,
};

const virtual: VirtualApic = {
  apicv: false,
  rvi: 0,
  svi: 0,
  eoiExit: 0,
  threshold: 0,
  recognized: false,
  window: false,
};

const noDescriptor: Descriptor = { pir: 0, on: false, sn: false, nv: 0, ndst: 0 };

const nested: NestedGuest = {
  apic: localApicAtReset,
  virtual: { ...virtual, apicv: true },
  core,
  descriptor: { ...noDescriptor, nv: nestedNotificationVector },
  piPending: false,
};

/** Nobody is in the middle of anything. */
export const stepsAtReset: Steps = {
  target: undefined,
  posters: [
    { step: undefined, vector: 0 },
    { step: undefined, vector: 0 },
  ],
};

function vcpuAtReset(machine: Machine, v: number): VirtualCpu {
  const { config, canPost, isArch, isX2apic } = machine;
  const loaded = v < config.pcpus;
  const pcpu = loaded ? v : 0;
  return {
    apic: localApicAtReset,
    virtual: {
      ...virtual,
      apicv: config.apicv === 'on',
      eoiExit: canPost && !isArch ? machine.levelVectors(v) : 0,
    },
    core,
    descriptor: canPost
      ? { ...noDescriptor, sn: !loaded, nv: physicalVectors.posted, ndst: isX2apic ? pcpu : pcpu << 8 }
      : noDescriptor,
    schedule: { mode: 0, pcpu, loaded, blocked: false, list: 0 },
  };
}

/** The state after reset: a booted guest at rest, see `docs/posted-interrupts-events.md`. */
export function initialState(config: PostedInterruptsConfiguration): PostedInterruptsState {
  const machine = new Machine(config);
  return {
    machine,
    reply: noReply,
    delivery: noDelivery,
    exit: noExit,
    effects: noEffects,
    vcpus: Array.from({ length: config.vcpus }, (_, v) => vcpuAtReset(machine, v)),
    physical: Array.from({ length: config.pcpus }, () => ({ pending: 0 })),
    ioapic: { level: 0, remoteIrr: 0 },
    nested,
    steps: stepsAtReset,
    assigned: config.devicePosting,
  };
}
