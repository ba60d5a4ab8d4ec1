import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '../spec/alphabet.ts';
import type { Model, WordImplementation } from '../spec/contract.ts';
import { WordBench } from '../src/engine/bench.ts';
import { sequenceOf } from '../src/engine/counterexample-of.ts';
import { explain } from '../src/engine/explain.ts';
import { layoutOf } from '../src/engine/layout.ts';
import { Lockstep } from '../src/engine/lockstep.ts';
import { ModelImplementation } from '../src/engine/model-implementation.ts';
import { sameState } from '../src/engine/same-state.ts';
import { everything, scopeOf } from '../src/engine/scope.ts';
import { SequenceArbitrary } from '../src/engine/sequence-arbitrary.ts';
import { faults } from './toy/faults.ts';
import { ToyController } from './toy/implementation.ts';
import { toyModel } from './toy/model.ts';
import { toy } from './toy/spec.ts';
import { defaults, toySystem } from './toy/system.ts';

const scope = scopeOf(toySystem, 'full');
const any = { profile: 'full', lines: 3, order: 'any' };
const kinds = (...events: readonly string[]): AnyEvent[] => events.map((kind) => ({ kind }));
const raise = (...lines: readonly number[]): AnyEvent[] => lines.map((line) => ({ kind: 'raise', line }));
const play = (implementation: WordImplementation, events: readonly AnyEvent[], config = defaults) => {
  const lockstep = new Lockstep(scope);
  const agrees = lockstep.agrees(sequenceOf(scope, { config, events }), implementation);
  return { agrees, finding: lockstep.finding, lockstep };
};

describe('lockstep', () => {
  it('counts what was played, what was skipped, and the clauses that decided', () => {
    const { agrees, lockstep } = play(new ToyController(), [...raise(0, 0, 1), ...kinds('eoi', 'enter', 'enter')]);
    expect(agrees).toBe(true);
    expect([lockstep.played, lockstep.skipped]).toEqual([3, 3]);
    expect(lockstep.citations.count('raise-makes-pending')).toBe(2);
    expect(lockstep.citations.count('entry-runs')).toBe(1);
    expect(lockstep.citations.count('mode-flips')).toBe(0);
  });

  it('never compares undefined bits', () => {
    const { agrees } = play(new ToyController(), [...raise(0), ...kinds('enter', 'ack', 'enable', 'ack')]);
    expect(agrees).toBe(true);
  });

  it('says which word differs, from what, and by which clause', () => {
    const events = [...raise(0), ...kinds('enter', 'enable', 'ack', 'exit')];
    const { agrees, finding } = play(faults['clears-active-on-exit'].make(), events);
    expect(agrees).toBe(false);
    expect(finding).toMatchObject({
      property: 'refinement',
      clause: 'toy/exit-keeps',
      signature: ['cpu.signalled', 'line.active'],
      step: 4,
      summary: 'exit: line line0.active is 0, must be 1; cpu.signalled is {irq}, must be {}',
    });
    expect(finding?.differs[0]).toEqual({
      section: 'line',
      index: 0,
      label: 'line0',
      field: 'active',
      allowed: [1],
      observed: 0,
      defined: 0xffff_ffff,
    });
  });

  it('compares the observation after reset', () => {
    class BornEnabled extends ToyController {
      override reset(config: Parameters<ToyController['reset']>[0]): void {
        super.reset(config);
        this.words[this.words.length - 3] = 1;
      }
    }
    const { agrees, finding } = play(new BornEnabled(), kinds('flip'));
    expect(agrees).toBe(false);
    expect(finding).toMatchObject({ step: -1, clause: 'toy/enable-opens', signature: ['cpu.enabled'] });
    expect(finding?.summary).toMatch(/^after reset: cpu.enabled is 1, must be 0/);
  });

  it('finds disagreement about preconditions, either way', () => {
    const played = play(faults['completes-nothing'].make(), kinds('enter', 'eoi'));
    expect(played.finding).toMatchObject({ clause: 'toy/precondition', step: 1 });
    expect(played.finding?.summary).toBe('eoi: was played, though nothing is active');
    class NeverLowers extends ToyController {
      protected override lower(): boolean {
        return false;
      }
    }
    const skipped = play(new NeverLowers(), [...raise(0), { kind: 'lower', line: 0 }]);
    expect(skipped.finding).toMatchObject({ clause: 'toy/lower-takes-back', signature: ['line.pending'] });
    expect(skipped.finding?.summary).toBe('lower line=0: was not played, though its precondition holds');
  });

  it('finds what a skipped event changed, but not that it zeroed its outputs', () => {
    class EnablesOnSkip extends ToyController {
      protected override eoi(): boolean {
        return super.eoi();
      }
      override step(code: number): boolean {
        const played = super.step(code);
        if (!played) this.words[this.words.length - 2] ^= 1;
        return played;
      }
    }
    const events = [...raise(0), ...kinds('enter', 'enable', 'ack', 'enter')];
    expect(play(new ToyController(), events).agrees).toBe(true);
    expect(play(new EnablesOnSkip(), events).finding).toMatchObject({ step: 4, signature: ['cpu.latching'] });
  });

  it('refuses a wrong number of words and what the implementation throws, as adapter errors', () => {
    const short: WordImplementation = { words: new Uint32Array(3), reset() {}, step: () => true };
    expect(() => play(short, kinds('flip'))).toThrow(expect.objectContaining({ code: 'E_ADAPTER_OUTPUT' }));
    class Throws extends ToyController {
      protected override play(): boolean {
        throw new TypeError('oops');
      }
    }
    const code = 'E_ADAPTER_THREW';
    expect(() => play(new Throws(), kinds('flip'))).toThrow(expect.objectContaining({ code }));
  });
});

describe('where the model leaves a choice', () => {
  const secondEntry = [...raise(0, 1, 2), ...kinds('enter', 'enable', 'exit', 'enter', 'ack', 'eoi', 'exit', 'enter')];

  it.each([false, true])('each choice is allowed, also one that shows late (highest: %s)', (highest) => {
    class Chooses extends ToyController {
      protected override best(): number {
        const all = [0, 1, 2].filter((line) => this.high[line] && this.pending(line));
        return (highest ? all.at(-1) : all[0]) ?? -1;
      }
    }
    expect(play(new Chooses(), [...secondEntry, ...kinds('ack')], any).agrees).toBe(true);
  });

  it('a choice that was seen binds what follows', () => {
    let acknowledged = 0;
    class Changes extends ToyController {
      protected override best(): number {
        return acknowledged++ === 0 ? 0 : 2;
      }
    }
    // Highest first after lowest first, without an entry in between.
    const events = [...raise(0, 1, 2), ...kinds('enter', 'enable', 'ack', 'eoi', 'ack')];
    const { finding } = play(new Changes(), events, any);
    expect(finding).toMatchObject({ step: 7, clause: 'toy/ack-in-order' });
  });

  it('what no choice allows is a violation that names all that is allowed', () => {
    const { finding } = play(
      faults['takes-middle-line'].make(),
      [...raise(0, 1, 2), ...kinds('enter', 'enable', 'ack')],
      any,
    );
    expect(finding?.differs[0]).toMatchObject({ section: 'reply', allowed: [0, 2], observed: 0x5501, defined: 0xff });
    expect(finding?.summary).toContain('reply.value is 0x1, must be 0x0 or 0x2');
  });

  it('equal states are one', () => {
    expect(sameState({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true);
    expect(sameState({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe(false);
    expect(sameState({ a: 1 }, { a: 1, b: undefined })).toBe(false);
    expect(sameState(undefined, null)).toBe(false);
  });

  it('the set stays small over any number of hidden choices', () => {
    const events = Array.from({ length: 60 }, () => kinds('enter', 'exit')).flat();
    const { agrees, lockstep } = play(new ToyController(), [...events, ...kinds('enter', 'ack')], any);
    expect(agrees).toBe(true);
    expect(lockstep.played).toBe(122);
  });
});

describe('the fast and the explaining pass', () => {
  const all = everything(toySystem);
  it.each(Object.keys(faults) as (keyof typeof faults)[])('agree on every sequence of %s', (name) => {
    const lockstep = new Lockstep(scope);
    const implementation = faults[name].make();
    const bench = new WordBench(scope, faults[name].make());
    for (const sequence of fc.sample(new SequenceArbitrary(scope), { seed: 4, numRuns: 60 })) {
      const agrees = lockstep.agrees(sequence, implementation);
      const told = explain(scope, bench.playNow(sequence), sequence.codes.length);
      expect(told.agrees).toBe(agrees);
      if (agrees) expect(told.steps.length).toBe(sequence.codes.length);
      else expect(told.steps.length).toBe((lockstep.finding?.step ?? NaN) + 1);
      expect(told.steps.at(-1)?.differs ?? []).toEqual(lockstep.finding?.differs ?? []);
    }
  });

  it('compare only what is shown', () => {
    const blind = scopeOf(toySystem, 'full', { ...all, shows: ['reply'] });
    const lockstep = new Lockstep(blind);
    const sequence = sequenceOf(blind, { config: defaults, events: [...raise(0), ...kinds('enter', 'exit')] });
    class ForgetsEverything extends ToyController {
      protected override show(): void {
        this.words.fill(0);
      }
    }
    expect(lockstep.agrees(sequence, new ForgetsEverything())).toBe(true);
  });

  it('take a model for an implementation: its first choice', () => {
    const model = toyModel(() => {}) as Model;
    const implementation = new ModelImplementation(toy, model);
    expect(play(implementation, [...raise(0, 1), ...kinds('enter', 'enable', 'ack')], any).agrees).toBe(true);
    expect(implementation.words[layoutOf(toy, scope.space.intern(any)).offset('line', 0, 'active')]).toBe(1);
  });
});
