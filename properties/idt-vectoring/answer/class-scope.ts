import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import type { IdtVectoringConfiguration } from '../../../spec/idt-vectoring/configuration.ts';
import type { EventClass } from '../../../spec/idt-vectoring/event-classes.ts';
import { defaultConfiguration } from './words.ts';

/** What the small scope of a class consists of. */
export interface ClassScope {
  readonly alphabet: readonly IdtVectoringEvent[];
  /** The first one is played a step deeper than the others. */
  readonly configurations: readonly AnyConfiguration[];
}

type Parameters = Partial<IdtVectoringConfiguration>;

const nop: IdtVectoringEvent = { kind: 'nop' };
const always: readonly IdtVectoringEvent[] = [{ kind: 'enter' }, { kind: 'iret', meets: 'nothing' }];

/** What may come between: a class whose condition excludes it must show that it is right to. */
const disturbances: readonly IdtVectoringEvent[] = [
  { kind: 'cli' },
  { kind: 'sti' },
  { kind: 'external', vector: 0x31 },
  { kind: 'nmi' },
  { kind: 'cure' },
  { kind: 'inject', event: 'ud' },
];

/** An interrupt waits for the end of a shadow: IF was 0 when it arrived. */
const waiting: readonly IdtVectoringEvent[] = [{ kind: 'cli' }, { kind: 'external', vector: 0x31 }];

const variants: readonly Parameters[] = [
  { gates: 'trap', nmi: 'direct' },
  { intercepts: 'all' },
  { paging: 'shadow' },
  { int1Type: 3 },
];

/** The events that the sequences of a class are made of, and the configurations in which they are played. */
export function scopeOfClass({ name, subject, circumstance, cut, needs = {}, expected }: EventClass): ClassScope {
  const isLasting = circumstance.some(({ kind }) => kind === 'sti');
  const paging = needs.paging ?? 'ept';
  const obstacles: readonly IdtVectoringEvent[] =
    cut === 'nested-fault'
      ? []
      : paging === 'ept'
        ? [
            { kind: 'obstruct', obstacle: 'page' },
            { kind: 'obstruct', obstacle: 'pml' },
          ]
        : [{ kind: 'obstruct', obstacle: 'page' }];
  const all = [
    nop,
    ...obstacles,
    ...subject,
    ...circumstance,
    ...(isLasting ? waiting : expected === 'no' || cut === 'nested-fault' ? [] : disturbances),
    ...always,
  ];
  const alphabet = [...new Map(all.map((event) => [JSON.stringify(event), event])).values()];
  // #DF is met whole where it exits: its delivery alone is what is cut short then.
  const base: Parameters = name === 'double-fault' ? { intercepts: 'df' } : {};
  const fitting = variants.filter((variant) => Object.keys(variant).every((key) => !(key in needs)));
  const usable = fitting.filter(
    ({ int1Type }) => int1Type === undefined || subject.some(({ kind }) => kind === 'int1'),
  );
  return {
    alphabet,
    configurations: [
      { ...needs, ...base },
      ...(name === 'double-fault' ? [needs] : []),
      ...usable.map((one) => ({ ...needs, ...one })),
    ].map((one) => Object.freeze({ ...defaultConfiguration, ...one })),
  };
}
