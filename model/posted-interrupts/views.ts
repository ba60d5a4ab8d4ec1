import type { SectionView } from '../../spec/contract.ts';
import { atomicSteps, type AtomicStep } from '../../spec/posted-interrupts/steps.ts';
import type { LocalApic } from '../local-apic/index.ts';
import type {
  Core,
  Delivery,
  Descriptor,
  Effects,
  Exit,
  IoApic,
  NestedGuest,
  PhysicalCpu,
  PostedInterruptsState as State,
  Poster,
  Reply,
  Schedule,
  Steps,
  VirtualApic,
} from './state.ts';

const flags = (...bits: readonly boolean[]): number => bits.reduce((word, bit, n) => word | (Number(bit) << n), 0);

const control = ({ on, sn, nv }: Descriptor): number => flags(on, sn) | (nv << 16);

const counterOf: Readonly<Record<string, number>> = Object.fromEntries(atomicSteps.map((step, n) => [step, 1 + n]));

/** Program counter of an agent as it is shown: 0 at rest, else 1 + the place of the step among all. */
export const counter = (step: AtomicStep | undefined): number => (step === undefined ? 0 : counterOf[step]);

const reply: SectionView<State, Reply> = { part: (state) => state.reply, words: ({ value }) => [value] };

const delivery: SectionView<State, Delivery> = {
  part: (state) => state.delivery,
  words: ({ first, second, taker }) => [first, second, taker],
};

const exit: SectionView<State, Exit> = {
  part: (state) => state.exit,
  words: (part) => [
    part.reason,
    part.qualification,
    part.interruption,
    part.idtVectoring,
    part.l1Reason,
    part.l1Interruption,
  ],
};

const effects: SectionView<State, Effects> = {
  part: (state) => state.effects,
  words: ({ accepted, acceptor, broadcast, sent, consumed }) => [accepted, acceptor, broadcast, sent, consumed],
};

const apic: SectionView<State, LocalApic> = {
  part: (state, v) => state.vcpus[v].apic,
  words: ({ irr, isr, tmr, tpr, ppr, enabled }) => [irr, isr, tmr, tpr, ppr, flags(enabled)],
};

const virtualApic: SectionView<State, VirtualApic> = {
  part: (state, v) => state.vcpus[v].virtual,
  words: ({ rvi, svi, eoiExit, threshold, apicv, recognized, window }) => [
    rvi,
    svi,
    eoiExit,
    threshold,
    flags(apicv, recognized, window),
  ],
};

const core: SectionView<State, Core> = {
  part: (state, v) => state.vcpus[v].core,
  words: ({ interruptFlag, blocking, halted, l2, nmi, obstructed, inflight }) => [
    flags(interruptFlag, blocking === 'sti', blocking === 'movss', halted, l2, nmi, obstructed),
    inflight,
  ],
};

const descriptor: SectionView<State, Descriptor> = {
  part: (state, v) => state.vcpus[v].descriptor,
  words: (part) => [part.pir, control(part), part.ndst],
};

const schedule: SectionView<State, Schedule> = {
  part: (state, v) => state.vcpus[v].schedule,
  words: ({ mode, pcpu, loaded, blocked, list }) => [mode, pcpu, flags(loaded, blocked), list],
};

const physical: SectionView<State, PhysicalCpu> = {
  part: (state, p) => state.physical[p],
  words: ({ pending }) => [pending],
};

const ioapic: SectionView<State, IoApic> = {
  part: (state) => state.ioapic,
  words: ({ level, remoteIrr }) => [level, remoteIrr],
};

const nested: SectionView<State, NestedGuest> = {
  part: (state) => state.nested,
  words: ({ apic: page, virtual: { rvi, svi, recognized }, core: { interruptFlag, blocking }, ...rest }) => [
    page.irr,
    page.isr,
    page.tpr,
    page.ppr,
    rvi,
    svi,
    rest.descriptor.pir,
    control(rest.descriptor),
    flags(interruptFlag, blocking === 'sti', blocking === 'movss', recognized, rest.piPending),
  ],
};

const poster = ({ step, vector }: Poster): number => counter(step) | (vector << 8);

const steps: SectionView<State, Steps> = {
  part: (state) => state.steps,
  words: ({ target, posters }) => [counter(target), poster(posters[0]), poster(posters[1])],
};

/** One view for each section of `spec/posted-interrupts/observation.ts`, in its order. */
export const views: readonly SectionView<State>[] = [
  reply,
  delivery,
  exit,
  effects,
  apic,
  virtualApic,
  core,
  descriptor,
  schedule,
  physical,
  ioapic,
  nested,
  steps,
] as readonly SectionView<State>[];
