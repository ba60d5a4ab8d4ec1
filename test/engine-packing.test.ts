import { describe, expect, it } from 'vitest';
import { maxArguments } from '../spec/packing.ts';
import type { SystemSpec } from '../spec/system.ts';
import { vgic } from '../spec/vgic.ts';
import { packingOf } from '../src/engine/packing-of.ts';
import { toy } from './toy/spec.ts';

describe.each<SystemSpec>([toy, vgic])('the packed alphabet of $name', (spec) => {
  const packing = packingOf(spec);

  it('is reversible: every code is an event, every event has its code back', () => {
    for (let code = 0; code < packing.size; code++) expect(packing.code(packing.events[code])).toBe(code);
  });

  it('gives every code the kind of its range', () => {
    packing.kinds.forEach((name, kind) => {
      for (let code = packing.first[kind]; code < packing.first[kind + 1]; code++) {
        expect(packing.kind[code]).toBe(kind);
        expect(packing.events[code].kind).toBe(name);
      }
    });
  });

  it('shows the arguments as numbers', () => {
    for (let code = 0; code < packing.size; code++) {
      const { kind, ...args } = packing.events[code];
      Object.entries(spec.alphabet[kind].args).forEach(([name, { values }], a) => {
        const value = args[name];
        const expected = typeof value === 'string' ? values.indexOf(value) : Number(value);
        expect(packing.args[code * maxArguments + a]).toBe(expected);
      });
    }
  });

  it('names what it cannot pack', () => {
    expect(() => packing.code({ kind: 'explode' })).toThrow("no event kind 'explode'");
    expect(() => packing.code({ kind: 'raise' })).toThrow(/raise: '(line|wire)' cannot be undefined/);
  });
});
