import { alphabet, type IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { externalVectors, gateStates, gateVectors, refusedEntries } from '../../../spec/idt-vectoring/universe.ts';
import type { Outlook } from './outlook.ts';

/** An integer in [0, n). */
export type Random = (n: number) => number;

/** The place of the arguments among those of the kind; the last argument counts in ones. */
export type Choose = (o: Outlook, random: Random) => number;

/** One of the places that are listed, as often as they are. */
const among = (places: readonly number[], random: Random): number => places[random(places.length)]!;

const faultVectors: readonly number[] = alphabet.fault.args.vector.values;
const veAt = faultVectors.indexOf(20);

const names = Object.keys(refusedEntries);
/** Refusals that depend on the state of the guest; they come last. */
const late = names.findIndex((name) => refusedEntries[name as keyof typeof refusedEntries].fails === 'late');
const withoutSingleStep = names.indexOf('shadowWithoutSingleStep');

const { fault: spoilFaults, found: spoilFinders } = alphabet.spoil.args;
const faults = spoilFaults.values.length;
const finders = spoilFinders.values.length;

/** All but a full log, a misconfiguration and what belongs to L1: those need EPT. */
const obstaclesOfShadowPaging = [0, 2];

/** How to choose the arguments of a kind; a kind that is not listed takes any. */
export const choices: Readonly<Partial<Record<IdtVectoringEvent['kind'], Choose>>> = {
  popf: ({ trapFlag }) => Number(!trapFlag),
  // GD first, then anything that meets it.
  movdr: ({ generalDetect }, random) => (generalDetect ? random(3) : among([0, 0, 2, 1], random)),
  fault: ({ veBusy, isShadowPaging }, random) => {
    if (isShadowPaging) return random(veAt);
    return veBusy && random(4) === 0 ? veAt : random(faultVectors.length);
  },
  iret: (o, random) => (random(o.nmiBlocked ? 2 : 3) > 0 ? 0 : 1 + random(4)),
  external: ({ irr }, random) => {
    const free = externalVectors.map((_, place) => place).filter((place) => ((irr >> place) & 1) === 0);
    return free.length === 0 || random(6) === 0 ? random(externalVectors.length) : among(free, random);
  },
  gate: ({ gates }, random) => {
    const bad = gates.flatMap((gate, place) => (gate === 'present' ? [] : [place]));
    if (bad.length > 0 && random(bad.length > 2 ? 2 : 4) === 0) return among(bad, random) * gateStates.length;
    return random(gateVectors.length) * gateStates.length + 1 + random(gateStates.length - 1);
  },
  // Most often what the processor finds: a hypervisor that drops forgets the first of two that it finds itself.
  spoil: (_, random) => random(faults) * finders + (random(3) === 0 ? 1 : 0),
  obstruct: ({ isShadowPaging }, random) => (isShadowPaging ? among(obstaclesOfShadowPaging, random) : random(5)),
  refused: ({ shadow, halted, nmiBlocked, interruptFlag, trapFlag }, random) => {
    if (shadow && trapFlag && random(2) === 0) return withoutSingleStep;
    return (shadow || halted || nmiBlocked || !interruptFlag) && random(2) === 0
      ? late + random(names.length - late)
      : random(names.length);
  },
};
