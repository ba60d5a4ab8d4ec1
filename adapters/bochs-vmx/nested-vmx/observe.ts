import { AdapterError } from '../../../spec/contract.ts';
import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { handlerEntry, injections } from '../../../spec/nested-vmx/universe.ts';
import type { ObservationData } from '../../../spec/observation.ts';
import type { Answer, Snapshot, StayDelivery, StayEnd } from '../answer.ts';
import type { Part } from './compile.ts';
import { observationData, type Shown } from './observation-data.ts';
import type { Stay } from './stay.ts';
import { watched } from './watched.ts';

const valid = 0x8000_0000;
const withErrorCode = 0x800;
const nmiType = 0x200;
const exceptionType = 0x300;
const entryFailed = 0x8000_0000;
const interruptFlag = 0x200;
const nmiVector = 2;
const firstInterrupt = 0x20;

/** The interruption information of what a handler was reached by, where nothing but the vector tells. */
const informationOf = (vector: number): number =>
  valid + vector + (vector === nmiVector ? nmiType : vector < firstInterrupt ? exceptionType : 0);

/** Reads the answers to a program: which event did what. */
export class Observer {
  readonly #answers: readonly Answer[];
  #next = 0;
  /** What L1 has written for injection. */
  #injected = 0;
  /** Position of L2 at the first instruction of a handler. */
  #mark: number | undefined;

  constructor(answers: readonly Answer[]) {
    this.#answers = answers;
  }

  /** One observation per event. */
  observe(parts: readonly Part[]): ObservationData[] {
    const seen: ObservationData[] = [];
    for (const part of parts) {
      if (part.kind === 'level1') seen.push(this.#level1(part.event));
      else if (part.kind === 'stay') seen.push(...this.#stay(part.stay));
      else this.#last(part.events, seen);
    }
    if (this.#next < this.#answers.length) throw this.#unexpected('nothing');
    return seen;
  }

  #level1(event: NestedVmxEvent): ObservationData {
    const delivery = this.#taken();
    if (delivery === undefined && event.kind === 'l1Inject') {
      const { information } = injections[event.event];
      this.#injected = event.event === 'none' ? 0 : valid + information;
    }
    return observationData({ ...delivery, readout: watched.readout(this.#snapshot()) });
  }

  /** What L1 took at its boundary. */
  #taken(): Shown | undefined {
    const answer = this.#answers[this.#next];
    if (answer?.kind !== 'taken') return undefined;
    this.#next++;
    const { vector, interrupts } = answer;
    return { delivery: { level: 1, information: informationOf(vector), error: 0, position: 0, length: 0, interrupts } };
  }

  #stay(stay: Stay): ObservationData[] {
    const taken = this.#taken();
    if (taken !== undefined) {
      const readout = watched.readout(this.#snapshot());
      return [observationData({ ...taken, readout }), ...stay.events.map(() => observationData({ readout }))];
    }
    const deliveries = new Map<number | 'entry', StayDelivery>();
    while (this.#answers[this.#next]?.kind === 'delivered') {
      const delivery = this.#answers[this.#next++] as StayDelivery;
      if (delivery.slot === 'nowhere') throw nowhere();
      deliveries.set(delivery.slot, delivery);
    }
    const end = this.#answers[this.#next++];
    if (end?.kind !== 'stay') throw this.#unexpected('the end of a stay', -1);
    this.#snapshot();
    return this.#walk(stay, deliveries, end);
  }

  /** Follows a stay event by event. What comes behind an exit has not been played: it shows nothing. */
  #walk(stay: Stay, deliveries: ReadonlyMap<number | 'entry', StayDelivery>, end: StayEnd): ObservationData[] {
    const { watched: now, how } = end;
    const reason = watched.field(now, 'exitReason');
    if (how !== 'success' || reason >= entryFailed) {
      const readout = watched.readout(now);
      const entered: Shown =
        how === 'success'
          ? {
              entry: { outcome: 3, error: 0 },
              exit: { kind: 2, reason, qualification: watched.field(now, 'exitQualification') },
            }
          : { entry: { outcome: 2, error: how === 'VMfailValid' ? watched.field(now, 'vmInstructionError') : 0 } };
      return [observationData({ ...entered, readout }), ...stay.events.map(() => observationData({ readout }))];
    }
    if (end.deviation === 'unchecked') {
      return [observationData({ readout: watched.readout(now) }), ...stay.events.map(() => observationData({}))];
    }
    if (end.slot === 'nowhere' && !end.inside) throw nowhere();
    const exitSlot = end.inside ? undefined : end.slot;
    let completed = 0;
    const at = (slot: number | 'entry', start: number): Shown => {
      const position = this.#mark ?? completed;
      const delivery = deliveries.get(slot);
      const exit = slot === exitSlot ? exitOf(now, position) : undefined;
      if (delivery !== undefined) this.#mark = handlerEntry + delivery.vector;
      return {
        ...(delivery && { delivery: this.#deliveryOf(delivery, position, start) }),
        ...(exit && { exit, readout: watched.readout(now) }),
      };
    };
    // Not the entry that the manual means: what follows would be of no use.
    const outcome = end.deviation === undefined ? 1 : 0;
    const seen = [observationData({ entry: { outcome, error: 0 }, ...at('entry', stay.starts[0]) })];
    let left = exitSlot === 'entry';
    stay.events.forEach((event, slot) => {
      if (left) {
        seen.push(observationData({ readout: watched.readout(now) }));
        return;
      }
      const shown = at(slot, stay.starts[slot]);
      seen.push(observationData(shown));
      left = slot === exitSlot;
      if (left || shown.delivery !== undefined || !event.kind.startsWith('l2') || event.kind === 'l2Wait') return;
      completed = (completed + 1) % 256;
      this.#mark = undefined;
    });
    return seen;
  }

  #deliveryOf(delivery: StayDelivery, position: number, start: number): Shown['delivery'] {
    const { vector, errorCode, slot, offset, interrupts } = delivery;
    const code = errorCode === undefined ? 0 : withErrorCode;
    const information =
      slot === 'entry' && (this.#injected & 0x8ff) === code + vector ? this.#injected : informationOf(vector) + code;
    // At the first instruction of another handler RIP is not in the code of the stay.
    const inside = offset >= 0 && offset < 0x1000;
    return { level: 2, information, error: errorCode ?? 0, position, length: inside ? offset - start : 0, interrupts };
  }

  /** What came from outside behind the last stay: to L1, if that has ended. */
  #last(events: readonly NestedVmxEvent[], seen: ObservationData[]): void {
    if (this.#next >= this.#answers.length) return;
    events.forEach((_, i) => {
      seen[seen.length - events.length + i] = observationData({ readout: watched.readout(this.#snapshot()) });
    });
  }

  #snapshot(): Snapshot {
    const answer = this.#answers[this.#next];
    if (answer?.kind !== 'snapshot') throw this.#unexpected('the local APIC');
    this.#next++;
    return answer.watched;
  }

  #unexpected(expected: string, offset = 0): AdapterError {
    const answer = this.#answers[this.#next + offset];
    const { watched: _, ...got } = { watched: undefined, ...answer };
    return new AdapterError('E_ADAPTER_THREW', `Bochs answered ${JSON.stringify(got)} where ${expected} was due`);
  }
}

const nowhere = (): AdapterError =>
  new AdapterError('E_ADAPTER_THREW', 'L2 was interrupted at an address where none of its events is');

const exitOf = (now: Snapshot, position: number): Shown['exit'] => ({
  kind: 1,
  reason: watched.field(now, 'exitReason'),
  qualification: watched.field(now, 'exitQualification'),
  information: watched.field(now, 'exitInterruptionInfo'),
  vectoring: watched.field(now, 'idtVectoringInfo'),
  vectoringError: watched.field(now, 'idtVectoringErrorCode'),
  length: watched.field(now, 'exitInstructionLength'),
  position,
  interrupts: watched.field(now, 'guestRflags') & interruptFlag ? 1 : 0,
  interruptibility: watched.field(now, 'guestInterruptibility'),
  activity: watched.field(now, 'guestActivity'),
  entryInformation: watched.field(now, 'entryInterruptionInfo'),
});
