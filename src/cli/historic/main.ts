#!/usr/bin/env node
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import { page } from './document.ts';
import { gather } from './gather.ts';

/**
 * `npm run historic`: lets the suite review the historic drafts and writes docs/historic-patches.md. With `--check` it
 * changes nothing and exits 1 if the page is no longer what the runs say. An objection that is not found is an error.
 */
const file = join(packageRoot(), 'docs', 'historic-patches.md');
const text = await readFile(file, 'utf8').catch(() => '');
const fresh = page(await gather((line) => process.stderr.write(`${line}\n`)));

if (fresh === text) {
  console.log('docs/historic-patches.md is what the runs say.');
} else if (process.argv.includes('--check')) {
  const old = text.split('\n');
  const at = fresh.split('\n').findIndex((line, i) => line !== old[i]);
  console.error(`docs/historic-patches.md is stale, from line ${at + 1}: run npm run historic.`);
  console.error(`  says      ${old[at] ?? '(end)'}\n  should be ${fresh.split('\n')[at] ?? '(end)'}`);
  process.exitCode = 1;
} else {
  await writeFile(file, fresh);
  console.log('docs/historic-patches.md written.');
}
