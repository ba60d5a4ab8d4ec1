import { bits, word, type ObservationLayout } from '../observation.ts';
import type { IdtVectoringConfiguration } from './configuration.ts';
import { externalVectors } from './universe.ts';

type Config = IdtVectoringConfiguration;

const once = (name: string) => ({ count: () => 1, label: () => name });
const hypervised = (name: string) => ({
  count: (config: Config) => (config.profile === 'native' ? 0 : 1),
  label: () => name,
});
const external = (doc: string) =>
  bits(
    doc,
    externalVectors.map((vector) => `0x${vector.toString(16)}`),
  );

/**
 * What is seen after each event. `delivery`, `exit`, `entry` and `client` tell what the event itself did, and are zero if
 * it did nothing. `delivery`, `guest`, `pending` and `program` are the guest's; equivalences
 * compare nothing else.
 */
export const observation = {
  delivery: {
    doc: 'events whose handler was reached, in order: at most two per event',
    count: () => 2,
    label: (_: Config, index: number) => ['first', 'second'][index]!,
    fields: {
      event: word('bit 31, bit 11 if an error code was pushed, vector in 7:0; 0: none. The type shows to nobody'),
      error: word('the error code pushed; 0 if none'),
      returnRip: word('RIP pushed'),
      flags: bits(
        'RFLAGS pushed: IF, TF, RF; reached by a task switch; then at the first instruction: DR7.GD, NMIs blocked',
        ['if', 'tf', 'rf', 'task', 'gd', 'nmiBlocked'],
      ),
      cr2: word("CR2 at the handler's first instruction"),
      dr6: word("DR6 at the handler's first instruction, without the bits that are fixed"),
    },
  },
  guest: {
    doc: 'the processor as the guest finds it; in shutdown all but that flag is 0',
    ...once('guest'),
    fields: {
      rip: word('offset in the program in 11:0, and 1 + vector of the handler above; 0 above: the main program'),
      flags: bits(
        'RFLAGS.IF, TF, RF; DR7.GD; STI and MOV SS shadow; NMIs blocked; HLT; shutdown; #VE area busy; MCIP',
        ['if', 'tf', 'rf', 'gd', 'sti', 'movss', 'nmiBlocked', 'halted', 'shutdown', 'veBusy', 'mcip'],
      ),
      cr2: word('CR2'),
      dr6: word('DR6 without the bits that are fixed'),
      isr: external('ISR'),
      deviceReads: word('reads that the device has seen', 'decimal'),
    },
  },
  pending: {
    doc: 'what waits for a boundary; in shutdown all is 0',
    ...once('pending'),
    fields: {
      irr: external('IRR'),
      nmis: word('NMIs', 'decimal'),
      machineCheck: word('1: a machine check', 'decimal'),
      debug: word('debug exceptions, in the bits of DR6'),
    },
  },
  program: {
    doc: 'where the program of the guest stands, beyond RIP; in shutdown all is 0',
    ...once('program'),
    fields: {
      frames: word('handlers that have not returned', 'decimal'),
      begun: word(
        'the instruction at RIP that has begun and not completed: 1 + place in `instructions`, in 15:8 the place of its argument in its domain, bit 16 if its cause is there; 0: none',
      ),
    },
  },
  tables: {
    doc: 'what lies in the way of deliveries',
    ...once('tables'),
    fields: {
      obstacles: word('a nibble per obstacle, the next one lowest: 1 + place in `obstacles`'),
      gates: word('two bits per vector of `gateVectors`, from bit 0 up: place in `gateStates`'),
    },
  },
  exit: {
    doc: 'VM exits of the event: how many, and the last one; 0 throughout if there was none',
    ...hypervised('exit'),
    fields: {
      count: word('VM exits', 'decimal'),
      reason: word('basic exit reason', 'decimal'),
      qualification: word('exit qualification'),
      interruption: word('VM-exit interruption information'),
      error: word('VM-exit interruption error code'),
      vectoring: word('IDT-vectoring information'),
      vectoringError: word('IDT-vectoring error code'),
      length: word('VM-exit instruction length', 'decimal'),
      rip: word('RIP saved, as in guest.rip'),
      interruptibility: word('interruptibility state saved'),
      activity: word('activity state saved', 'decimal'),
      rf: word('RF saved', 'decimal'),
      pendingDebug: word('pending debug exceptions saved, in the bits of DR6'),
      injection: word('VM-entry interruption information after the exit, bit 31 alone'),
    },
  },
  entry: {
    doc: 'VM entries of the event: how many succeeded, and the last of these; what failed',
    ...hypervised('entry'),
    fields: {
      count: word('VM entries that succeeded', 'decimal'),
      interruption: word('VM-entry interruption information'),
      error: word('VM-entry exception error code; 0 without'),
      length: word('VM-entry instruction length; 0 without', 'decimal'),
      interruptibility: word('interruptibility state loaded'),
      pendingDebug: word('pending debug exceptions loaded, in the bits of DR6'),
      failure: word('an entry that failed: 7, the VM-instruction error, or 0x80000021, the exit reason; 0: none'),
      kept: word('VM-entry interruption information after the entry that failed; 0: none failed'),
    },
  },
  client: {
    doc: 'what L1 sees of an EPT violation that is its own; 0 throughout if there was none',
    ...hypervised('client'),
    fields: {
      reason: word('basic exit reason', 'decimal'),
      vectoring: word('IDT-vectoring information'),
      error: word('IDT-vectoring error code'),
      length: word('VM-exit instruction length', 'decimal'),
    },
  },
  hypervisor: {
    doc: 'what the hypervisor has in hand',
    ...hypervised('hypervisor'),
    fields: {
      outside: word('1: the guest is outside, between an exit and the entry that follows', 'decimal'),
      inflight: word('the event of the next entry: VM-entry interruption information, or 0'),
      error: word('its error code'),
      length: word('its instruction length', 'decimal'),
      payload: word('what is written with it at that entry: CR2 of #PF, DR6 bits of #DB; 0: nothing'),
    },
  },
} as const satisfies ObservationLayout<IdtVectoringConfiguration>;
