import type { VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { fieldsByClass, fieldNames } from '../../../spec/vmcs12/fields.ts';
import { bits } from '../../../model/vmcs12/index.ts';
import { commonGroups, fieldNumbers, fieldPlaces, type WordName } from '../words.ts';
import { hex, isOfL0, law, Watch, type ClauseName, type Wrong } from '../law.ts';
import { outcome, type Sighted } from '../sighted.ts';
import { isPlainExit } from './saved.ts';

type Pair = readonly [field: VmcsFieldName, word: WordName];

const pairs: readonly Pair[] = [
  ['cr3', 'l2.cr3'],
  ['rsp', 'l2.rsp'],
  ['rip', 'l2.rip'],
  ['csSelector', 'l2.cs'],
  ['ssSelector', 'l2.ss'],
  ['dsSelector', 'l2.ds'],
  ['fsSelector', 'l2.fs'],
  ['ldtrSelector', 'l2.ldtr'],
  ['fsBase', 'l2.fsBase'],
  ['gdtrBase', 'l2.gdtrBase'],
  ['gdtrLimit', 'l2.gdtrLimit'],
  ['idtrBase', 'l2.idtrBase'],
  ['idtrLimit', 'l2.idtrLimit'],
  ['sysenterCs', 'l2.sysenterCs'],
  ['activity', 'l2.activity'],
  ['interruptibility', 'l2.blocking'],
];

const segments = ['ss', 'ds', 'fs', 'ldtr'] as const;

/** Whether an entry has just loaded L2, and nothing has happened since. */
const hasJustEntered = (sight: Sighted): boolean =>
  sight.outcome === outcome.entered && !sight.isFirst && sight.word('delivery.event') === 0;

/** INV-V3: every field that no control keeps from being loaded. */
class Loaded extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (!hasJustEntered(sight)) return undefined;
    this.moments++;
    const differs = (what: string, found: number, wanted: number): string | undefined =>
      found === wanted ? undefined : `L2 starts with ${what} ${hex(found)}, and the field is ${hex(wanted)}`;
    for (const [field, word] of pairs) {
      const wrong = differs(field, sight.word(word), sight.field(field));
      if (wrong !== undefined) return wrong;
    }
    for (const register of ['cr0', 'cr4'] as const) {
      const mask = sight.field(`${register}Mask`);
      const unmasked = ~mask >>> 0;
      const found = (sight.word(`l2.${register}`) & unmasked) >>> 0;
      const wrong = differs(register, found, (sight.field(register) & unmasked) >>> 0);
      if (wrong !== undefined) return wrong;
    }
    const usable = segments.reduce(
      (set, name, bit) => set | (sight.field(`${name}AccessRights`) & bits.accessRights.unusable ? 0 : 1 << bit),
      0,
    );
    const stack = sight.field('entryMsrLoadCount') > 0 ? 0x7f00 : sight.field('sysenterEsp');
    return (
      differs('usable segments', sight.word('l2.usable'), usable) ??
      differs('SYSENTER_ESP', sight.word('l2.sysenterEsp'), stack) ??
      differs('RFLAGS', sight.word('l2.rflags'), (sight.field('rflags') & ~bits.rflags.rf) >>> 0) ??
      differs('EPT pointer', sight.word('l2.eptp'), sight.has('ept') ? sight.field('eptp') : 0)
    );
  }
}

/** The four combinations: what the entry does not load is that of L1. */
class LoadedByControls extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (!hasJustEntered(sight)) return undefined;
    this.moments++;
    const pat = sight.has('loadPat') ? sight.field('pat') : sight.was('l1.pat');
    if (sight.word('l2.pat') !== pat) return `L2 starts with PAT ${hex(sight.word('l2.pat'))}`;
    const dr7 = sight.has('loadDebugControls') ? sight.field('dr7') : sight.was('l1.dr7');
    if (sight.word('l2.dr7') !== dr7) return `L2 starts with DR7 ${hex(sight.word('l2.dr7'))}`;
    const efer = sight.has('loadEfer') ? sight.field('efer') : this.eferOfL1();
    if (sight.word('l2.efer') === efer) return undefined;
    return { clause: 'efer-at-entry', summary: `L2 starts with EFER ${hex(sight.word('l2.efer'))}` };
  }

  private eferOfL1(): number {
    const { sight } = this;
    const { lma, lme } = bits.efer;
    const changes = sight.field('cr0') & bits.cr0.pg ? lma | lme : lma;
    return ((sight.was('l1.efer') & ~changes) | (sight.has('ia32eModeGuest') ? changes : 0)) >>> 0;
  }
}

class OptionalLoaded extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (!hasJustEntered(sight)) return undefined;
    this.moments++;
    const debugctl = sight.has('loadDebugControls') ? sight.field('debugctl') : sight.was('l1Debugctl.value');
    const found = sight.word('l2Optional.debugctl');
    if (found !== debugctl) return `L2 starts with DEBUGCTL ${hex(found)}`;
    const bndcfgs = sight.has('loadBndcfgs') ? sight.field('bndcfgs') : sight.was('l1Bndcfgs.value');
    const isRight = !sight.config.mpx || sight.word('l2Optional.bndcfgs') === bndcfgs;
    return isRight ? undefined : `L2 starts with BNDCFGS ${hex(sight.word('l2Optional.bndcfgs'))}`;
  }
}

/** What an entry and an exit by controls of their own make different. */
const gated: ReadonlySet<VmcsFieldName> = new Set(['pat', 'efer', 'dr7', 'sysenterEsp'] as const);
const guest = Object.keys(fieldsByClass.guest) as readonly VmcsFieldName[];
const compared = guest.filter((name) => !gated.has(name) && !['pdpte0', 'pdpte1', 'interruptStatus'].includes(name));

/** INV-V2: an exit, an entry, the same exit. */
class Idempotence extends Watch {
  private first:
    { readonly event: string; readonly reason: number; readonly words: Uint32Array; isEntered: boolean } | undefined;

  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight, first } = this;
    if (isOfL0(event) || event.kind === 'vmread') return undefined;
    if (first !== undefined && !first.isEntered && event.kind === 'enter' && hasJustEntered(sight)) {
      first.isEntered = true;
      return undefined;
    }
    this.first = undefined;
    if (!isPlainExit(sight)) return undefined;
    const reason = sight.field('exitReason');
    const name = JSON.stringify(event);
    this.first = { event: name, reason, words: sight.now.slice(), isEntered: false };
    if (first?.isEntered !== true || first.event !== name || first.reason !== reason) return undefined;
    this.moments++;
    const other = compared.find((field) => {
      const number = fieldNumbers[field];
      const place = fieldPlaces[number]!;
      return ((sight.now[place]! ^ first.words[place]!) & sight.defined(number)) !== 0;
    });
    if (other === undefined) return undefined;
    return `the same exit again saves another ${fieldNames[fieldNumbers[other]]}`;
  }
}

const loads: readonly [ClauseName, ...ClauseName[]] = ['entry-loads-guest-state', 'state-survives-the-round-trip'];

export const loaded = [
  law({
    id: 'entry-loads-the-fields',
    claim: 'L2 starts with the guest state that the fields have.',
    judges: [...loads, 'base-of-unusable-fs-is-saved'],
    needs: [
      'step',
      'delivery',
      'machine',
      'controls',
      'masks',
      'otherControls',
      'registers',
      'segments',
      'tables',
      'msrs',
      'nonRegister',
      'l2',
    ],
    scenario: {
      name: 'L2 left by an exit, and entered again',
      events: [
        { kind: 'vmwrite', field: 'fsAccessRights', value: 1 },
        { kind: 'vmwrite', field: 'fsBase', value: 1 },
        { kind: 'enter', by: 'right' },
        { kind: 'lidt', value: 1 },
        { kind: 'vmcall' },
        { kind: 'enter', by: 'right' },
      ],
    },
    watch: Loaded,
  }),
  law({
    id: 'entry-controls-choose-whose-msrs',
    claim: 'PAT, DR7 and EFER of L2 come from the fields where the entry control says so, and else from L1.',
    judges: ['msrs-are-loaded-by-their-entry-controls', 'efer-at-entry'],
    needs: ['step', 'delivery', 'machine', 'controls', 'registers', 'msrs', 'l1', 'l2'],
    scenario: {
      name: 'PAT of L1, then of the field',
      events: [
        { kind: 'set', register: 'pat', value: 1 },
        { kind: 'vmwrite', field: 'pat', value: 2 },
        { kind: 'enter', by: 'right' },
        { kind: 'vmcall' },
        { kind: 'control', bit: 'loadPat', on: true },
        { kind: 'enter', by: 'right' },
      ],
    },
    watch: LoadedByControls,
  }),
  law({
    id: 'entry-controls-choose-optional-msrs',
    claim: 'The same of DEBUGCTL and BNDCFGS.',
    judges: ['msrs-are-loaded-by-their-entry-controls'],
    needs: ['step', 'delivery', 'machine', 'controls', 'debugctl', 'bndcfgs', 'l1Debugctl', 'l1Bndcfgs', 'l2Optional'],
    scenario: {
      name: 'DEBUGCTL of L1, then of the field',
      events: [
        { kind: 'setOptional', register: 'debugctl', value: 1 },
        { kind: 'enter', by: 'right' },
        { kind: 'vmcall' },
        { kind: 'vmwriteOptional', field: 'debugctl', value: 2 },
        { kind: 'control', bit: 'loadDebugControls', on: true },
        { kind: 'enter', by: 'right' },
      ],
    },
    watch: OptionalLoaded,
  }),
  law({
    id: 'same-exit-saves-the-same',
    claim: 'An exit, an entry and the same exit leave the guest state that the first exit left.',
    judges: ['state-survives-the-round-trip'],
    needs: ['step', 'delivery', 'machine', ...commonGroups],
    scenario: {
      name: 'CPUID twice',
      events: [
        { kind: 'enter', by: 'right' },
        { kind: 'sti' },
        { kind: 'cpuid' },
        { kind: 'enter', by: 'right' },
        { kind: 'cpuid' },
      ],
    },
    watch: Idempotence,
  }),
];
