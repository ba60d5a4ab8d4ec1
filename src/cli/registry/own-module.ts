import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Capabilities, ImplementationModule } from '../../../spec/contract.ts';
import { asAdapterError } from '../../engine/call.ts';
import { unknownName } from '../unknown-name.ts';
import { UsageError } from '../usage-error.ts';
import { loadSpecs } from './systems.ts';

/** Whether a name is a path of a module of one's own. */
export const isPath = (name: string): boolean =>
  /^\.{0,2}[/\\]/.test(name) || name.startsWith('file:') || /\.[cm]?[jt]s$/.test(name);

const shapeHint =
  'Its default export is an ImplementationModule: { name, systems, create }, as in examples/own-implementation.ts.';

/**
 * Loads a module of one's own. Throws a `UsageError` where it is not there or has not the right shape, and an
 * `AdapterError` where it breaks while it is loaded.
 */
export async function loadOwnModule(path: string): Promise<ImplementationModule> {
  const file = path.startsWith('file:') ? path : pathToFileURL(resolve(path)).href;
  if (!existsSync(new URL(file))) throw new UsageError(`there is no file ${path}`);
  if (/\.[cm]?ts$/.test(path) && !process.features.typescript) {
    throw new UsageError(
      `${path}: TypeScript modules need Node 22.18 or newer, and this is ${process.version}`,
      'Compile it to JavaScript, or run virq with a newer Node.',
    );
  }
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(file)) as typeof loaded;
  } catch (cause) {
    throw asAdapterError(cause, `the loading of ${path}`);
  }
  return checkShape(path, loaded.default);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function checkShape(path: string, found: unknown): Promise<ImplementationModule> {
  const wrong = (what: string): UsageError => new UsageError(`${path}: ${what}`, shapeHint);
  if (found === undefined) throw wrong('the module has no default export');
  if (!isObject(found)) throw wrong('the default export is not an object');
  if (typeof found['name'] !== 'string' || found['name'] === '') throw wrong("'name' is not a text");
  if (typeof found['create'] !== 'function') throw wrong("'create' is not a function");
  const { systems } = found;
  if (!isObject(systems) || Object.keys(systems).length === 0) throw wrong("'systems' names no system");
  const specs = new Map((await loadSpecs()).map((spec) => [spec.name, spec]));
  for (const [name, declared] of Object.entries(systems)) {
    const spec = specs.get(name);
    if (!spec) throw at(path, 'systems', unknownName('system', name, [...specs.keys()]));
    if (!isObject(declared)) throw wrong(`systems.${name} is not an object with 'shows' and 'profiles'`);
    const place = `systems.${name}`;
    checkNames(path, `${place}.shows`, 'section', declared['shows'], Object.keys(spec.observation));
    checkNames(path, `${place}.profiles`, 'profile', declared['profiles'], Object.keys(spec.profiles));
    checkNames(path, `${place}.lacks`, 'event kind', declared['lacks'] ?? [], Object.keys(spec.alphabet));
    const supports = declared['supports'] ?? {};
    if (!isObject(supports)) throw wrong(`${place}.supports is not an object of lists of values`);
    checkNames(path, `${place}.supports`, 'parameter', Object.keys(supports), Object.keys(spec.configuration));
    for (const [parameter, values] of Object.entries(supports)) {
      const known = spec.configuration[parameter]!.values;
      const odd = Array.isArray(values) ? values.find((value) => !known.includes(value as string)) : values;
      if (!Array.isArray(values) || odd !== undefined) {
        throw wrong(`${place}.supports.${parameter}: expected a list of ${known.map(String).join(', ')}`);
      }
    }
  }
  return found as unknown as ImplementationModule & { systems: Record<string, Capabilities> };
}

function checkNames(path: string, place: string, what: string, found: unknown, known: readonly string[]): void {
  if (!Array.isArray(found)) throw new UsageError(`${path}: ${place} is not a list of names`, shapeHint);
  const odd: unknown = found.find((name) => !known.includes(name as string));
  if (odd !== undefined)
    throw at(
      path,
      place,
      unknownName(what, typeof odd === 'string' ? odd : (JSON.stringify(odd) ?? typeof odd), known),
    );
}

const at = (path: string, place: string, { message, hint }: UsageError): UsageError =>
  new UsageError(`${path}: ${place}: ${message}`, hint);
