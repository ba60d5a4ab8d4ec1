import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Field, ObservationLayout, Section } from '../../spec/observation.ts';
import type { SystemSpec } from '../../spec/system.ts';

/** One section at its place in the observation's words. */
export interface PlacedSection {
  readonly name: string;
  readonly section: Section;
  /** Offset of its first word. */
  readonly first: number;
  readonly count: number;
  /** Names of its fields: one word each. */
  readonly fields: readonly string[];
}

/** Where a word stands, for a reader. */
export interface WordPlace {
  readonly section: string;
  readonly index: number;
  /** What the section's instance is called: `cpu0`. */
  readonly label: string;
  readonly field: string;
  readonly format: Field;
}

/** The observation of a system under one configuration, as words one after the other. */
export class Layout {
  readonly config: AnyConfiguration;
  /** Words of an observation. */
  readonly size: number;
  readonly sections: readonly PlacedSection[];
  private readonly byName = new Map<string, { readonly placed: PlacedSection; readonly field: Map<string, number> }>();
  private places: readonly WordPlace[] | undefined;

  constructor(observation: ObservationLayout, config: AnyConfiguration) {
    this.config = config;
    let first = 0;
    this.sections = Object.entries(observation).map(([name, section]) => {
      const fields = Object.keys(section.fields);
      const placed = { name, section, first, count: section.count(config), fields };
      this.byName.set(name, { placed, field: new Map(fields.map((field, i) => [field, i])) });
      first += placed.count * fields.length;
      return placed;
    });
    this.size = first;
  }

  /** Offset of a word. Throws a `RangeError` where there is none. */
  offset(section: string, index: number, field: string): number {
    const found = this.byName.get(section);
    const place = found?.field.get(field);
    if (found === undefined || place === undefined || index < 0 || index >= found.placed.count) {
      throw new RangeError(`there is no word ${section}[${index}].${field} under this configuration`);
    }
    return found.placed.first + index * found.placed.fields.length + place;
  }

  /** Where the word at an offset stands. */
  place(offset: number): WordPlace {
    this.places ??= this.sections.flatMap(({ name, section, count, fields }) =>
      Array.from({ length: count }, (_, index) => {
        const label = section.label(this.config, index);
        return fields.map((field) => ({ section: name, index, label, field, format: section.fields[field] }));
      }).flat(),
    );
    return this.places[offset];
  }
}

const layouts = new WeakMap<SystemSpec, WeakMap<AnyConfiguration, Layout>>();

/** The layout of a system's observation under a configuration; computed once per configuration object. */
export function layoutOf(spec: SystemSpec, config: AnyConfiguration): Layout {
  let known = layouts.get(spec);
  if (known === undefined) layouts.set(spec, (known = new WeakMap()));
  let layout = known.get(config);
  if (layout === undefined) {
    // A system's own layout takes the system's own configuration type, which is what its configurations have.
    layout = new Layout(spec.observation as unknown as ObservationLayout, config);
    known.set(config, layout);
  }
  return layout;
}
