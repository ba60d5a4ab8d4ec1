import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { booted, physicalInterrupts, virtualInterrupts } from '../../spec/vgic/universe.ts';
import { wireCount } from './environment/devices.ts';
import { hcrEnabled, hcrOff, vmcrReset, type CpuInterface, type Vmcr } from './hardware/cpu-interface.ts';
import { Machine } from './machine.ts';
import { noReply, type Hardware, type Software, type VgicState, type VirtualState } from './state.ts';

const known = new WeakMap<VgicConfiguration, VgicState>();

/**
 * The state after reset, before anything is shown: a booted guest, see `docs/vgic-events.md`. One object per
 * configuration object, which must not change.
 */
export function initialState(config: VgicConfiguration): VgicState {
  let state = known.get(config);
  if (state === undefined) known.set(config, (state = stateAtReset(config)));
  return state;
}

function stateAtReset(config: VgicConfiguration): VgicState {
  const machine = Machine.of(config);
  return {
    machine,
    reply: noReply,
    hardware: hardwareAtReset(machine),
    software: softwareAtReset(machine),
    environment: {
      wires: Array.from({ length: wireCount }, () => false),
      timers: machine.vm.map(() => ({ deadline: 'never', masked: false })),
      stacks: machine.vm.map(() => []),
    },
    shown: { listRegister: [], interface: [], physical: [], distributor: [], software: [] },
  };
}

/** GICH_VMCR of a booted guest. */
const bootedVmcr = (config: VgicConfiguration): Vmcr => ({
  ...vmcrReset,
  group0: true,
  group1: config.groups === 'both',
  ackCtl: config.groups === 'both',
  eoiMode: config.eoiMode,
  bpr: booted.bpr,
  abpr: booted.abpr,
  pmr: booted.priorityMask,
});

function hardwareAtReset({ config, noListRegisters, isArch }: Machine): Hardware {
  const cpus = Array.from({ length: config.pcpus }, (): CpuInterface => ({
    listRegisters: noListRegisters,
    hcr: isArch ? hcrEnabled : hcrOff,
    // At most as many physical CPUs as virtual ones: each has a guest loaded.
    vmcr: bootedVmcr(config),
    apr: 0,
    hostAcknowledged: 0,
  }));
  const bank = physicalInterrupts.map(({ trigger }) => ({
    edge: trigger === 'edge',
    line: false,
    latch: false,
    active: false,
    enabled: true,
    masked: false,
  }));
  return { cpus, interrupts: cpus.flatMap(() => bank) };
}

function softwareAtReset(machine: Machine): Software {
  const { config } = machine;
  const irqs: VirtualState[] = [];
  machine.vm.forEach((vm, v) => {
    virtualInterrupts.forEach(({ intid, type, trigger, pIntId = 0 }, bit) => {
      const isSpi = type === 'spi';
      irqs[machine.irq(v, intid)] = {
        id: { intid, bit, isSgi: type === 'sgi', isSpi, vm, vcpu: isSpi ? -1 : v },
        edge: trigger === 'edge',
        enabled: true,
        group: 0,
        priority: booted.priority,
        line: false,
        latch: false,
        active: false,
        sources: 0,
        activeSource: 0,
        target: isSpi ? machine.members[vm][0] : v,
        holder: -1,
        // The physical SPIs belong to VM 0.
        pIntId: isSpi && vm !== 0 ? 0 : pIntId,
        queued: false,
      };
    });
  });
  return {
    irqs,
    lists: machine.vm.map(() => []),
    vcpus: machine.vm.map((_, v) => ({
      loadedOn: v < config.pcpus ? v : -1,
      running: machine.isArch,
      vmcr: bootedVmcr(config),
      apr: 0,
      irqLevel: false,
      used: 0,
      saved: machine.noListRegisters,
    })),
    distributorOn: machine.members.map(() => true),
  };
}
