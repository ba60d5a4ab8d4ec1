import { defineConfig, type OxlintOverride } from 'oxlint';

/**
 * Who may import whom, for what the TypeScript project references cannot see: npm packages, `node:*`, and folders that
 * a project reaches through the references of its references. `ours` names folders of this repository, `npm` names
 * packages; `node:*` is allowed where `node` says so.
 */
interface Imports {
  readonly ours: readonly string[];
  readonly npm: readonly string[];
  readonly node: boolean;
}

const reporting = ['cli-table3', 'picocolors', 'xmlbuilder2', 'log-update', 'ts-pattern', 'zod'];

const mayImport: Record<string, Imports> = {
  spec: { ours: [], npm: [], node: false },
  model: { ours: ['spec'], npm: ['ts-pattern'], node: false },
  'src/optimized': { ours: ['spec'], npm: [], node: false },
  'src/engine': {
    ours: ['spec', 'model', 'src/optimized'],
    npm: ['fast-check', 'ts-pattern', 'zod'],
    node: true,
  },
  'src/protocol': {
    ours: ['spec', 'model', 'src/optimized', 'src/engine'],
    npm: ['ts-pattern', 'zod'],
    node: true,
  },
  'src/report': { ours: ['spec', 'model', 'src/optimized', 'src/engine'], npm: reporting, node: true },
  properties: { ours: ['spec', 'model', 'src/engine'], npm: ['fast-check', 'ts-pattern'], node: true },
  faults: { ours: ['spec', 'model', 'src/optimized'], npm: ['ts-pattern'], node: true },
  adapters: { ours: ['spec', 'src/protocol'], npm: ['ts-pattern', 'zod'], node: true },
  // faults and adapters: on demand, with `import()` (the rule does not tell the two kinds of import apart).
  'src/cli': {
    ours: [
      'spec',
      'model',
      'src/optimized',
      'src/engine',
      'src/protocol',
      'src/report',
      'properties',
      'faults',
      'adapters',
    ],
    npm: ['commander', ...reporting],
    node: true,
  },
};

const folders = Object.keys(mayImport);

/** A regular expression for relative imports of `target` from anywhere inside `folder`. */
function relativeImportOf(target: string, folder: string): string {
  const sibling = target.replace(/^src\//, '');
  const fromSrc = target.startsWith('src/') && folder.startsWith('src/');
  return fromSrc ? `^(\\.\\./)+(src/)?${sibling}/` : `^(\\.\\./)+${target}/`;
}

function restrictionsFor(folder: string, { ours, npm, node }: Imports): OxlintOverride {
  const forbiddenFolders = folders.filter((other) => other !== folder && !ours.includes(other));
  const packages = [...npm, ...(node ? ['node:*', 'node:*/*'] : [])];
  const patterns = [
    ...forbiddenFolders.map((other) => ({
      regex: relativeImportOf(other, folder),
      message: `${folder}/ may not import ${other}/.`,
    })),
    // Last: once a group lets an import through, oxlint looks at no further pattern.
    {
      group: ['*', '!./**', '!../**', ...packages.map((name) => `!${name}`)],
      message: `${folder}/ may import ${packages.length === 0 ? 'no packages' : `only these packages: ${packages.join(', ')}`}.`,
    },
  ];
  return { files: [`${folder}/**/*.ts`], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import'],
  categories: { correctness: 'error' },
  ignorePatterns: ['dist/**', 'coverage/**', 'corpus/**', 'node_modules/**'],
  rules: {
    'import/no-cycle': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    // A `default` says that the rest is one case.
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  },
  overrides: [
    ...Object.entries(mayImport).map(([folder, imports]) => restrictionsFor(folder, imports)),
    {
      files: ['src/index.ts'],
      rules: {
        'no-restricted-imports': [
          'error',
          { patterns: [{ regex: '^[^.]', message: 'src/index.ts only re-exports what is in this repository.' }] },
        ],
      },
    },
    // Laws, guides and faults look at some kinds of event and pass over the others.
    {
      files: ['properties/**/*.ts', 'faults/**/*.ts', 'examples/**/*.ts'],
      rules: { 'typescript/switch-exhaustiveness-check': 'off' },
    },
    // Tests may import what they test and what they test it with.
    { files: ['**/*.test.ts'], rules: { 'no-restricted-imports': 'off' } },
  ],
});
