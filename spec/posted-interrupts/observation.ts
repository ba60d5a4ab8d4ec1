import { bits, word, type ObservationLayout } from '../observation.ts';
import type { PostedInterruptsConfiguration } from './configuration.ts';
import { physicalVectors, vectors } from './universe.ts';

type Config = PostedInterruptsConfiguration;

const once = (name: string) => ({ count: () => 1, label: () => name });
const perVcpu = { count: (config: Config) => config.vcpus, label: (_: Config, index: number) => `vcpu${index}` };
const perPcpu = { count: (config: Config) => config.pcpus, label: (_: Config, index: number) => `pcpu${index}` };
const set = (doc: string) =>
  bits(
    doc,
    vectors.map((vector) => `0x${vector.toString(16)}`),
  );
const physicalNames = Object.keys(physicalVectors);

/** What is seen after each event. The first four sections tell what the event itself did, and are zero if it did nothing. */
export const observation = {
  reply: {
    doc: 'what the event returned',
    ...once('reply'),
    fields: { value: word('value of the register read; nestedPost: whether ON was clear; else 0') },
  },
  delivery: {
    doc: "events that reached a guest's handler, in order",
    ...once('delivery'),
    fields: {
      first: word('interruption information (bit 31 valid, 10:8 type, 7:0 vector); 0: none'),
      second: word('the one after it; 0: none'),
      taker: word('1: L1 of virtual CPU 0, 2: its L2, 3: virtual CPU 1; 0: nobody', 'decimal'),
    },
  },
  exit: {
    doc: 'the last VM exit of the event',
    ...once('exit'),
    fields: {
      reason: word('bit 31 set, and the basic reason; 0: no exit'),
      qualification: word('exit qualification'),
      interruption: word('exit interruption information: the physical vector that was acknowledged'),
      idtVectoring: word('IDT-vectoring information'),
      l1Reason: word('exit from L2 to L1: bit 31 set, and the basic reason; 0: no such exit'),
      l1Interruption: word('exit interruption information as L1 sees it'),
    },
  },
  effects: {
    doc: 'what the event did to others',
    ...once('effects'),
    fields: {
      accepted: set('vectors accepted for delivery, absorbed ones included'),
      acceptor: word('who accepted, as in delivery.taker', 'decimal'),
      broadcast: set('vectors whose EOI went to the I/O APIC'),
      sent: bits(
        'physical vectors sent',
        [0, 1].flatMap((pcpu) => physicalNames.map((name) => `${name}@${pcpu}`)),
      ),
      consumed: word("1: L1's notification vector was taken out of IRR to process posted interrupts for L2", 'decimal'),
    },
  },
  apic: {
    doc: 'the local APIC of a virtual CPU; with APICv its virtual-APIC page',
    ...perVcpu,
    fields: {
      irr: set('IRR, or VIRR'),
      isr: set('ISR, or VISR'),
      tmr: set('TMR'),
      tpr: word('TPR, or VTPR'),
      ppr: word('PPR, or VPPR as last written'),
      flags: bits('state', ['enabled']),
    },
  },
  virtualApic: {
    doc: 'the VMCS and the processor state behind virtual-interrupt delivery',
    ...perVcpu,
    fields: {
      rvi: word('requesting virtual interrupt'),
      svi: word('servicing virtual interrupt'),
      eoiExit: set('EOI-exit bitmap'),
      threshold: word('TPR threshold', 'decimal'),
      flags: bits('APICv is active; a virtual interrupt is recognized; interrupt-window exiting', [
        'apicv',
        'recognized',
        'window',
      ]),
    },
  },
  core: {
    doc: 'the rest of a virtual CPU',
    ...perVcpu,
    fields: {
      flags: bits('RFLAGS.IF, blocking, HLT, L2 runs, NMI pending, IDT absent', [
        'if',
        'sti',
        'movss',
        'halted',
        'l2',
        'nmi',
        'obstructed',
      ]),
      inflight: word('the event to be injected again at the next entry: interruption information, or 0'),
    },
  },
  descriptor: {
    doc: 'the posted-interrupt descriptor of a virtual CPU, as it stands in memory',
    ...perVcpu,
    fields: {
      pir: set('PIR'),
      control: word('bits 287:256: ON in bit 0, SN in bit 1, NV in bits 23:16'),
      ndst: word('bits 319:288'),
    },
  },
  schedule: {
    doc: 'where a virtual CPU is',
    ...perVcpu,
    fields: {
      mode: word('0 outside the guest, 1 in the guest, 2 told to leave it', 'decimal'),
      pcpu: word('the physical CPU it is loaded on, or was last', 'decimal'),
      flags: bits('on a physical CPU; asleep, or about to sleep', ['loaded', 'blocked']),
      list: word('1 + the physical CPU whose wake-up list it is on; 0: none', 'decimal'),
    },
  },
  physical: {
    doc: 'the local APIC of a physical CPU',
    ...perPcpu,
    fields: { pending: bits('vectors that were sent and have not arrived', physicalNames) },
  },
  ioapic: {
    doc: 'the I/O APIC',
    ...once('ioapic'),
    fields: {
      level: bits('inputs that are high', ['line0', 'line1']),
      remoteIrr: bits('remote IRR', ['line0', 'line1']),
    },
  },
  nested: {
    doc: 'what L1 keeps for L2, and L2',
    count: (config: Config) => (config.nested ? 1 : 0),
    label: () => 'l2',
    fields: {
      irr: set('VIRR'),
      isr: set('VISR'),
      tpr: word('VTPR'),
      ppr: word('VPPR'),
      rvi: word('RVI'),
      svi: word('SVI'),
      pir: set('PIR'),
      control: word('bits 287:256 of the descriptor'),
      flags: bits('RFLAGS.IF, blocking, recognition; a notification that KVM remembers', [
        'if',
        'sti',
        'movss',
        'recognized',
        'piPending',
      ]),
    },
  },
  steps: {
    doc: 'who is in the middle of what (profile interleaved)',
    count: (config: Config) => (config.profile === 'interleaved' ? 1 : 0),
    label: () => 'steps',
    fields: {
      target: word('program counter of the target: 0 at rest, else 1 + place in atomicSteps', 'decimal'),
      poster0: word('program counter, and the vector in bits 15:8'),
      poster1: word('program counter, and the vector in bits 15:8'),
    },
  },
} as const satisfies ObservationLayout<PostedInterruptsConfiguration>;
