import { alphabet, type Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { equivalence } from '../equivalence.ts';
import { isOfL0 } from '../law.ts';
import { words } from '../words.ts';

/** Every section of the observation. */
export const everySection = [...new Set(words.map(([section]) => section))];

const causes = alphabet.hostExit.args.cause.values;

/** L0 around everything. */
const between: readonly Vmcs12Event[] = [
  { kind: 'vmwriteControl', field: 'cr0Mask', value: 1 },
  { kind: 'inject', event: 'int3' },
  { kind: 'hostObstruct' },
  { kind: 'enter', by: 'right' },
  { kind: 'hostExit', cause: 'lazyFpu' },
  { kind: 'movCr0', value: 0x8000_0033 },
  { kind: 'hostExit', cause: 'trapCr4' },
  { kind: 'movCr4', value: 0x22a0 },
  { kind: 'hostExit', cause: 'ept' },
  { kind: 'vmcall' },
];

/** The yardstick of the seed. */
export const nestedIsBare = equivalence({
  id: 'nested-is-bare-metal',
  claim: 'With L0 and its events taken away, every other event shows the same.',
  judges: [
    'physical-exit-leaves-no-trace',
    'cr0-is-what-l2-left',
    'cr4-is-what-l2-left',
    'cr0-bits-of-l1-mask-come-back',
    'cr4-bits-of-l1-mask-come-back',
    'timer-goes-on-through-physical-exits',
  ],
  needs: everySection,
  profiles: ['nested'],
  scenario: { name: 'L0 between every two steps', events: between },
  variant: ({ config, events }) => ({
    config: { ...config, profile: 'bare' },
    events: events.filter((event) => !isOfL0(event)),
  }),
  passesOver: isOfL0,
});

/** VMCS12-02. */
export const hostEvents = equivalence({
  id: 'l0-events-anywhere-change-nothing',
  claim: 'Physical exits and obstacles of L0, put in anywhere, change nothing that any other event shows.',
  judges: [
    'physical-exit-leaves-no-trace',
    'event-delivered-again-by-l0-is-delivered-once',
    'exit-information-is-of-this-exit',
    'timer-goes-on-through-physical-exits',
  ],
  needs: everySection,
  profiles: ['nested'],
  scenario: {
    name: 'an injected page fault and a write to CR0',
    events: [
      { kind: 'inject', event: 'pf' },
      { kind: 'enter', by: 'right' },
      { kind: 'clts' },
      { kind: 'intN' },
      { kind: 'vmcall' },
    ],
  },
  variant({ config, events }, pick) {
    const other = events.flatMap((event): readonly Vmcs12Event[] => {
      switch (pick(6)) {
        case 0:
          return [{ kind: 'hostObstruct' }, event];
        case 1:
        case 2:
          return [{ kind: 'hostExit', cause: causes[pick(causes.length)]! }, event];
        default:
          return [event];
      }
    });
    return { config, events: [{ kind: 'hostObstruct' }, ...other] };
  },
  passesOver: isOfL0,
});
