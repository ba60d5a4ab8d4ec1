import type { ObservationData } from '../../spec/observation.ts';
import type { VgicEvent } from '../../spec/vgic/alphabet.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { bootCommands } from './gic-boot.ts';
import { acknowledges, eventCommands, writesBack } from './gic-event.ts';
import { gicObservation } from './gic-observation.ts';
import { observationData } from './observation-data.ts';
import type { QtestConnection } from './qtest-connection.ts';
import type { Reply } from './qtest-reply.ts';
import { SoftwareMemory } from './software-memory.ts';

/** A configuration and the events to play in it. */
export interface GicSequence {
  readonly config: VgicConfiguration;
  readonly events: readonly VgicEvent[];
}

/** Where the commands of an event stand in a run. */
interface Place {
  readonly event: VgicEvent;
  readonly first: number;
  /** Where the observation after the event begins. */
  readonly observed: number;
}

/** Plays sequences on one GIC, one after the other. */
export class GicPlayer {
  readonly #connection: QtestConnection;
  /** Inputs of the CPU that are high. */
  #lines = 0;

  constructor(connection: QtestConnection) {
    this.#connection = connection;
  }

  /**
   * Plays a sequence from the state after reset; gives the observation after each event.
   *
   * Commands go out in runs that are as long as they can be: a run ends before a completion whose acknowledge it
   * holds, because the completion must write what the acknowledge returned.
   *
   * @param played told the number of events whose observation is there, after each run
   * @param longest events of a run at the most
   */
  async play(
    { config, events }: GicSequence,
    played: (count: number) => void = () => {},
    longest = Infinity,
  ): Promise<readonly ObservationData[]> {
    const memory = new SoftwareMemory(config);
    const seen: ObservationData[] = [];
    let commands = [...bootCommands(config)];
    let places: Place[] = [];
    let open = false;
    const run = async (): Promise<void> => {
      const replies = await this.#connection.submit(commands);
      this.#read(config, replies, places, memory, seen);
      commands = [];
      places = [];
      open = false;
      played(seen.length);
    };

    for (const event of events) {
      if (places.length >= longest || (open && writesBack.has(event.kind))) await run();
      const first = commands.length;
      commands.push(...eventCommands(event, memory));
      places.push({ event, first, observed: commands.length });
      commands.push(...gicObservation.commands);
      open ||= acknowledges.has(event.kind);
    }
    await run();
    return seen;
  }

  #read(
    config: VgicConfiguration,
    replies: readonly Reply[],
    places: readonly Place[],
    memory: SoftwareMemory,
    seen: ObservationData[],
  ): void {
    let next = 0;
    const follow = (end: number): void => {
      for (; next < end; next++) this.#lines = gicObservation.linesAfter(this.#lines, replies[next].changes);
    };
    for (const { event, first, observed } of places) {
      follow(observed);
      const value = first === observed ? 0 : (replies[first].words[0] ?? 0);
      if (event.kind === 'iar') memory.guestRead(value);
      if (event.kind === 'hostAck') memory.hostRead(value);
      seen.push(observationData(config, gicObservation.decode(replies, observed), this.#lines, value));
    }
    follow(replies.length);
  }
}
