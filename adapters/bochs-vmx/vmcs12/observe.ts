import { AdapterError } from '../../../spec/contract.ts';
import type { ObservationData } from '../../../spec/observation.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { injections, places } from '../../../spec/vmcs12/universe.ts';
import type { Answer, Level2Event } from '../answer.ts';
import type { Part } from './compile.ts';
import { vmcs12Layout } from './layout.ts';
import { faultAddress, modelValue, sectionsOf, shownSections, type Sections } from './places.ts';
import type { PlacedSlot, Stay } from './stay.ts';

const valid = 0x8000_0000;
const withErrorCode = 0x800;
const monitorTrap = injections.monitorTrap.information;
const entryFailed = 0x8000_0000;
const reasons = { vmcall: 18, timer: 52 } as const;
/** Exits on the boundary in front of the instruction that RIP points to. */
const boundaryExits: ReadonlySet<number> = new Set([7, 8, 37, 52]);

/** In place of a slot. */
const nowhere = -3;

type Delivery = Readonly<Record<'event' | 'returnRip' | 'errorCode', number>>;
const noDelivery: Delivery = { event: 0, returnRip: 0, errorCode: 0 };
const isHandler = (rip: number): boolean =>
  rip >= vmcs12Layout.handlers && rip < vmcs12Layout.handlers + 64 * 16 && rip % 16 === 0;

/** What an event showed. */
interface Shown {
  readonly outcome?: number;
  readonly value?: number;
  readonly delivery?: Delivery;
  readonly level?: number;
  readonly cr2?: number;
}

/** Reads the answers to a program: which event did what. */
export class Observer {
  readonly #answers: readonly Answer[];
  #next = 0;
  #current: 0 | 1 | 2 = 1;
  readonly #launched = [false, false];
  /** Per VMCS, the address in RIP since the last exit, and the specification's. */
  readonly #rips: (readonly [real: number, token: number] | undefined)[] = [undefined, undefined];
  #sections: Sections = {};

  constructor(answers: readonly Answer[]) {
    this.#answers = answers;
  }

  /** One observation per event. */
  observe(parts: readonly Part[]): ObservationData[] {
    // `begin`, fields that the processor does not have, `double`.
    this.#take('value');
    while (this.#answers[this.#next]?.kind === 'refused') this.#next++;
    this.#take('value');
    this.#snapshot();
    const seen: ObservationData[] = [];
    for (const part of parts) {
      if (part.kind === 'level1') seen.push(this.#level1(part.event));
      else seen.push(...this.#stay(part.stay, part.events));
    }
    if (this.#next < this.#answers.length) throw this.#unexpected('nothing');
    return seen;
  }

  #level1(event: Vmcs12Event): ObservationData {
    let outcome = 1;
    let value = 0;
    switch (event.kind) {
      case 'vmread': {
        const answer = this.#take('value');
        outcome = { success: 1, VMfailInvalid: 2, VMfailValid: 3 }[answer.how];
        const read = outcome === 1 ? modelValue(event.field, answer.value) : 0;
        value = event.field === 'rip' ? this.#rip(read) : read;
        break;
      }
      case 'vmclear':
      case 'vmptrld': {
        const { how } = this.#take('value');
        outcome = { success: 1, VMfailInvalid: 2, VMfailValid: 3 }[how];
        if (event.kind === 'vmptrld') this.#current = event.slot === 0 ? 1 : 2;
        else {
          this.#launched[event.slot] = false;
          if (this.#current === event.slot + 1) this.#current = 0;
        }
        break;
      }
      case 'obstruct':
      case 'set':
        this.#take('value');
        outcome = 0;
        break;
      case 'msrBitmap':
        outcome = 0;
        break;
      default:
        for (let answer = this.#answers[this.#next]; answer?.kind === 'refused'; answer = this.#answers[this.#next]) {
          outcome = answer.how === 'VMfailValid' ? 3 : 2;
          this.#next++;
        }
        if (outcome === 1 && event.kind === 'vmwrite' && event.field === 'rip') this.#forgetRip();
    }
    this.#snapshot();
    return this.#observation({ outcome, value });
  }

  #stay(stay: Stay, events: readonly Vmcs12Event[]): ObservationData[] {
    const before = this.#sections;
    const records: Level2Event[] = [];
    for (let answer = this.#answers[this.#next]; answer?.kind === 'level2'; answer = this.#answers[this.#next]) {
      records.push(answer);
      this.#next++;
    }
    const { how } = this.#take('value');
    const after = sectionsOf(this.#take('snapshot').watched);
    const idle = (): ObservationData[] => events.map(() => this.#observation({}));
    if (how !== 'success' || after['exitInformation']['exitReason'] >= entryFailed) {
      this.#arrive(after);
      const outcome = how === 'success' ? 6 : how === 'VMfailValid' ? 3 : 2;
      return [this.#observation({ outcome }), ...idle()];
    }
    if (this.#current !== 0) this.#launched[this.#current - 1] = true;
    return new Walk(stay, events, before, after, records).shown.map((shown) => {
      if (shown.arrives !== undefined) {
        if (this.#current !== 0) this.#rips[this.#current - 1] = [after['registers']['rip'], shown.arrives];
        this.#arrive(after);
      }
      return this.#observation(shown);
    });
  }

  #arrive(sections: Sections): void {
    const rip = this.#rip(sections['registers']['rip']);
    this.#sections = { ...sections, registers: { ...sections['registers'], rip } };
  }

  /** The specification's value of an address in RIP. */
  #rip(real: number): number {
    const known = this.#current === 0 ? undefined : this.#rips[this.#current - 1];
    return known !== undefined && known[0] === real ? known[1] : real;
  }

  #forgetRip(): void {
    if (this.#current !== 0) this.#rips[this.#current - 1] = undefined;
  }

  #snapshot(): void {
    this.#arrive(sectionsOf(this.#take('snapshot').watched));
  }

  #observation({ outcome = 0, value = 0, delivery = noDelivery, level = 1, cr2 }: Shown): ObservationData {
    const sections: Record<string, Readonly<Record<string, number>>> = {
      ...this.#sections,
      step: { outcome, value },
      delivery,
      machine: {
        level,
        current: this.#current,
        launched: (this.#launched[0] ? 1 : 0) | (this.#launched[1] ? 2 : 0),
      },
    };
    if (cr2 !== undefined) sections['shared'] = { ...sections['shared'], cr2 };
    return Object.fromEntries(shownSections.map((name) => [name, [sections[name]]]));
  }

  #take<K extends Answer['kind']>(kind: K): Extract<Answer, { kind: K }> {
    const answer = this.#answers[this.#next];
    if (answer?.kind !== kind) throw this.#unexpected(kind);
    this.#next++;
    return answer as Extract<Answer, { kind: K }>;
  }

  #unexpected(expected: string): AdapterError {
    const { watched: _, value: __, ...got } = { watched: undefined, value: 0n, ...this.#answers[this.#next] };
    return new AdapterError('E_ADAPTER_THREW', `Bochs answered ${JSON.stringify(got)} where ${expected} was due`);
  }
}

/** `arrives`: the event ends the stay, with this RIP. */
type WalkShown = Shown & { readonly arrives?: number };

/** Follows a stay event by event; -1 is the entry. */
class Walk {
  readonly shown: readonly WalkShown[];
  readonly #slots: readonly PlacedSlot[];
  readonly #owners: readonly number[];
  readonly #end: number;

  constructor(
    { slots, owners, end }: Stay,
    events: readonly Vmcs12Event[],
    before: Sections,
    after: Sections,
    records: readonly Level2Event[],
  ) {
    this.#slots = slots;
    this.#owners = owners;
    this.#end = end;
    const injected = before['entryEvent']['entryInterruption'];
    const injects = injected >= valid && injected !== monitorTrap;
    const { exitReason: reason, idtVectoring } = after['exitInformation'];
    const real = after['registers']['rip'];
    const byEvent = new Map<number, Level2Event[]>();
    let last = -2;
    for (const record of records) {
      last = injects && last === -2 ? -1 : this.#slotAt(Number(record.rip));
      byEvent.set(last, [...(byEvent.get(last) ?? []), record]);
    }
    const exit = ((): number | undefined => {
      if (isHandler(real)) return last;
      if (real === end && reason === reasons.vmcall) return undefined;
      if (injects && last === -2 && idtVectoring >= valid) return -1;
      const slot = this.#slotAt(real);
      return slot !== nowhere && boundaryExits.has(reason) && this.#isFront(slot, real) ? slot - 1 : slot;
    })();
    let rip = before['registers']['rip'];
    let cr2: number | undefined;
    const shown: WalkShown[] = [];
    for (let i = -1; i < events.length; i++) {
      if (exit !== undefined && exit !== nowhere && i > exit) {
        shown.push({});
        continue;
      }
      // Nobody knows how far L2 has come.
      if ((exit === nowhere && i > Math.max(last, -1)) || (exit !== undefined && exit >= slots.length)) {
        shown.push({ level: 0 });
        continue;
      }
      const slot = i < 0 ? undefined : slots[i];
      const here = byEvent.get(i) ?? [];
      const record = here.at(-1);
      let delivery: Delivery | undefined;
      const at = rip;
      if (record !== undefined) {
        delivery = this.#delivery(record, rip, slot, i < 0 ? injected : slot?.delivers);
        cr2 = faultAddress(Number(record.cr2));
        rip = places.handlers + 16 * record.vector;
      } else rip = at + (slot?.length ?? 0);
      const common = { ...(delivery && { delivery }), ...(cr2 !== undefined && { cr2 }) };
      if (i !== exit) shown.push({ ...common, outcome: i < 0 ? 4 : 0, level: 2 });
      else {
        const behind = record !== undefined || (boundaryExits.has(reason) && this.#slotAt(real) !== i);
        shown.push({ ...(delivery && { delivery }), outcome: 5, arrives: behind ? rip : at });
      }
    }
    this.shown = shown;
  }

  /** The slot that an address belongs to; {@link nowhere}: none. */
  #slotAt(rip: number): number {
    return this.#owners[rip - vmcs12Layout.code] ?? nowhere;
  }

  #isFront(slot: number, rip: number): boolean {
    const placed = this.#slots[slot];
    if (placed === undefined) return true;
    return rip <= placed.instruction || rip >= this.#end;
  }

  #delivery(record: Level2Event, rip: number, slot: PlacedSlot | undefined, expected: number | undefined): Delivery {
    const hasErrorCode = record.errorCode !== undefined;
    const vector = record.vector;
    const natural =
      expected !== undefined && (expected & 0xff) === vector
        ? expected
        : valid + (vector === 2 ? 0x200 : vector < 0x20 ? 0x300 : 0) + vector + (hasErrorCode ? withErrorCode : 0);
    const real = Number(record.rip);
    // The entry is at the first byte behind the CLI.
    const front = slot?.instruction ?? vmcs12Layout.code + 1;
    // An event from outside leaves RIP where the specification has it; an instruction of this length has completed.
    const moved = Math.max(0, real - front) - (slot?.recognizedAt ?? 0);
    return {
      event: natural,
      returnRip: (rip + moved) >>> 0,
      errorCode: hasErrorCode ? Number(record.errorCode) : 0,
    };
  }
}
