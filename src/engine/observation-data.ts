import type { ObservationData } from '../../spec/observation.ts';
import type { Layout } from './layout.ts';

/** An observation that is not what the layout asks for; the message says where and what was expected. */
export class ObservationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ObservationError';
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWord = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;

const shown = (value: unknown): string => {
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/**
 * Writes an observation that came as data into words. Sections that are not in `shows` may be absent and are left as
 * they are; a section that is in `shows` must be complete.
 * Throws an {@link ObservationError} for anything else.
 */
export function wordsFromData(layout: Layout, data: unknown, shows: ReadonlySet<string>, into: Uint32Array): void {
  if (!isRecord(data)) throw new ObservationError(`an observation is an object of sections, not ${shown(data)}`);
  for (const name in data) {
    if (!layout.sections.some((section) => section.name === name)) {
      const known = layout.sections.map((section) => section.name).join(', ');
      throw new ObservationError(`there is no section '${name}'; sections are ${known}`);
    }
  }
  for (const { name, first, count, fields } of layout.sections) {
    if (!shows.has(name)) continue;
    const instances = data[name];
    if (instances === undefined) throw new ObservationError(`section '${name}' is declared as shown and missing`);
    if (!Array.isArray(instances)) {
      throw new ObservationError(`${name}: expected an array of ${count}, got ${shown(instances)}`);
    }
    if (instances.length !== count) {
      throw new ObservationError(`${name}: expected ${count} under this configuration, got ${instances.length}`);
    }
    let at = first;
    for (let index = 0; index < count; index++) {
      const instance: unknown = instances[index];
      if (!isRecord(instance)) {
        throw new ObservationError(`${name}[${index}]: expected an object of fields, got ${shown(instance)}`);
      }
      for (const field of fields) {
        const value = instance[field];
        if (!isWord(value)) {
          throw new ObservationError(
            value === undefined
              ? `${name}[${index}].${field} is missing`
              : `${name}[${index}].${field}: expected an unsigned 32-bit integer, got ${shown(value)}`,
          );
        }
        into[at++] = value;
      }
      for (const field in instance) {
        if (!fields.includes(field)) {
          throw new ObservationError(
            `${name}[${index}]: there is no field '${field}'; fields are ${fields.join(', ')}`,
          );
        }
      }
    }
  }
}

/** An observation as data: the sections in `shows`, or all of them. */
export function dataFromWords(layout: Layout, words: Uint32Array, shows?: ReadonlySet<string>): ObservationData {
  const data: Record<string, Record<string, number>[]> = {};
  for (const { name, first, count, fields } of layout.sections) {
    if (shows !== undefined && !shows.has(name)) continue;
    const instances: Record<string, number>[] = [];
    let at = first;
    for (let index = 0; index < count; index++) {
      const instance: Record<string, number> = {};
      for (const field of fields) instance[field] = words[at++];
      instances.push(instance);
    }
    data[name] = instances;
  }
  return data;
}
