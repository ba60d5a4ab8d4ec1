import { bits, word, type ObservationLayout } from '../observation.ts';
import type { NestedVmxConfiguration } from './configuration.ts';
import { controls, vectors } from './universe.ts';

type Config = NestedVmxConfiguration;

const once = (name: string) => ({ count: () => 1, label: () => name });
const set = (doc: string) =>
  bits(
    doc,
    vectors.map((vector) => `0x${vector.toString(16)}`),
  );
const registers = {
  irr: set('IRR'),
  isr: set('ISR'),
  tmr: set('TMR'),
  tpr: word('TPR'),
  ppr: word('PPR, computed now'),
} as const;

/** What is seen after each event. The first four sections tell what the event itself did, and are zero if it did nothing. */
export const observation = {
  entry: {
    doc: 'what became of VMLAUNCH or VMRESUME',
    ...once('entry'),
    fields: {
      outcome: word(
        '0 none was executed, 1 L2 was entered, 2 VMfailValid, 3 failed after the checks of controls',
        'decimal',
      ),
      error: word('VM-instruction error of a VMfailValid', 'decimal'),
    },
  },
  delivery: {
    doc: 'the event that reached a handler of L1 or L2',
    ...once('delivery'),
    fields: {
      level: word('1: L1, 2: L2; 0: there was none', 'decimal'),
      information: word('bit 31 valid, bit 11 error code, 10:8 type, 7:0 vector'),
      error: word('the error code pushed'),
      position: word('L2: where it was interrupted; L1: 0'),
      length: word('L2: bytes by which the pushed RIP is behind that position; L1: 0', 'decimal'),
      interrupts: word('RFLAGS.IF of the pushed RFLAGS', 'decimal'),
    },
  },
  exit: {
    doc: 'the VM exit to L1, as L1 reads it',
    ...once('exit'),
    fields: {
      kind: word('0 none, 1 VM exit, 2 failed VM entry', 'decimal'),
      reason: word('exit reason, with bit 31 for a failed entry'),
      qualification: word('exit qualification'),
      information: word('VM-exit interruption information'),
      vectoring: word('IDT-vectoring information'),
      vectoringError: word('IDT-vectoring error code'),
      length: word('VM-exit instruction length', 'decimal'),
      position: word('guest RIP, as a position'),
      interrupts: word('RFLAGS.IF of the guest', 'decimal'),
      interruptibility: word('interruptibility state'),
      activity: word('activity state', 'decimal'),
      entryInformation: word('VM-entry interruption-information field after the exit'),
    },
  },
  effects: {
    doc: 'what the event did elsewhere',
    ...once('effects'),
    fields: {
      acknowledged: word('1: the 8259 was acknowledged', 'decimal'),
      broadcast: set('vectors whose EOI went to the I/O APIC'),
      processed: word('1: posted-interrupt processing took place for L2', 'decimal'),
    },
  },
  readout: {
    doc: 'the local APIC as L1 can read it; zero while L2 runs',
    ...once('readout'),
    fields: registers,
  },
  apic: {
    doc: "L1's local APIC, whoever runs",
    ...once('apic'),
    fields: registers,
  },
  levels: {
    doc: 'a level: what it is, or was when it last ran, or will be when it runs next',
    count: () => 2,
    label: (_: Config, index: number) => `l${index + 1}`,
    fields: {
      flags: bits('it runs; RFLAGS.IF; blocking; L1: NMIs are blocked; L2: bit 3 of the interruptibility state', [
        'runs',
        'if',
        'sti',
        'movss',
        'nmi',
      ]),
      activity: word('0 active, 1 HLT, 2 shutdown, 3 wait-for-SIPI', 'decimal'),
      position: word('L2: position; L1: 0'),
      frames: word('interrupted contexts', 'decimal'),
    },
  },
  vmcs: {
    doc: 'what L1 has written for the next entry',
    ...once('vmcs'),
    fields: {
      controls: bits('controls', controls),
      entryInformation: word('VM-entry interruption-information field'),
      flags: bits("preemption-timer value 0; L2's IDT in the EPT", ['expired', 'idt']),
    },
  },
  pending: {
    doc: 'what has come and was not taken yet',
    ...once('pending'),
    fields: {
      flags: bits(
        'NMI, INIT, SIPI; MTF exit; timer at zero while L2 runs; 8259 asserts; line of the I/O APIC is high; its remote IRR',
        ['nmi', 'init', 'sipi', 'mtf', 'timer', 'pic', 'line', 'remoteIrr'],
      ),
    },
  },
  virtualApic: {
    doc: 'what L1 keeps for virtual-interrupt delivery in L2',
    count: (config: Config) => (config.apicVirtualization === 'none' ? 0 : 1),
    label: () => 'l2',
    fields: {
      irr: set('VIRR'),
      isr: set('VISR'),
      tpr: word('VTPR'),
      ppr: word('VPPR as last written'),
      status: word('guest interrupt status: RVI in 7:0, SVI in 15:8'),
      pir: set('PIR'),
      flags: bits('ON; a virtual interrupt is recognized', ['on', 'recognized']),
    },
  },
} as const satisfies ObservationLayout<NestedVmxConfiguration>;
