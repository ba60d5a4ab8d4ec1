import { describe, expect, it } from 'vitest';
import type { PartClasses } from '../../model/posted-interrupts/index.ts';
import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import { Player } from './player.ts';

/** One rule wrong, a scenario, and what the rules and the mistake make of it. */
export interface Mistake {
  readonly what: string;
  /** A class with one method replaced. */
  readonly parts: Partial<PartClasses>;
  readonly config?: Partial<PostedInterruptsConfiguration>;
  readonly see: (player: Player) => unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

/** Plays the scenario of each mistake with and without it. */
export function distinguishes(title: string, mistakes: readonly Mistake[]): void {
  describe(title, () => {
    it.each(mistakes)('$what', ({ parts, config, see, right, wrong }) => {
      expect(see(new Player(config))).toEqual(right);
      expect(see(new Player(config, { parts }))).toEqual(wrong);
    });
  });
}
