import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Capabilities } from '../../spec/contract.ts';
import type { Value } from '../../spec/domain.ts';
import type { SystemSpec } from '../../spec/system.ts';

interface Parameter {
  readonly name: string;
  /** Values that are left, the simplest first. */
  readonly values: readonly Value[];
}

/** The configurations that a profile and an implementation leave, each as one frozen object. */
export class ConfigurationSpace {
  readonly parameters: readonly Parameter[];
  private readonly spec: SystemSpec;
  private readonly known = new Map<number, AnyConfiguration>();

  constructor(spec: SystemSpec, profile: string, supports: Capabilities['supports'] = {}) {
    this.spec = spec;
    const limits = spec.profiles[profile]?.limits ?? {};
    this.parameters = Object.entries(spec.configuration).map(([name, { values }]) => ({
      name,
      values: values.filter(
        (value) => (limits[name]?.includes(value) ?? true) && (supports[name]?.includes(value) ?? true),
      ),
    }));
  }

  /** Whether a configuration lies in the space. */
  has(config: AnyConfiguration): boolean {
    return this.parameters.every(({ name, values }) => values.includes(config[name])) && this.spec.admits(config);
  }

  /** The one object that stands for a configuration of the space, so that what is derived from it is derived once. */
  intern(config: AnyConfiguration): AnyConfiguration {
    let place = 0;
    for (const { name, values } of this.parameters) place = place * values.length + values.indexOf(config[name]);
    let known = this.known.get(place);
    if (known === undefined) {
      known = Object.freeze(Object.fromEntries(this.parameters.map(({ name }) => [name, config[name]])));
      this.known.set(place, known);
    }
    return known;
  }

  /** The simplest configuration of the space, or `undefined` if it is empty. */
  simplest(): AnyConfiguration | undefined {
    const search = (chosen: AnyConfiguration, rest: readonly Parameter[]): AnyConfiguration | undefined => {
      const [parameter, ...others] = rest;
      if (parameter === undefined) return this.spec.admits(chosen) ? chosen : undefined;
      for (const value of parameter.values) {
        const found = search({ ...chosen, [parameter.name]: value }, others);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    const found = search({}, this.parameters);
    return found && this.intern(found);
  }

  /**
   * A random configuration: `propose` gives one of the profile, and values that the implementation does not support
   * are replaced.
   */
  draw(propose: () => AnyConfiguration, random: (n: number) => number): AnyConfiguration {
    for (let attempt = 0; attempt < 64; attempt++) {
      let config = propose();
      for (const { name, values } of this.parameters) {
        if (!values.includes(config[name])) config = { ...config, [name]: values[random(values.length)] };
      }
      if (this.spec.admits(config)) return this.intern(config);
    }
    const simplest = this.simplest();
    if (simplest === undefined) throw new RangeError('the configuration space is empty');
    return simplest;
  }
}
