import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { Model } from '../../../spec/contract.ts';
import type { Counterexample } from '../counterexample.ts';
import { Pace } from '../pace.ts';
import { counterexampleAt } from './counterexample-at.ts';
import { drainOf, Drains } from './drain.ts';
import type { Exploration, PackedLaws, PackedMachine } from './exploration.ts';
import type { Cut, ExplorationProgress, ExplorationResult } from './exploration-result.ts';
import { shortestWay } from './shortest-way.ts';
import { nobody, StateTable } from './state-table.ts';

/** What to explore, and how far. */
export interface ExploreOptions {
  readonly exploration: Exploration;
  readonly config: AnyConfiguration;
  /** Name of the implementation. */
  readonly name: string;
  /** A model that deviates from the reference; absent: the reference. It tells `cite` the clauses of each step. */
  readonly model?: (cite: (clause: string) => void) => Model;
  /** A faster machine of the same system, which counterexamples are not told from; absent: the model. */
  readonly machine?: (config: AnyConfiguration) => PackedMachine;
  /** Events of a sequence at the most. */
  readonly depth?: number;
  /** Distinct states at the most. */
  readonly states?: number;
  /** Bytes of the process at the most. */
  readonly bytes?: number;
  /** Whether states in which equal agents have changed places are one; true unless said otherwise. */
  readonly symmetry?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExplorationProgress) => void;
}

/** The states are drained when there are so many, and again when there are so many times more. */
const firstDrain = 1 << 15;
const drainGrowth = 4;

/** States looked at between two glances at the clock. */
const stride = 4096;

/** Explores breadth first every sequence of events, so that the first violation found is a shortest one. */
export async function explore(options: ExploreOptions): Promise<ExplorationResult> {
  const search = new Search(options);
  await search.run();
  return search.result();
}

/** A transition that breaks a law, or one to a state from which not everything is done in the end. */
interface Violation {
  /** Place among the clauses; -1: that of the drain. */
  readonly clause: number;
  /** Place of the state before, {@link nobody} for the state after reset, and the event. */
  readonly from: number;
  readonly code: number;
  readonly next: readonly [number, number];
}

class Search {
  private readonly options: ExploreOptions;
  private readonly machine: PackedMachine;
  private readonly laws: PackedLaws;
  private readonly symmetry: boolean;
  private readonly table = new StateTable();
  private readonly pace: Pace;
  /** Place of the state that is looked at next. */
  private place = 0;
  /** Depth of the states up to `levelEnd`. */
  private depth = 0;
  private levelEnd = 1;
  private transitions = 0;
  private quiescent = 0;
  /** Bytes that the process held at the start, and at the most. */
  private readonly base = process.memoryUsage.rss();
  private peak = 0;
  private cut: Cut | undefined;
  private violation: Violation | undefined;
  /** States that were known when all of them were drained. */
  private drained = 0;

  constructor(options: ExploreOptions) {
    const { exploration, config, model, machine, signal, symmetry = true } = options;
    this.options = options;
    this.machine =
      machine?.(config) ??
      exploration.machine(
        config,
        model?.(() => {}),
      );
    this.laws = exploration.laws(config);
    this.symmetry = symmetry && this.machine.canonical !== undefined;
    this.pace = new Pace(signal, () => this.tell());
  }

  async run(): Promise<void> {
    this.begin();
    while (this.violation === undefined && this.cut === undefined && this.place < this.table.count) {
      this.cut = await this.limit();
      if (this.cut === undefined) this.look(Math.min(this.place + stride, this.levelEnd));
      if (this.place === this.levelEnd && this.levelEnd < this.table.count) {
        this.depth++;
        this.levelEnd = this.table.count;
      }
      // What never ends is found early, for its beginning is mostly short.
      if (this.violation === undefined && this.table.count >= drainGrowth * this.drained + firstDrain)
        await this.drain();
    }
    const isOver = this.violation !== undefined || this.cut === 'interrupted' || this.cut === 'memory';
    if (!isOver && this.drained < this.table.count) await this.drain();
  }

  /** The limit that is reached, if one is. */
  private async limit(): Promise<Cut | undefined> {
    const { states = Infinity, bytes = Infinity, depth = Infinity } = this.options;
    if (this.depth >= depth) return 'depth';
    if (this.table.count > states) return 'states';
    if (this.measured() > bytes) return 'memory';
    return (await this.pace.rest()) ? 'interrupted' : undefined;
  }

  /** Whether everything is done in the end, from each of the states that are known. */
  private async drain(): Promise<void> {
    const { table, machine, laws, symmetry } = this;
    if (laws.drain === undefined) return;
    const drains = new Drains(table, machine, laws.drain, symmetry);
    for (let place = 0; place < table.count; place++) {
      if (!drains.ends(place)) {
        const next = [table.words[2 * place], table.words[2 * place + 1]] as const;
        this.violation = { clause: -1, from: table.parents[place], code: table.events[place], next };
        return;
      }
      if (place % stride === 0 && (await this.pace.rest())) {
        this.cut = 'interrupted';
        return;
      }
    }
    this.drained = table.count;
  }

  private begin(): void {
    const [first, second] = this.machine.initial;
    this.table.add(first, second, nobody, 0);
    this.quiescent += Number(this.laws.quiescent(first, second));
    const clause = this.laws.judge(first, second, -1, first, second, 0);
    if (clause >= 0) this.violation = { clause, from: nobody, code: 0, next: [first, second] };
  }

  /** Looks at the successors of all states up to a place. */
  private look(end: number): void {
    const { machine, laws, table, symmetry } = this;
    const { codes } = machine;
    for (; this.place < end; this.place++) {
      const { place } = this;
      const first = table.words[2 * place];
      const second = table.words[2 * place + 1];
      for (let c = 0; c < codes.length; c++) {
        const code = codes[c];
        if (!machine.step(first, second, code)) continue;
        this.transitions++;
        const clause = laws.judge(first, second, code, machine.first, machine.second, machine.outputs);
        if (clause >= 0) {
          this.violation = { clause, from: place, code, next: [machine.first, machine.second] };
          return;
        }
        const nextSecond = symmetry ? machine.canonical!(machine.second) : machine.second;
        if (table.add(machine.first, nextSecond, place, code)) {
          if (laws.quiescent(machine.first, nextSecond)) this.quiescent++;
        }
      }
    }
  }

  /**
   * What the process holds, or will hold before the table grows again: memory that was asked for counts when it is first
   * written to, and nothing else grows.
   */
  private measured(): number {
    return Math.max(this.peak, this.base + this.table.bytes);
  }

  private memory(): number {
    const bytes = process.memoryUsage.rss();
    if (bytes > this.peak) this.peak = bytes;
    return bytes;
  }

  private tell(): void {
    const { exploration, onProgress } = this.options;
    onProgress?.({
      system: exploration.spec.name,
      depth: this.depth,
      states: this.table.count,
      frontier: this.table.count - this.place,
      seconds: this.pace.seconds(),
      bytes: this.memory(),
    });
  }

  result(): ExplorationResult {
    const { exploration, config, name } = this.options;
    const { spec, profile } = exploration;
    this.memory();
    const seconds = this.pace.seconds();
    const { cut, violation } = this;
    const isLast = this.levelEnd === this.table.count && this.place === this.table.count;
    return {
      system: spec.name,
      implementation: name,
      profile,
      config,
      verdict: violation !== undefined ? 'violates' : cut !== undefined ? 'inconclusive' : 'conforms',
      states: this.table.count,
      symmetry: this.symmetry,
      quiescent: this.quiescent,
      transitions: this.transitions,
      depth: isLast || this.table.count <= this.levelEnd ? this.depth : this.depth + 1,
      frontier: this.table.count - this.place,
      ...(cut !== undefined && { cut }),
      seconds,
      tableBytes: this.table.bytes,
      peakBytes: this.peak,
      clauses: this.judged().map((clause) => spec.clauses[clause].id),
      ...(violation && { counterexample: this.counterexample(violation, seconds) }),
    };
  }

  /** Names of the clauses that had their say. */
  private judged(): readonly string[] {
    const { clauses, drain } = this.laws;
    const isDrained = this.drained === this.table.count || this.violation?.clause === -1;
    return drain !== undefined && isDrained ? [...clauses, drain.clause] : clauses;
  }

  private counterexample({ clause, from, code, next }: Violation, foundSeconds: number): Counterexample {
    const { exploration, config, name, model } = this.options;
    const { table, machine, laws, symmetry } = this;
    const { codes, end } = shortestWay(table, machine, symmetry, from, code);
    const found = { name, codes, states: table.count, foundSeconds };
    const broken =
      clause < 0
        ? { clause: laws.drain!.clause, summary: laws.drain!.summary, drain: drainOf(machine, laws.drain!, end) }
        : { clause: laws.clauses[clause], summary: laws.summary(clause, next[0], next[1]), drain: [] };
    return counterexampleAt(exploration, config, { ...found, ...broken }, model);
  }
}
