import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Model } from '../../spec/contract.ts';
import type { Packing } from '../../spec/packing.ts';
import type { Property } from '../../src/engine/property.ts';
import type { Guide, SystemUnderCheck } from '../../src/engine/system-under-check.ts';
import { toyModel } from './model.ts';
import { properties } from './properties.ts';
import { toy, type ToyConfiguration } from './spec.ts';

const guide = ({ kinds, kind, first }: Packing): Guide => {
  const enter = kinds.indexOf('enter');
  const exit = kinds.indexOf('exit');
  const eoi = kinds.indexOf('eoi');
  const ack = kinds.indexOf('ack');
  let running = false;
  return {
    reset(config) {
      running = config['profile'] === 'bare';
    },
    weigh(weights) {
      for (const kind of running ? [enter] : [exit, ack, eoi]) weights[kind]! /= 10;
    },
    choose: (kind, random) => first[kind]! + random(first[kind + 1]! - first[kind]!),
    follow(code) {
      if (kind[code] === enter) running = true;
      if (kind[code] === exit) running = false;
    },
  };
};

/** The toy for the engine; single members can be replaced. */
export const toySystem: SystemUnderCheck = {
  spec: toy,
  model: (cite) => toyModel(cite) as Model,
  guide,
  configure: (profile, random): ToyConfiguration => {
    const lines = ([2, 1, 3] as const)[random(3)]!;
    const order = profile === 'bare' || lines === 1 ? 'lowest' : (['lowest', 'any'] as const)[random(2)]!;
    return { profile: profile as 'full' | 'bare', lines, order };
  },
  properties: properties as readonly Property[],
  length: 40,
  pairs: [
    ['raise', 'lower'],
    ['enter', 'exit'],
    ['enable', 'disable'],
  ],
};

/** The default configuration of the toy. */
export const defaults: AnyConfiguration = { profile: 'full', lines: 2, order: 'lowest' };
