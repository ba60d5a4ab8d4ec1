import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm } from '../../source.ts';
import { atAnyTime } from './holds-in.ts';

/** HLT, shutdown, wait-for-SIPI; INIT and SIPI. */
export const activity = {
  'interrupt-exits-from-hlt': {
    must: 'A deliverable interrupt makes a halted L2 exit with "external-interrupt exiting", whatever IF is.',
    source: [
      sdm('Activity State'),
      linux('vmx_has_nested_events'),
      code('kvm-unit-tests', 'vmx_pending_event_hlt_test'),
    ],
    seenBy: ['exit'],
    aka: 'NVMX-INJ-07, NVMX-INJ-21',
  },
  'exit-from-hlt-saves-hlt': {
    must: 'An exit that comes directly out of HLT saves activity state HLT, and the position behind HLT.',
    source: [
      sdm('Saving Non-Register State'),
      code('Bochs', 'preemption timer and HLT'),
      code('kvm-unit-tests', 'interrupt_exit_handler'),
    ],
    seenBy: ['exit.activity', 'exit.position'],
    aka: 'NVMX-INJ-21, M-14',
  },
  'delivery-wakes': {
    must: 'An event that is delivered to a halted level makes it active; the position pushed is the one behind HLT.',
    source: [sdm('Activity State')],
    seenBy: ['levels.activity', 'delivery.position'],
    aka: 'NVMX-INJ-21',
  },
  'masked-interrupt-does-not-wake': {
    must: 'A level in HLT stays there while all that is pending is an interrupt that it cannot take, and no exit is asked for.',
    source: [sdm('Activity State')],
    seenBy: ['levels.activity', 'delivery', 'exit'],
    profiles: atAnyTime,
  },
  'activity-is-left-by-l1': {
    must: 'Entered again with activity state HLT, L2 is halted: it continues only if L1 writes the active state or something wakes it.',
    source: [sdm('Activity State'), code('kvm-unit-tests', 'interrupt_exit_handler')],
    seenBy: ['levels.activity', 'exit'],
    aka: 'NVMX-INJ-21',
  },
  'init-exits': {
    must: 'INIT makes L2 exit with reason 3 in the active, HLT and shutdown states; it is consumed, and no register is reset.',
    source: [sdm('Other Causes of VM Exits'), linux('vmx_check_nested_events')],
    seenBy: ['exit', 'pending.flags', 'apic'],
    aka: 'NVMX-INJ-20',
  },
  'init-waits-in-root-operation': {
    must: 'INIT while L1 runs stays pending, over any number of instructions, until L2 is entered.',
    source: [sdm('Restrictions on VMX Operation'), code('kvm-unit-tests', 'vmx_init_signal_test')],
    seenBy: ['pending.flags', 'exit', 'levels'],
    aka: 'NVMX-INJ-20',
  },
  'sipi-exits-in-wait-for-sipi': {
    must: 'SIPI makes an L2 in wait-for-SIPI exit with reason 4 and its vector as qualification.',
    source: [sdm('Other Causes of VM Exits')],
    seenBy: ['exit'],
    profiles: atAnyTime,
    aka: 'NVMX-INJ-20',
  },
  'sipi-is-discarded-elsewhere': {
    must: 'SIPI that comes while L1 runs, or L2 in any other state, is discarded: no exit, neither then nor later.',
    source: [sdm('Activity State'), linux('vmx_check_nested_events')],
    seenBy: ['pending.flags', 'exit'],
    aka: 'NVMX-INJ-20',
  },
  'shutdown-blocks-interrupts': {
    must: 'In shutdown external interrupts, virtual interrupts and the interrupt window cause neither exit nor delivery; NMI, INIT, timer and NMI window do.',
    source: [sdm('Activity State')],
    seenBy: ['exit', 'delivery', 'levels.activity'],
    aka: 'NVMX-INJ-20',
  },
  'wait-for-sipi-blocks-everything-else': {
    must: 'In wait-for-SIPI interrupts, NMI, INIT, timer and windows cause neither exit nor delivery, and stay pending.',
    source: [sdm('Activity State')],
    seenBy: ['exit', 'delivery', 'pending'],
    profiles: atAnyTime,
    aka: 'NVMX-INJ-20, D-04',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
