import { AdapterError } from '../../spec/contract.ts';
import type { Answer, Level2Event, Slot, Snapshot, StayDelivery, StayEnd, VmxOutcome } from './answer.ts';
import { answerTags, stayDeviations, staySlots } from './guest-layout.ts';
import type { Source } from './source.ts';

const outcomes: readonly VmxOutcome[] = ['success', 'VMfailInvalid', 'VMfailValid'];
/** In place of a vector: a VMX instruction failed, by outcome. */
const refusedBase = 256;

/** Reads the LEB128 numbers of an answer. */
class Reader {
  readonly #bytes: Uint8Array;
  #next = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get atEnd(): boolean {
    return this.#next >= this.#bytes.length;
  }
  wide(): bigint {
    let low = 0;
    // Most numbers are small: seven groups of seven bits fit into a double.
    for (let scale = 1; scale < 2 ** 49; scale *= 0x80) {
      const byte = this.#byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 49n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  narrow(): number {
    return Number(this.wide());
  }
  #byte(): number {
    if (this.atEnd) throw new AdapterError('E_ADAPTER_OUTPUT', 'an answer of the hypervisor ends in the middle');
    return this.#bytes[this.#next++];
  }
}

/** Values by position in the list of watched places. */
class WatchedValues implements Snapshot {
  readonly #positions: ReadonlyMap<Source, number>;
  readonly #values: readonly bigint[];
  constructor(positions: ReadonlyMap<Source, number>, values: readonly bigint[]) {
    this.#positions = positions;
    this.#values = values;
  }
  get(source: Source): bigint {
    const position = this.#positions.get(source);
    if (position === undefined) throw new RangeError(`place ${source} is not watched`);
    return this.#values[position];
  }
}

/** The answers to one sequence, whose watched places give the snapshots their meaning. */
export function decodeAnswers(bytes: Uint8Array, watch: readonly Source[]): Answer[] {
  const reader = new Reader(bytes);
  const positions = new Map(watch.map((source, position) => [source, position]));
  let values: readonly bigint[] = watch.map(() => 0n);
  const changes = (): Snapshot => {
    const next = [...values];
    for (let index = reader.narrow(); index !== 0; index = reader.narrow()) {
      if (index > next.length) throw new AdapterError('E_ADAPTER_OUTPUT', `no place ${index} is watched`);
      next[index - 1] = reader.wide();
    }
    values = next;
    return new WatchedValues(positions, next);
  };
  const outcome = (code: number): VmxOutcome => {
    if (code < outcomes.length) return outcomes[code];
    throw new AdapterError('E_ADAPTER_OUTPUT', `a VMX instruction cannot end as ${code}`);
  };
  const answers: Answer[] = [];
  while (!reader.atEnd) {
    const tag = reader.narrow();
    switch (tag) {
      case answerTags.exit:
        answers.push({ kind: 'exit', how: outcome(reader.narrow()), watched: changes() });
        break;
      case answerTags.snapshot:
        answers.push({ kind: 'snapshot', watched: changes() });
        break;
      case answerTags.value:
        answers.push({ kind: 'value', how: outcome(reader.narrow()), value: reader.wide() });
        break;
      case answerTags.level1:
        answers.push({ kind: 'level1', vector: reader.narrow() });
        break;
      case answerTags.fault:
        answers.push(fault(reader.narrow(), reader.narrow()));
        break;
      case answerTags.level2:
        answers.push(level2Event(reader));
        break;
      case answerTags.taken:
        answers.push({ kind: 'taken', vector: reader.narrow(), interrupts: reader.narrow() });
        break;
      case answerTags.delivered:
        answers.push(stayDelivery(reader));
        break;
      case answerTags.stay:
        answers.push(stayEnd(reader, outcome, changes));
        break;
      case answerTags.words:
        answers.push({ kind: 'words', words: Array.from({ length: reader.narrow() }, () => reader.narrow()) });
        break;
      default:
        throw new AdapterError('E_ADAPTER_OUTPUT', `the hypervisor answers with an unknown tag ${tag}`);
    }
  }
  return answers;
}

function fault(vector: number, errorCode: number): Answer {
  if (vector > refusedBase) return { kind: 'refused', how: outcomes[vector - refusedBase] };
  return { kind: 'fault', vector, errorCode };
}

function slot(number: number): Slot {
  if (number === staySlots.entry) return 'entry';
  return number === staySlots.nowhere ? 'nowhere' : number;
}

const deviations = Object.keys(stayDeviations) as (keyof typeof stayDeviations)[];

function stayEnd(reader: Reader, outcome: (code: number) => VmxOutcome, changes: () => Snapshot): StayEnd {
  const end = {
    kind: 'stay',
    how: outcome(reader.narrow()),
    slot: slot(reader.narrow()),
    inside: reader.narrow() !== 0,
  } as const;
  const code = reader.narrow();
  const deviation = deviations.find((name) => stayDeviations[name] === code);
  return { ...end, ...(deviation !== undefined && { deviation }), watched: changes() };
}

function stayDelivery(reader: Reader): StayDelivery {
  const vector = reader.narrow();
  const hasErrorCode = reader.narrow() !== 0;
  const errorCode = reader.narrow();
  const event = {
    kind: 'delivered',
    vector,
    slot: slot(reader.narrow()),
    offset: reader.narrow() | 0,
    interrupts: reader.narrow(),
  } as const;
  return hasErrorCode ? { ...event, errorCode } : event;
}

function level2Event(reader: Reader): Level2Event {
  const vector = reader.narrow();
  const hasErrorCode = reader.narrow() !== 0;
  const cs = reader.narrow();
  const ss = reader.narrow();
  const errorCode = reader.wide();
  const event = {
    kind: 'level2',
    vector,
    cs,
    ss,
    rip: reader.wide(),
    rflags: reader.wide(),
    rsp: reader.wide(),
    cr2: reader.wide(),
    dr6: reader.wide(),
  } as const;
  return hasErrorCode ? { ...event, errorCode } : event;
}
