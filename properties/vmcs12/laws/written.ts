import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import type { Vmcs12Configuration } from '../../../spec/vmcs12/configuration.ts';
import { fieldNames, fields, fieldsByClass, fieldSpec, type VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import { eptpList, injections } from '../../../spec/vmcs12/universe.ts';
import { fieldNumbers, fieldPlaces, commonGroups, allGroups, controlPlaces, type SectionName } from '../words.ts';
import { hex, law, Watch, type ClauseName, type Wrong } from '../law.ts';
import { outcome, type Sighted } from '../sighted.ts';

const owned = Object.keys({
  ...fieldsByClass.control,
  ...fieldsByClass.controlWords,
  ...fieldsByClass.host,
}) as readonly VmcsFieldName[];

const atReset = (name: VmcsFieldName, { guestMode }: Vmcs12Configuration): number => {
  if (name === 'entryControls' && guestMode === 'pae') return 0;
  const { reset, values } = fieldSpec(name);
  return reset ?? values[0] ?? 0;
};

const clauseOf = (name: VmcsFieldName): ClauseName => {
  switch (fields[name].group) {
    case 'controls':
      return 'controls-keep-what-l1-wrote';
    case 'masks':
      return 'masks-and-shadows-keep-what-l1-wrote';
    case 'host':
      return 'host-state-keeps-what-l1-wrote';
    case 'entryEvent':
      return name === 'entryInterruption' ? 'exit-clears-entry-valid-bit' : 'entry-error-code-and-length-stay';
    default:
      if (name === 'tscOffset') return 'tsc-offset-keeps-what-l1-wrote';
      return name === 'eptp' ? 'eptp-changes-by-vm-function-alone' : 'other-controls-keep-what-l1-wrote';
  }
};

const modeBit = 1 << controlPlaces.ia32eModeGuest.bit;

/** VMCS12-37: what L1 wrote last, of each VMCS. */
class AsWritten extends Watch {
  private readonly written: readonly Map<VmcsFieldName, number>[];

  constructor(sight: Sighted) {
    super(sight);
    this.written = [0, 1].map(() => new Map(owned.map((name) => [name, atReset(name, sight.config)])));
  }

  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    const written = this.written[sight.slot];
    if (written === undefined) return undefined;
    this.follow(event, written);
    this.moments++;
    for (const [name, value] of written) {
      const found = sight.field(name);
      if (found !== value) {
        return { clause: clauseOf(name), summary: `${name} reads ${hex(found)}, and L1 wrote ${hex(value)}` };
      }
    }
    return undefined;
  }

  private follow(event: Vmcs12Event, written: Map<VmcsFieldName, number>): void {
    const { sight } = this;
    if (sight.outcome === outcome.exited) {
      written.set('entryInterruption', written.get('entryInterruption')! & 0x7fff_ffff);
      if (sight.config.savesEferLma) {
        const others = written.get('entryControls')! & ~modeBit;
        written.set('entryControls', (others | (sight.field('entryControls') & modeBit)) >>> 0);
      }
    }
    if (event.kind === 'vmfunc') written.set('eptp', eptpList[event.value]);
    if (sight.outcome !== outcome.succeed) return;
    switch (event.kind) {
      case 'vmwriteControl':
      case 'vmwriteHost':
        written.set(event.field, fieldSpec(event.field).values[event.value]!);
        break;
      case 'control':
      case 'controlOptional': {
        const { field, bit } = controlPlaces[event.bit];
        const others = written.get(field)! & ~(1 << bit);
        written.set(field, (others | (Number(event.on) << bit)) >>> 0);
        break;
      }
      case 'inject': {
        const what: { information: number; errorCode?: number; length?: number } = injections[event.event];
        written.set('entryInterruption', what.information);
        if (what.errorCode !== undefined) written.set('entryErrorCode', what.errorCode);
        if (what.length !== undefined) written.set('entryLength', what.length);
        break;
      }
      default:
    }
  }
}

/** VMREAD gives what the section shows; VMWRITE puts the value there, and changes no other field. */
class ReadAndWrite extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    if (sight.outcome !== outcome.succeed || !('field' in event)) return undefined;
    const number = fieldNumbers[event.field];
    if (!sight.fields.includes(number)) return undefined;
    const found = sight.now[fieldPlaces[number]!]!;
    if (event.kind === 'vmread') {
      this.moments++;
      const differs = (sight.word('step.value') ^ found) & sight.defined(number);
      return differs === 0 ? undefined : `VMREAD of ${event.field} gives ${hex(sight.word('step.value'))}`;
    }
    this.moments++;
    const value = fieldSpec(event.field).values[event.value]!;
    if (found !== value) return `${event.field} reads ${hex(found)} after VMWRITE of ${hex(value)}`;
    const changed = sight.isFirst ? undefined : sight.changed((name) => name === event.field);
    return changed === undefined ? undefined : `VMWRITE of ${event.field} changes ${changed}`;
  }
}

interface Left {
  readonly words: Uint32Array;
  readonly defined: readonly number[];
}

/** VMCS12-15: a VMCS comes back as it was left. */
class ComesBack extends Watch {
  private readonly left: (Left | undefined)[] = [undefined, undefined];

  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight, left } = this;
    if (event.kind === 'vmptrld' && sight.slot === event.slot) {
      const was = left[event.slot];
      if (was !== undefined) {
        this.moments++;
        const lost = sight.fields.find((number) => {
          const place = fieldPlaces[number]!;
          return ((sight.now[place]! ^ was.words[place]!) & was.defined[number]!) !== 0;
        });
        if (lost !== undefined) return `${fieldNames[lost]!} of VMCS ${event.slot} comes back otherwise`;
      }
    }
    if (sight.slot >= 0) {
      left[sight.slot] = { words: sight.now.slice(), defined: fieldNames.map((_, number) => sight.defined(number)) };
    }
    return undefined;
  }
}

const readable: readonly SectionName[] = ['step', 'machine', ...commonGroups];

export const written = [
  law({
    id: 'controls-read-as-written',
    claim: 'Every control and host-state field reads as L1 wrote it last.',
    judges: [
      'controls-keep-what-l1-wrote',
      'tsc-offset-keeps-what-l1-wrote',
      'masks-and-shadows-keep-what-l1-wrote',
      'other-controls-keep-what-l1-wrote',
      'eptp-changes-by-vm-function-alone',
      'host-state-keeps-what-l1-wrote',
      'entry-error-code-and-length-stay',
      'exit-clears-entry-valid-bit',
    ],
    needs: ['step', 'machine', 'entryEvent', 'controls', 'masks', 'otherControls', 'host'],
    scenario: {
      name: 'L1 writes, L2 runs and exits',
      events: [
        { kind: 'vmwriteControl', field: 'tscOffset', value: 1 },
        { kind: 'vmwriteControl', field: 'cr0Mask', value: 1 },
        { kind: 'control', bit: 'hltExiting', on: true },
        { kind: 'inject', event: 'int3' },
        { kind: 'enter', by: 'right' },
        { kind: 'clts' },
        { kind: 'hlt' },
      ],
    },
    watch: AsWritten,
  }),
  law({
    id: 'vmread-and-vmwrite-agree',
    claim: 'VMREAD gives the field, VMWRITE sets it and leaves all others.',
    judges: ['vmread-gives-the-last-write', 'lazy-state-is-invisible', 'exit-information-can-be-written'],
    needs: readable,
    scenario: {
      name: 'written and read after an exit',
      events: [
        { kind: 'enter', by: 'right' },
        { kind: 'loadSegment', segment: 'ds', value: 1 },
        { kind: 'vmcall' },
        { kind: 'vmread', field: 'dsSelector' },
        { kind: 'vmwrite', field: 'dsLimit', value: 1 },
      ],
    },
    watch: ReadAndWrite,
  }),
  law({
    id: 'vmcs-comes-back-whole',
    claim: 'A VMCS has the same fields when it is current again as when it was left.',
    judges: ['other-vmcs-is-untouched', 'vmclear-and-vmptrld-keep-the-fields'],
    needs: ['step', 'machine', ...allGroups.filter((group) => group !== 'bndcfgs')],
    scenario: {
      name: 'L2 runs on the other VMCS in between',
      events: [
        { kind: 'enter', by: 'right' },
        { kind: 'lgdt', value: 1 },
        { kind: 'vmcall' },
        { kind: 'vmptrld', slot: 1 },
        { kind: 'enter', by: 'right' },
        { kind: 'movRsp', value: 1 },
        { kind: 'vmcall' },
        { kind: 'vmptrld', slot: 0 },
      ],
    },
    watch: ComesBack,
  }),
];
