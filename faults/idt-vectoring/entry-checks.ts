import { refusedEntries, type RefusedName } from '../../spec/idt-vectoring/universe.ts';
import { interruptibility } from '../../spec/vmx/guest-non-register-state.ts';
import {
  withGuest,
  type EntryFields,
  type IdtVectoringState as State,
  type PartClasses,
} from '../../model/idt-vectoring/index.ts';
import { Entries } from '../../model/idt-vectoring/vmx/entries.ts';
import { EntryChecks } from '../../model/idt-vectoring/vmx/entry-checks.ts';
import { fault } from './define.ts';

/** The checks, but for the fields of some names, which are let through. */
const accepting = (...names: readonly RefusedName[]): PartClasses['entryChecks'] =>
  class extends EntryChecks {
    override failure(state: State, fields: EntryFields): number {
      const isAccepted = names.some((name) => {
        const { interruption, error, length } = refusedEntries[name];
        return fields.interruption === interruption && fields.error === error && fields.length === length;
      });
      return isAccepted ? 0 : super.failure(state, fields);
    }
  };

/** Entries that fail, and ones that should. */
export const entryChecks = [
  fault({
    id: 'entry-accepts-type-and-vector',
    breaks: ['entry-refuses-type-and-vector'],
    wrong: 'Type 1, type 7 with a vector, an NMI with vector 3, a hardware exception 32 do not fail the entry.',
    parts: { entryChecks: accepting('reservedType', 'otherWithVector', 'nmiVector', 'exceptionVector') },
  }),
  fault({
    id: 'entry-accepts-reserved-bits',
    breaks: ['entry-refuses-reserved-bits'],
    wrong: 'Bit 12 of the interruption information and bit 16 of the error code do not fail the entry.',
    parts: { entryChecks: accepting('reservedBit12', 'errorCodeBit16') },
  }),
  fault({
    id: 'entry-accepts-error-code-of-other-types',
    breaks: ['entry-refuses-error-code-of-other-types'],
    wrong: 'An error code with an external interrupt or INT 14 does not fail the entry.',
    parts: { entryChecks: accepting('errorCodeOnExternal', 'errorCodeOnInt14') },
  }),
  fault({
    id: 'entry-accepts-a-misfit-error-code',
    breaks: ['error-code-must-fit-the-vector'],
    wrong: '#DB with an error code, and #GP without one, do not fail the entry.',
    config: { noHwErrCodeCheck: false },
    parts: { entryChecks: accepting('errorCodeOnDb', 'noErrorCodeOnGp') },
  }),
  fault({
    id: 'entry-accepts-length-0',
    breaks: ['injection-of-length-0'],
    wrong: 'A soft event of length 0 does not fail the entry, though the processor does not allow it.',
    config: { zeroLengthInjection: false },
    parts: { entryChecks: accepting('zeroLength') },
  }),
  fault({
    id: 'entry-accepts-length-16',
    breaks: ['entry-refuses-length-above-15'],
    wrong: 'A length of 16 does not fail the entry.',
    parts: { entryChecks: accepting('length16') },
  }),
  fault({
    id: 'entry-accepts-a-blocked-interrupt',
    breaks: ['entry-refuses-external-where-it-is-blocked'],
    wrong: 'An external interrupt with IF 0, or in a shadow, does not fail the entry.',
    parts: { entryChecks: accepting('externalWithIfClear') },
  }),
  fault({
    id: 'entry-accepts-a-blocked-nmi',
    breaks: ['entry-refuses-nmi-where-it-is-blocked'],
    wrong: 'An NMI in the MOV SS shadow, or while virtual NMIs are blocked, does not fail the entry.',
    parts: { entryChecks: accepting('nmiWhileBlocked') },
  }),
  fault({
    id: 'entry-accepts-a-fault-in-hlt',
    breaks: ['entry-refuses-most-events-in-hlt'],
    wrong: '#GP and INT n in activity state HLT do not fail the entry.',
    parts: {
      entryChecks: class extends EntryChecks {
        override failure(state: State, fields: EntryFields): number {
          return super.failure(withGuest(state, { halted: false }), fields);
        }
      },
    },
  }),
  fault({
    id: 'entry-refuses-nmi-in-hlt',
    breaks: ['virtual-nmi-by-window', 'entry-refuses-most-events-in-hlt', 'hlt-ends-with-an-event'],
    wrong: 'An NMI in activity state HLT fails the entry.',
    parts: {
      entryChecks: class extends EntryChecks {
        override failure(state: State, fields: EntryFields): number {
          const failure = super.failure(state, fields);
          const isNmi = fields.interruption === refusedEntries.nmiInMovss.interruption;
          return failure === 0 && isNmi && state.guest.halted ? 0x8000_0021 : failure;
        }
      },
    },
  }),
  fault({
    id: 'entry-accepts-a-shadow-without-bs',
    breaks: ['entry-refuses-shadow-without-single-step'],
    wrong: 'TF 1 in a shadow without a pending single-step exception does not fail the entry.',
    parts: {
      entryChecks: class extends EntryChecks {
        override failure(state: State, fields: EntryFields): number {
          return super.failure(withGuest(state, { trapFlag: false }), fields);
        }
      },
    },
  }),
  fault({
    id: 'entry-accepts-an-sti-shadow-with-if-0',
    breaks: ['entry-refuses-sti-with-if-0'],
    wrong: 'Blocking by STI with IF 0 does not fail the entry.',
    parts: {
      entryChecks: class extends EntryChecks {
        override failure(state: State, fields: EntryFields): number {
          const bits = fields.interruptibility;
          const blocking = state.guest.interruptFlag ? bits : bits & ~interruptibility.blockingBySti;
          return super.failure(state, { ...fields, interruptibility: blocking });
        }
      },
    },
  }),
  fault({
    id: 'early-failure-is-reported-late',
    breaks: [
      'entry-refuses-type-and-vector',
      'entry-refuses-reserved-bits',
      'entry-refuses-error-code-of-other-types',
      'entry-refuses-length-above-15',
      'error-code-must-fit-the-vector',
      'injection-of-length-0',
    ],
    wrong: 'Fields that make the instruction fail make the entry fail with exit reason 33.',
    parts: {
      entryChecks: class extends EntryChecks {
        override failure(state: State, fields: EntryFields): number {
          return super.failure(state, fields) === 0 ? 0 : 0x8000_0021;
        }
      },
    },
  }),
  fault({
    id: 'failed-entry-clears-the-information',
    breaks: ['failed-entry-keeps-the-event'],
    wrong: 'An entry that fails clears bit 31 of the interruption information: the event is lost.',
    parts: {
      entries: class extends Entries {
        override keptAfterFailure(interruption: number): number {
          return interruption & 0x7fff_ffff;
        }
      },
    },
  }),
  fault({
    id: 'failed-entry-ends-the-shadow',
    breaks: ['failed-entry-keeps-the-event'],
    wrong: 'An entry that fails ends the shadow of STI or MOV SS.',
    parts: {
      entries: class extends Entries {
        override failed(...args: Parameters<Entries['failed']>): State {
          return withGuest(super.failed(...args), { shadow: 'none' });
        }
      },
    },
  }),
];
