import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { Comparison, Policy } from './comparison.ts';

/** A sequence that tells two policies apart. */
export interface Witness {
  readonly config: AnyConfiguration;
  readonly codes: Uint16Array;
}

/** How often something was met, and how often it made a difference. */
export interface Count {
  met: number;
  differing: number;
}

/** What is known of one class under one policy, while its condition holds or while one thing breaks it. */
export interface Finding {
  readonly policy: Policy;
  readonly name: string;
  readonly broken: string;
  readonly exhaustive: Count;
  readonly random: Count;
  /** Cuts after which the policy injected the event again. */
  kept: number;
  witness?: Witness;
}

/** Everything that was found, by policy, class and what breaks its condition. */
export class Tally {
  private readonly findings = new Map<string, Finding>();

  at(policy: Policy, name: string, broken: string): Finding {
    const key = `${policy}|${name}|${broken}`;
    let found = this.findings.get(key);
    if (found === undefined) {
      found = {
        policy,
        name,
        broken,
        exhaustive: { met: 0, differing: 0 },
        random: { met: 0, differing: 0 },
        kept: 0,
      };
      this.findings.set(key, found);
    }
    return found;
  }

  of(policy: Policy, name: string): Finding[] {
    return [...this.findings.values()].filter((one) => one.policy === policy && one.name === name);
  }

  /** Everything of which a difference is known. */
  witnessed(): Finding[] {
    return [...this.findings.values()].filter(({ witness }) => witness !== undefined);
  }

  /** Classes of which a difference is known. */
  get differing(): number {
    return new Set(this.witnessed().map(({ name }) => name)).size;
  }

  /** Counts the cuts of a sequence that was compared; of a class alone, where one is named. */
  count(policy: Policy, { judged }: Comparison, how: 'exhaustive' | 'random', only?: string): void {
    for (const { name, broken, isKept, differs } of judged) {
      if (only !== undefined && name !== only) continue;
      const found = this.at(policy, name, broken);
      found[how].met++;
      if (differs) found[how].differing++;
      if (isKept) found.kept++;
    }
  }
}
