import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import type { VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import { msrLists } from '../../../spec/vmcs12/universe.ts';
import { words, type WordName } from '../words.ts';
import { hex, isOfL1, law, Watch, type Wrong } from '../law.ts';
import { outcome } from '../sighted.ts';

const pairs: readonly (readonly [field: VmcsFieldName, word: WordName])[] = [
  ['hostRip', 'l1.rip'],
  ['hostRsp', 'l1.rsp'],
  ['hostCr0', 'l1.cr0'],
  ['hostCr3', 'l1.cr3'],
  ['hostCr4', 'l1.cr4'],
  ['hostCsSelector', 'l1.csSelector'],
  ['hostFsBase', 'l1.fsBase'],
  ['hostGdtrBase', 'l1.gdtrBase'],
  ['hostSysenterCs', 'l1.sysenterCs'],
];

const fixed: readonly (readonly [word: WordName, value: number])[] = [
  ['l1.rflags', 2],
  ['l1.dr7', 0x400],
  ['l1.gdtrLimit', 0xffff],
  ['l1Debugctl.value', 0],
];

const loadedPat = msrLists.exitLoad[0].value;

/** VMCS12-35. */
class Loaded extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (sight.outcome !== outcome.exited && sight.outcome !== outcome.entryFailed) return undefined;
    this.moments++;
    for (const [field, word] of pairs) {
      if (sight.word(word) !== sight.field(field))
        return `${word} is ${hex(sight.word(word))}, and ${field} ${hex(sight.field(field))}`;
    }
    for (const [word, value] of fixed) {
      if (sight.word(word) !== value) {
        return { clause: 'l1-starts-with-fixed-values', summary: `${word} is ${hex(sight.word(word))}` };
      }
    }
    return this.msrs();
  }

  private msrs(): Wrong | undefined {
    const { sight } = this;
    const isLoaded = sight.field('exitMsrLoadCount') > 0;
    if (isLoaded && sight.word('l1.pat') !== loadedPat) {
      return { clause: 'msr-load-overrides-host-state', summary: `PAT of L1 is ${hex(sight.word('l1.pat'))}` };
    }
    if (!isLoaded && sight.has('loadHostPat') && sight.word('l1.pat') !== sight.field('hostPat')) {
      return { clause: 'host-pat-by-its-control', summary: `PAT of L1 is ${hex(sight.word('l1.pat'))}` };
    }
    if (sight.has('loadHostEfer') && sight.word('l1.efer') !== sight.field('hostEfer')) {
      return { clause: 'host-efer-by-its-control', summary: `EFER of L1 is ${hex(sight.word('l1.efer'))}` };
    }
    if ((sight.word('l1.efer') & 0x500) !== 0x500) {
      return { clause: 'host-efer-by-its-control', summary: 'L1 is not in IA-32e mode' };
    }
    if (sight.config.mpx && sight.has('clearBndcfgs') && sight.word('l1Bndcfgs.value') !== 0) {
      return { clause: 'bndcfgs-is-cleared-by-its-control', summary: 'BNDCFGS of L1 is not cleared' };
    }
    return undefined;
  }
}

const ofL1 = new Set(['l1', 'l1Debugctl', 'l1Bndcfgs', 'msrStore']);
const wordsOfL1 = words.flatMap(([section], place) => (ofL1.has(section) ? [place] : []));

class Still extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    const { outcome: came } = sight;
    if (sight.isFirst || came === outcome.exited || came === outcome.entryFailed) return undefined;
    if (isOfL1(event) && came !== outcome.entered) return undefined;
    this.moments++;
    const moved = wordsOfL1.find((place) => sight.now[place] !== sight.before[place]);
    return moved === undefined ? undefined : `${event.kind} changes ${words[moved]!.join('.')}`;
  }
}

export const hostState = [
  law({
    id: 'l1-gets-the-host-state',
    claim:
      'After an exit, or a late failure, L1 has the host-state fields, the fixed values, and the MSRs of its list.',
    judges: [
      'l1-registers-come-from-host-fields',
      'l1-starts-with-fixed-values',
      'host-pat-by-its-control',
      'host-efer-by-its-control',
      'bndcfgs-is-cleared-by-its-control',
      'msr-load-overrides-host-state',
      'late-failure-loads-host-state',
    ],
    needs: ['step', 'controls', 'otherControls', 'host', 'l1', 'l1Debugctl', 'l1Bndcfgs'],
    scenario: {
      name: 'L2 changes PAT, and L1 loads its own',
      events: [
        { kind: 'vmwriteHost', field: 'hostCr3', value: 1 },
        { kind: 'control', bit: 'loadHostPat', on: true },
        { kind: 'enter', by: 'right' },
        { kind: 'wrmsr', msr: 'pat', value: 1 },
        { kind: 'vmcall' },
      ],
    },
    watch: Loaded,
  }),
  law({
    id: 'l1-does-not-move-while-l2-runs',
    claim: 'Nothing but an exit changes what L1 had when it entered L2, or its MSR-store area.',
    judges: ['registers-of-l1-are-still-while-l2-runs', 'msr-store-sees-l2'],
    needs: ['step', 'l1', 'l1Debugctl', 'l1Bndcfgs', 'msrStore'],
    scenario: {
      name: 'L2 changes what L1 has, too',
      events: [
        { kind: 'set', register: 'pat', value: 1 },
        { kind: 'enter', by: 'right' },
        { kind: 'wrmsr', msr: 'pat', value: 2 },
        { kind: 'movCr3', value: 0x2000 },
        { kind: 'movDr7', value: 0x700 },
      ],
    },
    watch: Still,
  }),
];
