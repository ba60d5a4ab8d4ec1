import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Case } from '../engine/case-file.ts';
import { writeCase } from '../engine/write-case.ts';

/** What became of a case that was to be stored. */
export type Stored = { readonly file: string } | { readonly problem: string };

/** Named by what is played: the same case found again replaces itself. */
const caseName = ({ config, events }: Case): string =>
  `${createHash('sha256')
    .update(JSON.stringify([config, events]))
    .digest('hex')
    .slice(0, 8)}.json`;

/** Writes a case into `<folder>/<system>`. Never throws: a full disk must not lose what was found. */
export async function storeCase(folder: string, found: Case): Promise<Stored> {
  const place = join(folder, found.system);
  const file = join(place, caseName(found));
  // Half a case, left by a full disk, would stand in the way of every later run.
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(place, { recursive: true });
    await writeFile(draft, writeCase(found));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  const near = relative(process.cwd(), file);
  return { file: near.startsWith('..') ? file : near };
}
