import type { Cut } from './cut.ts';
import type { Disturbances } from './window.ts';

/** Where a cut belongs. */
export interface Attribution {
  /** A class of `spec/idt-vectoring/event-classes.ts`, or of {@link otherClasses}. */
  readonly name: string;
  /** What breaks the condition under which the class is judged; empty: nothing. */
  readonly broken: string;
}

/** Cuts that belong to none of the classes, and what they are. */
export const otherClasses: Readonly<Record<string, string>> = {
  'fault-of-a-delivery': "a fault of the guest's that the delivery of something else raised, cut short in its turn",
  'exception-in-exception': "an exception whose delivery raises a fault of the guest's that exits (beyond #PF in #PF)",
  unclear: 'several events were cut short before the guest was back',
};

/** The cause of the second exception was met once: executing again does not reproduce the two. */
export const transient = 'the second exception was met once';

const at = (name: string, broken = ''): Attribution => ({ name, broken });

/** The condition of what an instruction raises again: nothing is taken before it. */
function breach(cut: Cut, found: Disturbances): string {
  if (found.waiting && cut.shadow !== 'none') return 'an interrupt waits for the shadow';
  if (found.interrupt) return 'an interrupt becomes pending';
  if (found.nmi) return 'an NMI or #MC becomes pending';
  return found.injection ? 'something else is injected' : '';
}

/** Whether what was cut short may come back of itself: then what else was cut short matters. */
const mayComeBack = (cut: Cut): boolean =>
  cut.outcome === 'superseded' || cut.isRaisedByInstruction || (cut.type === 3 && cut.vector === 8);

/** Attributes a cut to its class, by what was cut short and by what came before both policies were compared. */
export function attribute(cut: Cut, found: Disturbances): Attribution {
  if (cut.isUnclear || (found.another && mayComeBack(cut))) return at('unclear');
  if (cut.isInjected) return at('injected');
  if (cut.outcome === 'superseded') return superseded(cut);
  switch (cut.type) {
    case 0:
      return at('external-interrupt');
    case 2:
      return at('nmi');
    case 3:
      return exception(cut, found);
    default:
      return cut.isRaisedByInstruction ? soft(cut, found) : at('unclear');
  }
}

/** Exceptions that make #DF of a second one, or a shutdown. */
const serious: readonly number[] = [0, 8, 10, 11, 12, 13, 14, 20];

function superseded({ type, vector, by }: Cut): Attribution {
  if (type !== 3 || !serious.includes(vector)) return at('superseded-by-a-fault-of-the-guest');
  return at(vector === 14 && by === 14 ? 'page-fault-in-page-fault' : 'exception-in-exception');
}

function exception(cut: Cut, found: Disturbances): Attribution {
  const { vector, instruction, isRaisedByInstruction } = cut;
  if (vector === 18) return at('machine-check');
  if (vector === 8) {
    return at(
      'double-fault',
      cut.metTransient || !cut.hasCause ? transient : found.cure ? 'its cause goes' : breach(cut, found),
    );
  }
  if (vector === 1) {
    if (cut.isTrapOfInt1) return at('privileged-software-exception', 'its type is 3');
    if (!isRaisedByInstruction) return at('debug-trap');
    if (instruction === 'movdr') return at('general-detect');
    return found.cure ? at('fault-whose-cause-goes') : at('code-breakpoint', breach(cut, found));
  }
  if (!isRaisedByInstruction) return at('fault-of-a-delivery');
  return vector === 20 ? at('virtualization-exception') : fault(cut, found);
}

function fault(cut: Cut, found: Disturbances): Attribution {
  if (found.cure) return at('fault-whose-cause-goes');
  if (cut.instruction === 'movs') return at('fault-of-a-device-access');
  if (found.waiting && cut.shadow === 'sti') return at('fault-in-sti-shadow');
  if (found.interrupt && !(found.waiting && cut.shadow === 'movss')) return at('fault-and-interrupt');
  return found.nmi ? at('fault-and-nmi') : at('fault-alone', breach(cut, found));
}

function soft(cut: Cut, found: Disturbances): Attribution {
  if (found.waiting && cut.shadow === 'sti') return at('soft-event-in-sti-shadow');
  const name = { 4: 'software-interrupt', 5: 'privileged-software-exception', 6: 'software-exception' }[cut.type];
  return name === undefined ? at('unclear') : at(name, breach(cut, found));
}
