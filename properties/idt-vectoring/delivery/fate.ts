import type { IdtVectoringConfiguration } from '../../../spec/idt-vectoring/configuration.ts';
import { faults, idtBit, spoiledVectors } from '../../../spec/idt-vectoring/universe.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import type { ObstacleName, Sighted } from '../sighted.ts';
import { isOfHypervisor } from '../sighted.ts';

/** An event on its way to a handler. */
export interface Underway {
  readonly type: number;
  readonly vector: number;
  /** Absent: no error code. */
  readonly error?: number;
  readonly length: number;
}

/** What becomes of an event, whoever delivers it. */
export interface Fate {
  /** What is delivered or in flight; undefined: shutdown. */
  readonly event: Underway | undefined;
  /** A fault of the guest's has taken the place of the event that was first. */
  readonly superseded: boolean;
  /** A page fault of the guest's wrote its address. */
  readonly cr2: number | undefined;
}

const { hardwareException, softwareInterrupt, softwareException } = eventTypes;

const exception = (vector: number, error?: number): Underway => ({
  type: hardwareException,
  vector,
  length: 0,
  ...(error !== undefined && { error }),
});

const isSoft = ({ type }: Underway): boolean => type === softwareInterrupt || type === softwareException;

/** EXT: #NP, #SS and #GP have it, unless INT n, INT3 or INTO was delivered. */
const withExt = (error: number, delivered: Underway): number => (isSoft(delivered) ? error : error | 1);

type Class = 'benign' | 'contributory' | 'pageFault' | 'doubleFault';

const contributory: ReadonlySet<number> = new Set([0, 10, 11, 12, 13]);

function classOf({ type, vector }: Underway): Class {
  if (type !== hardwareException) return 'benign';
  if (contributory.has(vector)) return 'contributory';
  if (vector === 14 || vector === 20) return 'pageFault';
  return vector === 8 ? 'doubleFault' : 'benign';
}

/** The table of #DF; undefined: a triple fault. */
function both(first: Underway, second: Underway, config: IdtVectoringConfiguration): Underway | undefined {
  const isBenign = classOf(second) === 'benign';
  switch (classOf(first)) {
    case 'benign':
      return second;
    case 'contributory':
      return classOf(second) === 'contributory' ? exception(8, 0) : second;
    case 'pageFault':
      return isBenign ? second : exception(8, 0);
    case 'doubleFault':
      return isBenign && config.dfThenBenign === 'serial' ? second : undefined;
  }
}

/** The fault that a delivery meets. */
function faultOf(obstacle: ObstacleName, delivered: Underway): Underway {
  const vector = spoiledVectors[obstacle.replace('Emulated', '') as keyof typeof spoiledVectors];
  const error = faults.delivery.errors[vector];
  return exception(vector, vector <= 13 ? withExt(error, delivered) : error);
}

/** What becomes of an event whose delivery meets obstacles: those of the hypervisor's change nothing. */
export function fateOf(first: Underway, met: readonly ObstacleName[], config: IdtVectoringConfiguration): Fate {
  let event: Underway | undefined = first;
  let cr2: number | undefined;
  let superseded = false;
  for (const obstacle of met) {
    if (event === undefined) break;
    if (isOfHypervisor(obstacle)) continue;
    const raised = faultOf(obstacle, event);
    if (raised.vector === 14) cr2 = faults.delivery.address;
    event = both(event, raised, config);
    superseded = true;
  }
  return { event, superseded, cr2 };
}

/** What becomes of an event that meets nothing but gates: each step that can be seen, the last one is delivered. */
export function throughGates(fate: Fate, sight: Sighted): readonly Fate[] {
  const steps = [fate];
  for (let { event } = fate; event !== undefined;) {
    const gate = sight.gate(event.vector);
    const raised = gate === 'absent' ? 11 : gate === 'closed' && isSoft(event) ? 13 : undefined;
    if (raised === undefined) break;
    const error = withExt((event.vector << 3) | idtBit, event);
    event = both(event, exception(raised, error), sight.config);
    steps.push({ ...fate, event, superseded: true });
  }
  return steps;
}
