import { counted } from '../report/counted.ts';
import { columns, indent, wrap } from '../report/layout.ts';
import { catalogue, type Catalogue, type CatalogueSystem } from './catalogue.ts';
import type { ListOptions } from './options.ts';
import { print, stdoutPage } from './output.ts';
import { packageVersion } from './package-root.ts';
import { systemNames } from './registry/systems.ts';

/** Format tag of `virq list --json`. */
const listFormat = 'virq-list/1';

const margin = 3;

/** `virq list`. */
export async function list(system: string | undefined, options: ListOptions): Promise<number> {
  const found = await catalogue(system === undefined ? systemNames : [system]);
  const parts = (['clauses', 'properties', 'faults', 'adapters'] as const).filter((part) => options[part]);
  if (options.json) {
    print(`${JSON.stringify({ format: listFormat, version: packageVersion(), ...pick(found, parts) }, null, 2)}\n`);
  } else if (parts.length > 0) {
    print(`${parts.map((part) => partText(found, part)).join('\n\n')}\n`);
  } else {
    print(`${system === undefined ? overview(found) : details(found)}\n`);
  }
  return 0;
}

type Part = 'clauses' | 'properties' | 'faults' | 'adapters';

/** The parts that are asked for, or everything. */
function pick({ systems, adapters, reporters }: Catalogue, parts: readonly Part[]): object {
  if (parts.length === 0) return { systems, adapters, reporters };
  const kept = systems.map((system) => ({
    name: system.name,
    ...(parts.includes('clauses') && { clauses: system.clauses }),
    ...(parts.includes('properties') && { properties: system.properties }),
    ...(parts.includes('faults') && { faults: system.faults }),
  }));
  return {
    ...(parts.some((part) => part !== 'adapters') && { systems: kept }),
    ...(parts.includes('adapters') && { adapters }),
  };
}

function overview(found: Catalogue): string {
  const { paint } = stdoutPage();
  const systems = found.systems.map((system) => [
    paint.bold(system.name),
    system.title,
    [
      counted(system.clauses.length, 'clause'),
      counted(system.properties.length, 'property', 'properties'),
      counted(system.faults.length, 'fault'),
    ],
  ]);
  const implementations = [
    [paint.bold('optimized'), 'the fast implementation of this project (default)'],
    [paint.bold('reference'), 'the reference model itself'],
    [paint.bold('fault:<id>'), 'a deliberately wrong one: virq list --faults'],
    [paint.bold('./module.js, .ts'), 'your own: see examples/own-implementation.ts'],
  ];
  return [
    section('Systems', systems),
    section('Adapters', adapterRows(found)),
    section('Other implementations', implementations),
    section(
      'Reporters',
      Object.entries(found.reporters).map(([name, doc]) => [paint.bold(name), doc]),
    ),
    paint.dim('More: virq list <system>, virq list --clauses, virq explain <clause>'),
  ].join('\n\n');
}

const details = (found: Catalogue): string =>
  found.systems
    .map((system) => {
      const { paint, width } = stdoutPage();
      const profiles = Object.entries(system.profiles).map(([name, doc]) => [paint.bold(name), doc]);
      return [
        `${paint.bold(system.name)}   ${wrap(system.title, width).join(' ')}`,
        section('Profiles', profiles),
        clauseText(system),
        propertyText(system),
        faultText(system),
        section('Adapters', adapterRows(found)),
      ].join('\n\n');
    })
    .join('\n\n');

function partText(found: Catalogue, part: Part): string {
  const each = (text: (system: CatalogueSystem) => string): string => found.systems.map(text).join('\n\n');
  switch (part) {
    case 'clauses':
      return each(clauseText);
    case 'properties':
      return each(propertyText);
    case 'faults':
      return each(faultText);
    case 'adapters':
      return section('Adapters', adapterRows(found));
  }
}

const clauseText = ({ name, clauses }: CatalogueSystem): string =>
  section(
    `Clauses of ${name}`,
    clauses.map((clause) => [stdoutPage().paint.bold(clause.name), `${marked(clause.keyword)}${clause.rule}`]),
  );

/** `must` is the rule, and goes without saying. */
const marked = (keyword: string): string => (keyword === 'must' ? '' : `(${keyword}) `);

const propertyText = ({ name, properties }: CatalogueSystem): string =>
  section(
    `Properties of ${name}`,
    properties.map(({ id, claim }) => [stdoutPage().paint.bold(id), claim]),
  );

const faultText = ({ name, faults }: CatalogueSystem): string =>
  section(
    `Faults of ${name}`,
    faults.map(({ id, wrong }) => [stdoutPage().paint.bold(`fault:${id}`), wrong]),
  );

const adapterRows = ({ adapters }: Catalogue): string[][] =>
  adapters.map(({ name, systems }) => [
    stdoutPage().paint.bold(name),
    Object.entries(systems)
      .map(([system, profiles]) => `${system} (${profiles.join(', ')})`)
      .join(', '),
  ]);

function section(title: string, rows: readonly (readonly (string | readonly string[])[])[]): string {
  const { width, paint } = stdoutPage();
  const body = rows.length === 0 ? paint.dim('none') : columns(rows, width - margin);
  return `${title}\n${indent(body, margin)}`;
}
