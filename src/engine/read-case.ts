import type { z } from 'zod';
import type { AnyEvent } from '../../spec/alphabet.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { CaseError } from './case-error.ts';
import { caseFormat, type Case } from './case-file.ts';
import { closest } from './closest.ts';
import { pathText } from './path-text.ts';
import { caseSchema } from './schema.ts';

/**
 * Reads a stored case.
 *
 * @param systems the systems that a case may be of
 * @throws CaseError where the text is no case that can be played; the message names the place
 */
export function readCase(text: string, systems: readonly SystemSpec[]): Case {
  return caseFrom(parseJson(text), systems);
}

/** Checks data that was parsed already; `at` is its path inside a larger file. Throws a {@link CaseError}. */
export function caseFrom(data: unknown, systems: readonly SystemSpec[], at = ''): Case {
  const inside = (place: string): string => (at === '' ? place : `${at}.${place}`);
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new CaseError(
      'E_CASE_CONTENT',
      at,
      `${at === '' ? 'a case' : at} is an object with format, system, config and events`,
    );
  }
  const { format, system } = data as { readonly format?: unknown; readonly system?: unknown };
  checkFormat(format, caseFormat, inside('format'));
  const spec = systems.find(({ name }) => name === system);
  if (spec === undefined) {
    const names = systems.map(({ name }) => name);
    const message = `${inside('system')}: there is no system ${JSON.stringify(system)}${hint(system, names)}`;
    throw new CaseError('E_CASE_SYSTEM', inside('system'), message);
  }
  const result = caseSchema(spec).safeParse(data);
  if (!result.success) throw contentError(spec, data, result.error.issues[0], at);
  const found = result.data as Case;
  if (!spec.admits(found.config)) {
    throw new CaseError(
      'E_CASE_CONTENT',
      inside('config'),
      `${inside('config')}: these parameters do not fit together`,
    );
  }
  return found;
}

/** Parses JSON. Throws a {@link CaseError} that says where it ends to be JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CaseError('E_CASE_JSON', '', `not JSON: ${reason}`, { cause });
  }
}

/** Compares a format tag, `<name>/<version>`. Throws a {@link CaseError} that tells a wrong version from a wrong file. */
export function checkFormat(found: unknown, expected: string, place: string): void {
  if (found === expected) return;
  const [name] = expected.split('/');
  const isOther = typeof found === 'string' && found.startsWith(`${name}/`);
  const message = isOther
    ? `${place}: this version reads '${expected}', the file is '${found}'`
    : `${place}: expected '${expected}', got ${JSON.stringify(found) ?? 'nothing'}`;
  throw new CaseError('E_CASE_VERSION', place, message);
}

function contentError(spec: SystemSpec, data: object, issue: z.core.$ZodIssue, at: string): CaseError {
  const place = pathText([at, ...issue.path]);
  const event = issue.path[0] === 'events' && (data as { events?: unknown[] }).events?.[Number(issue.path[1])];
  const say = (what: string): CaseError => new CaseError('E_CASE_CONTENT', place, `${place}: ${what}`);
  if (issue.code === 'unrecognized_keys') {
    return say(`unknown ${issue.keys.length === 1 ? 'member' : 'members'} ${issue.keys.join(', ')}`);
  }
  if (issue.code === 'invalid_union' && typeof event === 'object' && event !== null) {
    const kind = (event as Partial<AnyEvent>).kind;
    return say(`there is no event kind ${JSON.stringify(kind) ?? 'nothing'}${hint(kind, Object.keys(spec.alphabet))}`);
  }
  const value = valueAt(data, issue.path);
  return say(`${issue.message}, got ${JSON.stringify(value) ?? 'nothing'}`);
}

const valueAt = (data: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], data);

/** `; did you mean 'raise'?` where a known name is near, else the known names; empty if there are none. */
function hint(given: unknown, known: readonly string[]): string {
  const meant = typeof given === 'string' ? closest(given, known) : undefined;
  if (meant !== undefined) return `; did you mean '${meant}'?`;
  return known.length === 0 ? '' : `; known: ${known.join(', ')}`;
}
