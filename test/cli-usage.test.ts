import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { moduleFile, scratch, virq } from './fixtures/virq.ts';

// Each test starts processes, and the machine may be busy with others.
vi.setConfig({ testTimeout: 90_000 });

const here = scratch();

test.each(['', 'list', 'check', 'replay', 'shrink', 'explain'])('virq %s --help has an example', async (command) => {
  const { code, stdout } = await virq([...(command === '' ? [] : [command]), '--help'], here);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}virq /);
});

test('without a command it helps, and that is no success', async () => {
  const { code, stderr } = await virq([], here);
  expect(code).toBe(2);
  expect(stderr).toContain('Usage: virq');
});

test.each([
  [['chek'], 'Did you mean check?'],
  [['check', '--rums', '5'], 'Did you mean --runs?'],
  [['check', 'vgik'], "there is no system 'vgik'\nDid you mean 'vgic'?"],
  [['check', 'nothing-like-it'], "there is no system 'nothing-like-it'\nThere is: vgic"],
  [['check', '--impl', 'optimised'], "there is no implementation 'optimised'\nDid you mean 'optimized'?"],
  [['check', '--impl', 'fault:no-such-defect-anywhere'], "there is no implementation 'fault:no-such-defect-anywhere'"],
  [['check', '--impl', './absent.mjs'], 'there is no file ./absent.mjs'],
  [['check', '--profile', 'arhc'], "Did you mean 'arch'?"],
  [['check', '--config', 'nrLr'], 'it must have the form key=value'],
  [['check', '--config', 'nrLR=1'], "Did you mean 'nrLr'?"],
  [['check', '--config', 'nrLr=5'], 'It is one of: 4, 1, 2, 16.'],
  [['check', '--runs', '0'], 'It must be a whole number, 1 or more.'],
  [['check', '--seed', '1e3'], 'It must be a whole number'],
  [['check', '--seed', '4294967296'], 'It must fit 32 bits.'],
  [['check', '--time', 'soon'], 'It must be a number of seconds above 0.'],
  [['check', '--reporter', 'html'], 'Allowed choices are terminal, text, json, junit, tap.'],
  [['check', '--output', 'no/such/folder/report.xml'], 'cannot write no/such/folder/report.xml'],
  [['check', '--baseline', 'absent.json'], 'there is no file absent.json'],
  [['replay', 'absent.json'], 'there is no file absent.json'],
  [['explain', 'vgic/hardware-is-magic'], "there is no clause or case file 'vgic/hardware-is-magic'"],
  [['list', 'vgic', '--closes'], 'Did you mean --clauses?'],
])('%j: exit code 2 and a word of help', async (args, message) => {
  const { code, stdout, stderr } = await virq(args, here);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
  expect(stdout).toBe('');
});

const event = '{"kind":"raise","wire":"p40"}';
const stored = (members: object): string =>
  JSON.stringify({ format: 'virq-case/1', system: 'vgic', config: {}, events: [], ...members });

test.each([
  ['cut off', `{"format":"virq-case/1","events":[${event}`, 'E_CASE_JSON'],
  ['of the future', stored({ format: 'virq-case/9' }), "this version reads 'virq-case/1', the file is 'virq-case/9'"],
  ['of another program', '{"format":"package"}', 'E_CASE_VERSION'],
  ['of no system', stored({ system: 'vgik' }), "did you mean 'vgic'?"],
  ['with an odd event', stored({ events: [{ kind: 'rise', wire: 'p40' }] }), "did you mean 'raise'?"],
  ['with an odd argument', stored({ events: [{ kind: 'raise', wire: 'p4' }] }), 'events[0].wire: expected one of'],
  ['with an odd parameter', stored({ config: { nrLr: 3 } }), 'config.nrLr: expected one of'],
  ['with parameters that do not fit', stored({ config: { vms: 2, vcpus: 1 } }), 'these parameters do not fit together'],
])('a case file %s', async (name, text, message) => {
  const file = join(here, `${name.replaceAll(' ', '-')}.json`);
  writeFileSync(file, text);
  const { code, stderr } = await virq(['replay', file], here);
  expect(stderr).toContain(message);
  expect(stderr).toContain(file);
  expect(code).toBe(2);
});

test.each([
  ['without-default', 'the module has no default export'],
  ['without-create', "'create' is not a function"],
  ['unknown-section', "there is no section 'replay'\nDid you mean 'reply'?"],
  ['unknown-system', "there is no system 'vgik'\nDid you mean 'vgic'?"],
  ['bad-support', 'systems.vgic.supports.nrLr: expected a list of 4, 1, 2, 16'],
])('a module %s', async (name, message) => {
  const { code, stderr } = await virq(['check', '--impl', moduleFile(name)], here);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test.skipIf(process.features.typescript)('TypeScript on a Node that cannot run it', async () => {
  writeFileSync(join(here, 'own.ts'), 'export default {};\n');
  const { code, stderr } = await virq(['check', '--impl', './own.ts'], here);
  expect(stderr).toContain('TypeScript modules need Node 22.18 or newer');
  expect(code).toBe(2);
});
