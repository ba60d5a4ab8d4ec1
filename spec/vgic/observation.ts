import { bits, word, type ObservationLayout } from '../observation.ts';
import type { VgicConfiguration } from './configuration.ts';
import { physicalInterrupts, virtualInterrupts } from './universe.ts';

const perPcpu = {
  count: (config: VgicConfiguration) => config.pcpus,
  label: (_: VgicConfiguration, index: number) => `pcpu${index}`,
};
const perVcpu = {
  count: (config: VgicConfiguration) => config.vcpus,
  label: (_: VgicConfiguration, index: number) => `vcpu${index}`,
};
const virtualSet = (doc: string) =>
  bits(
    doc,
    virtualInterrupts.map(({ intid }) => String(intid)),
  );
const physicalSet = (doc: string) =>
  bits(
    doc,
    physicalInterrupts.map(({ pIntId }) => `p${pIntId}`),
  );

/** What is seen after each event. SPIs stand in the words of every virtual CPU of their VM. */
export const observation = {
  reply: {
    doc: 'what the event itself returned',
    count: () => 1,
    label: () => 'reply',
    fields: {
      value: word('value of the register read; INTID taken by a host interrupt; 0 or 1 for a question; else 0'),
      resampled: virtualSet('software level SPIs whose completion was reported to userspace by this event'),
    },
  },
  listRegister: {
    doc: 'the list registers of the physical CPUs; all zero while no guest runs there',
    count: (config: VgicConfiguration) => config.pcpus * config.nrLr,
    label: (config: VgicConfiguration, index: number) =>
      `pcpu${Math.floor(index / config.nrLr)}.lr${index % config.nrLr}`,
    fields: {
      low: word('GICH_LRn, or ICH_LRn_EL2[31:0]'),
      high: word('ICH_LRn_EL2[63:32]; 0 with GICv2'),
    },
  },
  interface: {
    doc: 'the virtual CPU interface of each physical CPU, as the hypervisor sees it',
    ...perPcpu,
    fields: {
      hcr: word('GICH_HCR'),
      vmcr: word('GICH_VMCR, or ICH_VMCR_EL2'),
      apr: word('GICH_APR, or ICH_AP0R0_EL2 | ICH_AP1R0_EL2'),
      eisr: word('GICH_EISR0'),
      elrsr: word('GICH_ELRSR0, implemented list registers only'),
      misr: word('GICH_MISR'),
      lines: bits('what is signalled to the virtual CPU, and the maintenance interrupt', [
        'virq',
        'vfiq',
        'maintenance',
      ]),
    },
  },
  physical: {
    doc: 'the physical distributor and CPU interface as one physical CPU sees them',
    ...perPcpu,
    fields: {
      pending: physicalSet('pending'),
      active: physicalSet('active'),
      masked: physicalSet('disabled, or masked in the place of active where there is no hardware deactivation'),
      signalled: word('INTID of the interrupt signalled to the host now, else 1023', 'decimal'),
    },
  },
  distributor: {
    doc: 'the emulated distributor as a virtual CPU would read it',
    ...perVcpu,
    fields: {
      enabled: virtualSet('enabled'),
      pending: virtualSet(
        'pending in software: for a mapped level interrupt, what has been injected and not yet withdrawn',
      ),
      active: virtualSet('active in software: as of the last exit while the guest runs'),
    },
  },
  software: {
    doc: "the hypervisor's own state of the virtual interrupts",
    ...perVcpu,
    fields: {
      latch: virtualSet('pending latch'),
      line: virtualSet('line level as last told'),
      listed: virtualSet("on this virtual CPU's list of interrupts to be offered"),
      sources: bits('SGI sources still to be delivered', [
        '0/0',
        '0/1',
        '0/2',
        '1/0',
        '1/1',
        '1/2',
        '15/0',
        '15/1',
        '15/2',
      ]),
    },
  },
} as const satisfies ObservationLayout<VgicConfiguration>;
