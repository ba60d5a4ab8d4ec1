import { vectors } from '../../../spec/posted-interrupts/universe.ts';
import { law, Watch } from '../law.ts';
import { classOf, guestNames, highest, named, setOf } from '../sighted.ts';

const profiles = ['sdm', 'kvm', 'interleaved'] as const;
const needs = ['apic', 'descriptor', 'core', 'nested'] as const;

class AboveEverything extends Watch {
  override step(): string | undefined {
    const { sight } = this;
    for (const guest of sight.guests) {
      const { irr, isr, tpr } = sight.now[guest];
      // Of several that were acknowledged in one event, the last one is the highest.
      const vector = highest(isr & ~sight.before[guest].isr);
      if (vector === 0) continue;
      this.moments++;
      const name = `0x${vector.toString(16)} went into service in ${guestNames[guest]}`;
      if (highest(irr) > vector) return `${name} while ${named(irr)} was pending`;
      if (classOf(tpr) >= classOf(vector)) return `${name} with TPR 0x${tpr.toString(16)}`;
      const others = isr & ~setOf(vector);
      if (classOf(highest(others)) >= classOf(vector)) return `${name} while ${named(others)} was in service`;
    }
    return undefined;
  }
}

class ClassesDiffer extends Watch {
  override step(): string | undefined {
    const { sight } = this;
    for (const guest of sight.guests) {
      const { isr } = sight.now[guest];
      if ((isr & (isr - 1)) === 0) continue;
      this.moments++;
      const classes = vectors.filter((vector) => (isr & setOf(vector)) !== 0).map(classOf);
      if (new Set(classes).size < classes.length) return `${named(isr)} are in service in ${guestNames[guest]}`;
    }
    return undefined;
  }
}

const nesting = {
  name: 'a vector of a higher class nests',
  events: [
    { kind: 'post', to: 0, vector: 0x20 },
    { kind: 'enter', vcpu: 0 },
    { kind: 'selfIpi', vcpu: 0, vector: 0x31 },
    { kind: 'selfIpi', vcpu: 0, vector: 0x3f },
  ],
} as const;

/** Who is delivered before whom. */
export const priority = [
  law({
    id: 'acknowledged-above-everything',
    claim:
      'A vector that goes into service is the highest pending, and of a class above TPR and all others in service.',
    judges: ['delivered-is-above-everything'],
    needs,
    profiles,
    scenario: nesting,
    watch: AboveEverything,
  }),
  law({
    id: 'no-two-of-a-class-in-service',
    claim: 'No two vectors in service are of one class.',
    judges: ['classes-in-service-differ'],
    needs,
    profiles,
    scenario: nesting,
    watch: ClassesDiffer,
  }),
];
