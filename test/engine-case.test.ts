import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { event } from '../spec/alphabet.ts';
import { vgic } from '../spec/vgic.ts';
import { readBaseline } from '../src/engine/baseline.ts';
import { CaseError } from '../src/engine/case-error.ts';
import type { Case } from '../src/engine/case-file.ts';
import { dataFromWords, wordsFromData } from '../src/engine/observation-data.ts';
import { layoutOf } from '../src/engine/layout.ts';
import { readCase } from '../src/engine/read-case.ts';
import { replay, shrinkCase } from '../src/engine/replay.ts';
import { configurationSchema, eventSchema, jsonSchemaOf } from '../src/engine/schema.ts';
import type { SystemUnderCheck } from '../src/engine/system-under-check.ts';
import { underTest } from '../src/engine/under-test.ts';
import { writeCase } from '../src/engine/write-case.ts';
import { faults } from './toy/faults.ts';
import { ToyController } from './toy/implementation.ts';
import { toy } from './toy/spec.ts';
import { defaults, toySystem } from './toy/system.ts';

const stored: Case = {
  format: 'virq-case/1',
  system: 'toy',
  config: defaults,
  events: [{ kind: 'raise', line: 1 }, { kind: 'enter' }, { kind: 'enable' }, { kind: 'ack' }, { kind: 'exit' }],
  clause: 'toy/exit-keeps',
  note: 'an exit must not complete',
};

const failure = (text: string): CaseError => {
  try {
    readCase(text, [toy, vgic]);
  } catch (error) {
    if (error instanceof CaseError) return error;
    throw error;
  }
  throw new Error('was read');
};
const changed = (change: (data: Record<string, never>) => void): CaseError => {
  const data = JSON.parse(writeCase(stored)) as Record<string, never>;
  change(data);
  return failure(JSON.stringify(data));
};

describe('a case file', () => {
  it('is read as it was written', () => {
    expect(readCase(writeCase(stored), [toy])).toEqual(stored);
    expect(readCase(writeCase({ ...stored, events: [] }), [toy])).toEqual({ ...stored, events: [] });
  });

  it('has one event per line', () => {
    expect(writeCase(stored).split('\n')).toContain('    {"kind":"raise","line":1},');
  });

  it.each([
    ['text that is no JSON', () => failure('{"format": '), 'E_CASE_JSON', '', /^not JSON: /],
    ['another kind of value', () => failure('[]'), 'E_CASE_CONTENT', '', /^a case is an object/],
    [
      'a newer version',
      () => changed((data) => (data['format'] = 'virq-case/2' as never)),
      'E_CASE_VERSION',
      'format',
      "format: this version reads 'virq-case/1', the file is 'virq-case/2'",
    ],
    [
      'another file',
      () => failure('{"name":"package"}'),
      'E_CASE_VERSION',
      'format',
      "format: expected 'virq-case/1', got nothing",
    ],
    [
      'an unknown system',
      () => changed((data) => (data['system'] = 'vgik' as never)),
      'E_CASE_SYSTEM',
      'system',
      `system: there is no system "vgik"; did you mean 'vgic'?`,
    ],
    [
      'an unknown event kind',
      () => changed((data) => (data['events'][1] = { kind: 'entre' } as never)),
      'E_CASE_CONTENT',
      'events[1].kind',
      `events[1].kind: there is no event kind "entre"; did you mean 'enter'?`,
    ],
    [
      'an argument out of its domain',
      () => changed((data) => (data['events'][0] = { kind: 'raise', line: 9 } as never)),
      'E_CASE_CONTENT',
      'events[0].line',
      'events[0].line: expected one of 0, 1, 2, got 9',
    ],
    [
      'an argument too many',
      () => changed((data) => (data['events'][1] = { kind: 'enter', vcpu: 0 } as never)),
      'E_CASE_CONTENT',
      'events[1]',
      'events[1]: unknown member vcpu',
    ],
    [
      'a parameter out of its domain',
      () => changed((data) => (data['config'] = { lines: 4 } as never)),
      'E_CASE_CONTENT',
      'config.lines',
      'config.lines: expected one of 2, 1, 3, got 4',
    ],
    [
      'parameters that do not fit together',
      () => changed((data) => (data['config'] = { lines: 1, order: 'any' } as never)),
      'E_CASE_CONTENT',
      'config',
      'config: these parameters do not fit together',
    ],
  ])('with %s is refused with its place', (_, read, code, place, message) => {
    const error = read();
    expect(error.code).toBe(code);
    expect(error.place).toBe(place);
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });

  it('may leave out parameters, which have their defaults then', () => {
    const text = JSON.stringify({ ...stored, config: { lines: 3 } });
    expect(readCase(text, [toy]).config).toEqual({ ...defaults, lines: 3 });
  });
});

describe('a list of known deviations', () => {
  const list = (deviations: unknown): string => JSON.stringify({ format: 'virq-baseline/1', deviations });

  it('is read with its cases', () => {
    const [known] = readBaseline(list([{ id: 'bug-1', why: 'not fixed yet', case: stored }]), [toy]);
    expect(known).toEqual({ id: 'bug-1', why: 'not fixed yet', case: stored });
  });

  it('is refused with the place of what is wrong', () => {
    const wrong = { ...stored, events: [{ kind: 'rise' }] };
    expect(() => readBaseline(list([{ id: 'a', why: 'b', case: wrong }]), [toy])).toThrow(
      `deviations[0].case.events[0].kind: there is no event kind "rise"; did you mean 'raise'?`,
    );
    expect(() => readBaseline(list([{ id: 'a', case: stored }]), [toy])).toThrow('deviations[0].why');
    const twice = { id: 'a', why: 'b', case: stored };
    expect(() => readBaseline(list([twice, twice]), [toy])).toThrow("'a' is listed twice");
  });
});

describe('the schemas', () => {
  it('follow from the declarations, for files and for other tools', () => {
    const schema = jsonSchemaOf(eventSchema(toy)) as { oneOf: { title: string; required: string[] }[] };
    expect(schema.oneOf.map(({ title }) => title)).toEqual(Object.keys(toy.alphabet));
    expect(schema.oneOf[0].required).toEqual(['kind', 'line']);
    expect(jsonSchemaOf(configurationSchema(toy))).toMatchObject({
      properties: { lines: { enum: [2, 1, 3], default: 2, description: 'interrupt lines' } },
    });
  });

  it('take every event of every alphabet', () => {
    for (const spec of [toy, vgic]) {
      const schema = eventSchema(spec);
      for (const [kind, { args }] of Object.entries(spec.alphabet)) {
        const simplest = Object.entries(args).map(([name, { values }]) => [name, values[0]]);
        expect(z.safeParse(schema, { kind, ...Object.fromEntries(simplest) }).success).toBe(true);
      }
    }
  });
});

describe('replay', () => {
  it('passes on what is right and tells it', async () => {
    const passed = await replay({ system: toySystem, iut: underTest('toy', new ToyController()), case: stored });
    if (passed.outcome !== 'passes') throw new Error(passed.outcome);
    expect(passed.explanation.steps.map(({ clauses }) => clauses.length > 0)).toEqual([true, true, true, true, true]);
    expect(passed.explanation.steps[0].allowed).toEqual([
      { section: 'line', index: 1, label: 'line1', field: 'pending', from: 0, to: 1 },
    ]);
  });

  it('fails on what is wrong, with the case as it is', async () => {
    const iut = underTest('fault', faults['clears-active-on-exit'].make());
    const failed = await replay({ system: toySystem, iut, case: stored });
    if (failed.outcome !== 'fails') throw new Error(failed.outcome);
    expect(failed.counterexample).toMatchObject({ clause: 'toy/exit-keeps', shrinkRuns: 0 });
    expect(failed.counterexample.case.events).toEqual(stored.events);
  });

  it('is not applicable to what the implementation cannot play', async () => {
    const capabilities = { shows: ['reply', 'line', 'cpu'], profiles: ['full'], lacks: ['exit'] };
    const iut = underTest('toy', new ToyController(), capabilities);
    expect(await replay({ system: toySystem, iut, case: stored })).toMatchObject({ outcome: 'not-applicable' });
  });

  it('and shrinking survive an alphabet that grew in the middle', async () => {
    const { raise, ...rest } = toy.alphabet;
    const grown: SystemUnderCheck = {
      ...toySystem,
      spec: { ...toy, alphabet: { nop: event('device', 3, {}, 'Nothing.'), raise, ...rest } },
    };
    const file = writeCase({ ...stored, events: [{ kind: 'flip' }, ...stored.events, { kind: 'eoi' }] });
    const read = readCase(file, [grown.spec]);
    // Codes are other ones now; the words of the implementation are not: it is told events by name.
    const old = faults['clears-active-on-exit'].make();
    const code = (kind: string): number => Object.keys(toy.alphabet).indexOf(kind);
    expect(code('raise')).toBe(0);
    const { packingOf } = await import('../src/engine/packing-of.ts');
    const implementation = {
      reset: old.reset.bind(old),
      step: (packed: number) => old.step(packingOf(toy).code(packingOf(grown.spec).events[packed])),
      get words() {
        return old.words;
      },
    };
    const options = { system: grown, iut: underTest('fault', implementation as never), case: read };
    expect((await replay(options)).outcome).toBe('fails');
    const shrunk = await shrinkCase(options);
    if (shrunk.outcome !== 'fails') throw new Error(shrunk.outcome);
    expect(shrunk.counterexample.case.events).toEqual([{ kind: 'raise', line: 0 }, ...stored.events.slice(1)]);
  });
});

describe('observations as data', () => {
  const layout = layoutOf(toy, { ...defaults });
  const words = Uint32Array.from({ length: layout.size }, (_, i) => i + 1);
  const data = dataFromWords(layout, words);
  const shows = new Set(['reply', 'line', 'cpu']);
  const into = (value: unknown, sections = shows): Uint32Array => {
    const target = new Uint32Array(layout.size);
    wordsFromData(layout, value, sections, target);
    return target;
  };

  it('become words and data again', () => {
    expect(into(data)).toEqual(words);
    expect(layout.place(layout.offset('line', 1, 'active'))).toMatchObject({ label: 'line1', field: 'active' });
    expect(() => layout.offset('line', 2, 'active')).toThrow('no word line[2].active');
  });

  it.each([
    [null, 'an observation is an object of sections, not null'],
    [{ ...data, lines: [] }, "there is no section 'lines'; sections are reply, line, cpu"],
    [{ ...data, line: undefined }, "section 'line' is declared as shown and missing"],
    [{ ...data, line: {} }, 'line: expected an array of 2, got {}'],
    [{ ...data, line: data['line'].slice(1) }, 'line: expected 2 under this configuration, got 1'],
    [{ ...data, reply: [7] }, 'reply[0]: expected an object of fields, got 7'],
    [{ ...data, reply: [{}] }, 'reply[0].value is missing'],
    [{ ...data, reply: [{ value: -1 }] }, 'reply[0].value: expected an unsigned 32-bit integer, got -1'],
    [{ ...data, reply: [{ value: 2 ** 32 }] }, 'got 4294967296'],
    [{ ...data, reply: [{ value: 0.5 }] }, 'got 0.5'],
    [{ ...data, reply: [{ value: '1' }] }, 'got "1"'],
    [{ ...data, reply: [{ value: 1n }] }, 'got 1n'],
    [{ ...data, reply: [{ value: 1, extra: 2 }] }, "reply[0]: there is no field 'extra'; fields are value"],
  ])('are refused with the place, %#', (value, message) => {
    expect(() => into(value)).toThrow(message);
  });

  it('may leave out what the implementation does not show', () => {
    expect(into({ reply: data['reply'] }, new Set(['reply']))[0]).toBe(1);
  });
});
