import { Skip, type Cite, type Model, type SectionView } from '../../spec/contract.ts';
import type { ToyClause, ToyConfiguration, ToyEvent } from './spec.ts';

export interface Line {
  readonly high: boolean;
  readonly latched: boolean;
  readonly active: boolean;
}

interface Cpu {
  readonly running: boolean;
  readonly enabled: boolean;
  readonly latching: boolean;
  readonly signalled: boolean;
}

export interface ToyState {
  readonly lines: readonly Line[];
  readonly cpu: Cpu;
  /** Whether the highest pending line is taken first: chosen at entry, seen only at an acknowledge. */
  readonly highestFirst: boolean;
  readonly reply: { readonly value: number };
}

const nothing = { value: 0 };
const pending = (line: Line): boolean => line.high || line.latched;

export function toyModel(cite: Cite<ToyClause>): Model<ToyConfiguration, ToyEvent, ToyState> {
  let config: ToyConfiguration;

  const signal = (state: ToyState): ToyState => {
    const { lines, cpu } = state;
    const signalled = cpu.enabled && lines.some(pending) && !lines.some((line) => line.active);
    if (signalled === cpu.signalled) return state;
    cite('signal-is-truthful');
    return { ...state, cpu: { ...cpu, signalled } };
  };
  const withLine = (state: ToyState, index: number, change: Partial<Line>): ToyState =>
    signal({
      ...state,
      reply: nothing,
      lines: state.lines.map((line, i) => (i === index ? { ...line, ...change } : line)),
    });
  const withCpu = (state: ToyState, change: Partial<Cpu>): ToyState =>
    signal({ ...state, reply: nothing, cpu: { ...state.cpu, ...change } });

  const acknowledge = (state: ToyState): ToyState => {
    const none = !state.cpu.enabled || state.lines.some((line) => line.active) || !state.lines.some(pending);
    if (none) {
      cite('ack-of-nothing');
      return { ...state, reply: { value: 255 } };
    }
    cite('ack-takes-one');
    cite('ack-in-order');
    const index = state.highestFirst ? state.lines.findLastIndex(pending) : state.lines.findIndex(pending);
    return { ...withLine(state, index, { latched: false, active: true }), reply: { value: index } };
  };

  const step = (state: ToyState, event: ToyEvent): ToyState | readonly ToyState[] | Skip => {
    const { lines, cpu } = state;
    switch (event.kind) {
      case 'raise': {
        const line = lines[event.line];
        if (line === undefined) return new Skip('there is no such line');
        if (line.high) return new Skip('the line is high');
        cite('raise-makes-pending');
        return withLine(state, event.line, { high: true, latched: line.latched || cpu.latching });
      }
      case 'lower': {
        const line = lines[event.line];
        if (line === undefined) return new Skip('there is no such line');
        if (!line.high) return new Skip('the line is low');
        cite(line.latched ? 'latch-holds' : 'lower-takes-back');
        return withLine(state, event.line, { high: false });
      }
      case 'flip':
        cite('mode-flips');
        return withCpu(state, { latching: !cpu.latching });
      case 'enable':
      case 'disable': {
        const enabled = event.kind === 'enable';
        if (!cpu.running) return new Skip('the guest does not run');
        if (cpu.enabled === enabled) return new Skip('it is so already');
        cite('enable-opens');
        return withCpu(state, { enabled });
      }
      case 'enter': {
        if (config.profile === 'bare') return new Skip('no hypervisor');
        if (cpu.running) return new Skip('the guest runs');
        cite('entry-runs');
        const entered = withCpu(state, { running: true });
        const lowest = { ...entered, highestFirst: false };
        return config.order === 'lowest' ? lowest : [lowest, { ...entered, highestFirst: true }];
      }
      case 'exit':
        if (config.profile === 'bare') return new Skip('no hypervisor');
        if (!cpu.running) return new Skip('the guest does not run');
        cite('exit-keeps');
        return withCpu(state, { running: false });
      case 'ack':
        if (!cpu.running) return new Skip('the guest does not run');
        return acknowledge(state);
      case 'eoi': {
        if (!cpu.running) return new Skip('the guest does not run');
        const index = lines.findIndex((line) => line.active);
        if (index < 0) return new Skip('nothing is active');
        cite('eoi-completes');
        return withLine(state, index, { active: false });
      }
    }
  };

  return {
    initial(chosen) {
      config = chosen;
      return {
        lines: Array.from({ length: chosen.lines }, () => ({ high: false, latched: false, active: false })),
        cpu: { running: chosen.profile === 'bare', enabled: false, latching: false, signalled: false },
        highestFirst: false,
        reply: nothing,
      };
    },
    step,
    views: [replyView, lineView, cpuView],
  };
}

const replyView: SectionView<ToyState, ToyState['reply']> = {
  part: (state) => state.reply,
  words: (reply) => [reply.value],
  defined: () => [0xff],
};

const lineView: SectionView<ToyState, Line> = {
  part: (state, index) => state.lines[index]!,
  words: (line) => [Number(pending(line)), Number(line.active)],
};

const cpuView: SectionView<ToyState, Cpu> = {
  part: (state) => state.cpu,
  words: ({ running, enabled, latching, signalled }) => [running, enabled, latching, signalled].map(Number),
};
