import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { handlerEntry, readViolation, sipiVector } from '../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { levelBits } from '../bits.ts';
import { law, Watch, type Wrong } from '../law.ts';
import { byte, typeOf } from '../sighted.ts';

const hex = (value: number): string => `0x${value.toString(16)}`;

class Acknowledged extends Watch {
  override step(): string | undefined {
    const { sight } = this;
    if (sight.exit('kind') !== 1 || sight.exit('reason') !== exitReasons.externalInterrupt) return undefined;
    this.moments++;
    const valid = sight.exit('information') >>> 31 === 1;
    if (valid === sight.has('acknowledgeInterrupt')) return undefined;
    return valid
      ? 'the exit tells a vector without "acknowledge interrupt on exit"'
      : 'the exit tells no vector with "acknowledge interrupt on exit"';
  }
}

const { valid } = interruptionInformation;

class Fields extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (sight.exit('kind') !== 1) return undefined;
    this.moments++;
    const reason = sight.exit('reason');
    const vectoring = typeOf(sight.exit('vectoring'));
    if (vectoring >= 0 && reason !== exitReasons.eptViolation) {
      const clause = 'interrupted-exit-is-never-vectoring';
      return { clause, summary: `an exit with reason ${reason} has a valid IDT-vectoring information` };
    }
    const information = typeOf(sight.exit('information'));
    const told =
      reason === exitReasons.externalInterrupt
        ? information <= 0
        : reason === exitReasons.exceptionOrNmi
          ? information === eventTypes.nmi || information === eventTypes.hardwareException
          : information === -1;
    if (!told) {
      const clause = 'exit-without-acknowledge-tells-no-vector';
      return { clause, summary: `reason ${reason} has interruption information ${hex(sight.exit('information'))}` };
    }
    const qualification = sight.exit('qualification');
    const right =
      reason === exitReasons.eptViolation
        ? (qualification & 0x1bf) === readViolation
        : qualification === (reason === exitReasons.sipi ? sipiVector : 0);
    if (right) return undefined;
    const clause = reason === exitReasons.eptViolation ? 'violation-in-delivery-exits-with-the-event' : 'vmcall-exits';
    return { clause, summary: `reason ${reason} has qualification ${hex(qualification)}` };
  }
}

class EntryField extends Watch {
  override step(): string | undefined {
    const { sight } = this;
    if (sight.exit('kind') !== 1) return undefined;
    const { information } = sight.written;
    if (information === 0) return undefined;
    this.moments++;
    const field = sight.exit('entryInformation');
    if (field === (information & ~valid) >>> 0) return undefined;
    return `the VM-entry field was ${hex(information)} and is ${hex(field)} after the exit`;
  }
}

class Saved extends Watch {
  override step({ kind }: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    if (sight.exit('kind') !== 1) return undefined;
    this.moments++;
    const { flags, activity, position } = sight.before.l2;
    const vectoring = typeOf(sight.exit('vectoring'));
    const interrupted = vectoring >= 0;
    // An entry begins to count anew, except at the first instruction of a handler.
    const from = kind === 'l1Enter' && position < handlerEntry ? 0 : position;
    const blocking = (flags & levelBits.sti ? 1 : 0) | (flags & levelBits.movss ? 2 : 0);
    const nmi = (flags & levelBits.nmi) !== 0 || vectoring === eventTypes.nmi ? 8 : 0;
    const expected = {
      position: from,
      interrupts: (flags & levelBits.if) >> 1,
      interruptibility: (interrupted ? 0 : blocking) | nmi,
      activity: interrupted ? 0 : activity,
    };
    for (const [field, value] of Object.entries(expected)) {
      if (sight.exit(field) === value) continue;
      const summary = `the exit saves ${field} ${byte(sight.exit(field))} where L2 stood with ${byte(value)}`;
      return interrupted ? { clause: 'interrupted-delivery-has-ended-blocking', summary } : summary;
    }
    return undefined;
  }
}

class LevelsChange extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    const { l1, l2 } = sight.now;
    const kind = sight.exit('kind');
    const running = (flags: number): boolean => (flags & levelBits.runs) !== 0;
    const clause = 'one-action-at-a-boundary';
    if (running(l1.flags) === running(l2.flags)) return { clause, summary: 'not exactly one level runs' };
    const ranL1 = running(sight.before.l1.flags);
    const runsL1 = kind !== 0 || (ranL1 && sight.entry('outcome') !== 1);
    if (running(l1.flags) !== runsL1) {
      return { clause, summary: `L${ranL1 ? 1 : 2} ran, and L${ranL1 ? 2 : 1} runs without entry or exit` };
    }
    if (kind === 0) return undefined;
    this.moments++;
    const state = levelBits.if | levelBits.sti | levelBits.movss;
    if ((l1.flags & state) === 0 && l1.activity === 0 && l1.frames === 0) return undefined;
    return 'after the exit L1 is not active with IF 0 and without blocking';
  }
}

class Pic extends Watch {
  override step(event: NestedVmxEvent): string | undefined {
    const { sight } = this;
    const acknowledged = sight.effects('acknowledged') !== 0;
    const taken = sight.taken(event) === 0x50;
    if (!acknowledged && !taken) return undefined;
    this.moments++;
    if (acknowledged === taken) return undefined;
    return taken ? 'the vector of the 8259 was taken without acknowledge' : 'the 8259 was acknowledged for nothing';
  }
}

const acknowledgedExit = {
  name: 'an interrupt that exits with its vector, while an injected event waits for nothing',
  config: { preset: 'acknowledge' },
  events: [
    { kind: 'l1Inject', event: 'invalidOpcode' },
    { kind: 'interrupt', vector: 0x31 },
    { kind: 'l1Enter' },
    { kind: 'l2Nop' },
    { kind: 'pic', on: true },
    { kind: 'l1Enter' },
    { kind: 'l2Nop' },
  ],
} as const;

/** What exits tell, and what they leave. */
export const exits = [
  law({
    id: 'vector-with-acknowledge-only',
    claim: 'An external-interrupt exit tells the vector if and only if L1 has asked for the acknowledge.',
    judges: [
      'information-is-valid-with-acknowledge-only',
      'exit-without-acknowledge-tells-no-vector',
      'acknowledged-exit-tells-the-vector',
    ],
    needs: ['delivery', 'exit'],
    scenario: acknowledgedExit,
    watch: Acknowledged,
  }),
  law({
    id: 'exit-fields-fit-the-reason',
    claim: 'Interruption information, IDT-vectoring information and qualification are those of the exit reason.',
    judges: [
      'interrupted-exit-is-never-vectoring',
      'exit-without-acknowledge-tells-no-vector',
      'violation-in-delivery-exits-with-the-event',
      'vmcall-exits',
    ],
    needs: ['exit'],
    scenario: acknowledgedExit,
    watch: Fields,
  }),
  law({
    id: 'entry-field-loses-its-valid-bit',
    claim:
      'An exit clears bit 31 of the VM-entry interruption information that L1 has written, and nothing else of it.',
    judges: ['exit-clears-the-valid-bit'],
    needs: ['delivery', 'exit'],
    scenario: acknowledgedExit,
    watch: EntryField,
  }),
  law({
    id: 'exit-saves-l2-as-it-stood',
    claim:
      'An exit saves position, IF, blocking and activity of L2 as they were; the interrupted delivery has ended blocking.',
    judges: [
      'exit-from-hlt-saves-hlt',
      'interrupted-delivery-has-ended-blocking',
      'interrupted-nmi-has-blocked',
      'nmi-exit-saves-blocking-as-before',
      'entry-executes-nothing-first',
    ],
    needs: ['exit', 'levels'],
    scenario: {
      name: 'an interrupt ends HLT',
      events: [
        { kind: 'l1GuestActivity', activity: 'hlt' },
        { kind: 'interrupt', vector: 0x31 },
        { kind: 'l1Enter' },
        { kind: 'l2Wait' },
      ],
    },
    watch: Saved,
  }),
  law({
    id: 'l1-starts-afresh',
    claim: 'One level runs; L2 after an entry, L1 after an exit, then active, with IF 0 and without blocking.',
    judges: ['l1-starts-with-interrupts-off', 'one-action-at-a-boundary'],
    needs: ['entry', 'exit', 'levels'],
    scenario: acknowledgedExit,
    watch: LevelsChange,
  }),
  law({
    id: 'pic-acknowledged-with-its-vector',
    claim: 'The 8259 is acknowledged exactly where its vector is delivered or told by an exit.',
    judges: ['pic-is-acknowledged-once'],
    needs: ['delivery', 'exit', 'effects'],
    scenario: acknowledgedExit,
    watch: Pic,
  }),
];
