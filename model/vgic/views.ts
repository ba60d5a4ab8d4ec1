import type { SectionView } from '../../spec/contract.ts';
import type { Image, Reply, VgicState } from './state.ts';

const allBits = 0xffff_ffff;

const reply: SectionView<VgicState, Reply> = {
  part: (state) => state.reply,
  words: ({ value, resampled }) => [value, resampled],
  defined: ({ defined }) => (defined === allBits ? undefined : [defined, allBits]),
};

const words = (image: Image): readonly number[] => image.words;
const defined = (image: Image): readonly number[] | undefined => image.defined;

type ImageView = SectionView<VgicState, Image>;

// A function for each section rather than one for all: an access by a computed name was measured to take far longer.
const listRegister: ImageView = {
  part: ({ shown }, index) => shown.listRegister[index],
  whole: ({ shown }) => shown.listRegister,
  words,
  defined,
};
const interfaceOfCpu: ImageView = {
  part: ({ shown }, index) => shown.interface[index],
  whole: ({ shown }) => shown.interface,
  words,
  defined,
};
const physical: ImageView = {
  part: ({ shown }, index) => shown.physical[index],
  whole: ({ shown }) => shown.physical,
  words,
  defined,
};
const distributor: ImageView = {
  part: ({ shown }, index) => shown.distributor[index],
  whole: ({ shown }) => shown.distributor,
  words,
  defined,
};
const software: ImageView = {
  part: ({ shown }, index) => shown.software[index],
  whole: ({ shown }) => shown.software,
  words,
  defined,
};

/** One view for each section of `spec/vgic/observation.ts`, in its order. */
export const views: readonly SectionView<VgicState>[] = [
  reply,
  listRegister,
  interfaceOfCpu,
  physical,
  distributor,
  software,
] as readonly SectionView<VgicState>[];
