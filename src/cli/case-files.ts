import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemSpec } from '../../spec/system.ts';
import type { Case } from '../engine/case-file.ts';
import { CaseError } from '../engine/case-error.ts';
import { loadSpecs } from './registry/systems.ts';
import { UsageError } from './usage-error.ts';

/** Reads a text file that the user named. Throws a `UsageError`. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? `there is no file ${file}` : `cannot read ${file}: ${message}`;
    throw new UsageError(what, undefined, { cause });
  }
}

/** Reads with a reader of the engine, and says which file it was that could not be read. Throws a `UsageError`. */
export async function readStored<T>(file: string, read: (text: string) => T): Promise<T> {
  const text = await readText(file);
  try {
    return read(text);
  } catch (cause) {
    if (!(cause instanceof CaseError)) throw cause;
    throw new UsageError(`${file}: ${cause.message} (${cause.code})`, undefined, { cause });
  }
}

/** Reads a case file. Throws a `UsageError` where it is none. */
export async function loadCase(file: string): Promise<Case> {
  const { readCase } = await import('../engine/read-case.ts');
  const specs = await loadSpecs();
  return readStored(file, (text) => readCase(text, specs));
}

/** The cases in `<folder>/<system>`, by file name; none if there is no such folder. Throws a `UsageError`. */
export async function loadCases(folder: string, system: string): Promise<Case[]> {
  return Promise.all((await caseNames(folder, system)).map(loadCase));
}

/**
 * The cases that come with the suite. Its tests have read them against the schema: here only parameters that are younger
 * than a case get their default, which spares every run the loading of the schema.
 */
export async function loadPackagedCases(folder: string, spec: SystemSpec): Promise<Case[]> {
  const defaults = Object.fromEntries(
    Object.entries(spec.configuration).map(([name, { values }]) => [name, values[0]!]),
  );
  const files = await caseNames(folder, spec.name);
  return Promise.all(
    files.map(async (file) => {
      const stored = JSON.parse(await readText(file)) as Case;
      return { ...stored, config: { ...defaults, ...stored.config } };
    }),
  );
}

async function caseNames(folder: string, system: string): Promise<string[]> {
  const place = join(folder, system);
  try {
    const names = await readdir(place);
    return names
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .map((name) => join(place, name));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new UsageError(`cannot read ${place}: ${message}`, undefined, { cause });
  }
}
