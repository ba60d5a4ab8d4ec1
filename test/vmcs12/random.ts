import type { Vmcs12Model, Vmcs12State } from '../../model/vmcs12/index.ts';
import { Skip } from '../../spec/contract.ts';
import { alphabet, type Vmcs12Event } from '../../spec/vmcs12/alphabet.ts';
import { configuration, type Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import { pack } from '../../spec/packing.ts';

/** A sequence that the model plays without a skip. */
export interface PlayedSequence {
  readonly config: Vmcs12Configuration;
  readonly events: readonly Vmcs12Event[];
}

const packing = pack<Vmcs12Event>(alphabet);
const kinds = Object.values(alphabet);
const totalWeight = kinds.reduce((total, { weight }) => total + weight, 0);

/** How many events are drawn for one that is played, at the most. */
const patience = 12;

/** What an event comes to: `undefined` if it is skipped; the first state where the model allows several. */
export function stepped(model: Vmcs12Model, state: Vmcs12State, event: Vmcs12Event): Vmcs12State | undefined {
  const next = model.step(state, event);
  if (next instanceof Skip) return undefined;
  return Array.isArray(next) ? (next as readonly Vmcs12State[])[0] : (next as Vmcs12State);
}

/** What a model shows, as text, with undefined bits as 0 and all masks. */
export class Shown {
  private readonly model: Vmcs12Model;
  // A section whose piece of state is the same object shows the same.
  private readonly last: { part: object; text: string }[] = [];

  constructor(model: Vmcs12Model) {
    this.model = model;
  }

  of(state: Vmcs12State): string {
    return this.model.views.map((view, place) => this.section(view, place, view.part(state, 0))).join(';');
  }

  private section(view: Vmcs12Model['views'][number], place: number, part: object): string {
    if (this.last[place]?.part !== part) this.last[place] = { part, text: textOf(view, part) };
    return this.last[place].text;
  }
}

/** What is shown after each event; 'skipped' where the model skips it. */
export function trace(
  model: Vmcs12Model,
  config: Vmcs12Configuration,
  events: readonly Vmcs12Event[],
): readonly string[] {
  let state = model.initial(config);
  const eyes = new Shown(model);
  return events.map((event) => {
    const next = stepped(model, state, event);
    if (next === undefined) return 'skipped';
    state = next;
    return eyes.of(state);
  });
}

function textOf(view: Vmcs12Model['views'][number], part: object): string {
  const masks = view.defined?.(part);
  return view
    .words(part)
    .map((word, at) => (masks === undefined ? word : `${(word & masks[at]) >>> 0}/${masks[at] >>> 0}`))
    .join(' ');
}

/** A plain generator of random sequences over the packed alphabet. */
export class Generator {
  private seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  below(bound: number): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.seed / 2 ** 32) * bound);
  }

  sequence(model: Vmcs12Model, profile: Vmcs12Configuration['profile'], length: number): PlayedSequence {
    const drawn = Object.entries(configuration).map(([name, { values }]) => [name, values[this.below(values.length)]]);
    const config = { ...Object.fromEntries(drawn), profile } as Vmcs12Configuration;
    const events: Vmcs12Event[] = [];
    let state = model.initial(config);
    for (let attempt = 0; events.length < length && attempt < patience * length; attempt++) {
      const event = this.event();
      const next = stepped(model, state, event);
      if (next === undefined) continue;
      events.push(event);
      state = next;
    }
    return { config, events };
  }

  private event(): Vmcs12Event {
    let weight = this.below(totalWeight);
    let kind = 0;
    while (weight >= kinds[kind].weight) weight -= kinds[kind++].weight;
    return packing.events[packing.first[kind] + this.below(packing.first[kind + 1] - packing.first[kind])];
  }
}
