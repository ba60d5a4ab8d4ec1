import type { SectionView } from '../../spec/contract.ts';
import type { Image, Reply, Shown, VgicState } from './state.ts';

const allBits = 0xffff_ffff;

const reply: SectionView<VgicState, Reply> = {
  part: (state) => state.reply,
  words: ({ value, resampled }) => [value, resampled],
  defined: ({ defined }) => (defined === allBits ? undefined : [defined, allBits]),
};

const view = (section: keyof Shown): SectionView<VgicState, Image> => ({
  part: (state, index) => state.shown[section][index],
  words: ({ words }) => words,
  defined: ({ defined }) => defined,
  whole: (state) => state.shown[section],
});

/** One view for each section of `spec/vgic/observation.ts`, in its order. */
export const views: readonly SectionView<VgicState>[] = [
  reply,
  view('listRegister'),
  view('interface'),
  view('physical'),
  view('distributor'),
  view('software'),
] as readonly SectionView<VgicState>[];
