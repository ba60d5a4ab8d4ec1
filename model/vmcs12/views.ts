import type { SectionView } from '../../spec/contract.ts';
import type { FieldGroup } from '../../spec/vmcs12/fields.ts';
import { rflags } from './bits.ts';
import type {
  ControlRegister,
  Delivery,
  L1,
  L2,
  MsrStore,
  Platform,
  Segment,
  Shared,
  Step,
  Vmcs12State as State,
  Word,
} from './state.ts';
import { isUnusable } from './update.ts';
import { noVmcs, type FieldGroupState } from './vmcs.ts';

const allBits = 0xffff_ffff;

const step: SectionView<State, Step> = {
  part: (state) => state.step,
  words: ({ outcome, value }) => [outcome, value],
  defined: ({ defined }) => (defined === allBits ? undefined : [allBits, defined]),
};

const delivery: SectionView<State, Delivery> = {
  part: (state) => state.delivery,
  words: ({ event, returnRip, errorCode }) => [event, returnRip, errorCode],
};

const machine: SectionView<State, Platform> = {
  part: (state) => state.platform,
  words: ({ level, current, launched }) => [level, 1 + current, launched],
};

const group = (name: FieldGroup): SectionView<State, FieldGroupState> => ({
  part: ({ platform: { current }, vmcss }) => (current < 0 ? noVmcs : vmcss[current])[name],
  words: ({ values }) => values,
  defined: ({ defined }) => (defined.every((mask) => mask === allBits) ? undefined : defined),
});

const l1: SectionView<State, L1> = {
  part: (state) => state.l1,
  words: (part) => [
    part.rip,
    part.rsp,
    part.rflags,
    part.cr0,
    part.cr3,
    part.cr4,
    part.dr7,
    part.csSelector,
    part.fsBase,
    part.gdtrBase,
    part.gdtrLimit,
    part.sysenterCs,
    part.pat,
    part.efer,
  ],
};

const word = (part: (state: State) => Word): SectionView<State, Word> => ({ part, words: ({ value }) => [value] });

const shared: SectionView<State, Shared> = {
  part: (state) => state.shared,
  words: ({ cr2, dr6 }) => [cr2, dr6],
};

const msrStore: SectionView<State, MsrStore> = {
  part: (state) => state.msrStore,
  words: ({ sysenterCs, pat }) => [sysenterCs, pat],
};

/** L2 while L1 runs. */
const atRest: Partial<L2> = {};
const running = ({ platform, l2 }: State): Partial<L2> => (platform.level === 2 ? l2 : atRest);

/** "Bits under the guest/host mask are read from the read shadow", whoever's mask and shadow they are. */
const asRead = ({ hardware, shadow, owned }: ControlRegister): number => ((hardware & owned) | (shadow & ~owned)) >>> 0;

const usable = (...segments: readonly Segment[]): number =>
  segments.reduce((bits, segment, place) => bits | (Number(!isUnusable(segment)) << place), 0);

const isRunning = (part: Partial<L2>): part is L2 => part !== atRest;

const wordsOfL2 = 26;

const l2: SectionView<State, Partial<L2>> = {
  part: running,
  words: (part) =>
    isRunning(part)
      ? [
          asRead(part.cr0),
          part.cr3,
          asRead(part.cr4),
          part.dr7,
          part.rsp,
          part.rip,
          (part.rflags & ~rflags.rf) >>> 0,
          part.cs.selector,
          part.ss.selector,
          part.ds.selector,
          part.fs.selector,
          part.ldtr.selector,
          usable(part.ss, part.ds, part.fs, part.ldtr),
          part.fs.base,
          part.gdtr.base,
          part.gdtr.limit,
          part.idtr.base,
          part.idtr.limit,
          part.sysenterCs,
          part.sysenterEsp,
          part.pat,
          part.efer,
          part.activity,
          part.shadow | (Number(part.nmiBlocking) << 3),
          part.rvi | (part.svi << 8),
          part.eptp,
        ]
      : Array.from({ length: wordsOfL2 }, () => 0),
};

const l2Optional: SectionView<State, Partial<L2>> = {
  part: running,
  words: (part) => (isRunning(part) ? [part.debugctl, part.bndcfgs, part.timer, part.pendingDebug] : [0, 0, 0, 0]),
};

/** One view for each section of `spec/vmcs12/observation.ts`, in its order. */
export const views: readonly SectionView<State>[] = [
  step,
  delivery,
  machine,
  group('registers'),
  group('segments'),
  group('tables'),
  group('msrs'),
  group('debugctl'),
  group('bndcfgs'),
  group('perfGlobal'),
  group('nonRegister'),
  group('pendingDebug'),
  group('timer'),
  group('pdptes'),
  group('interruptStatus'),
  group('pml'),
  group('exitInformation'),
  group('instructionError'),
  group('entryEvent'),
  group('controls'),
  group('masks'),
  group('otherControls'),
  group('host'),
  l1,
  word((state) => state.l1Debugctl),
  word((state) => state.l1Bndcfgs),
  shared,
  word((state) => state.sharedPerfGlobal),
  msrStore,
  l2,
  l2Optional,
] as readonly SectionView<State>[];
