import type { AnyEvent } from '../../spec/alphabet.ts';
import { anomalyText, Ledger } from '../../src/engine/ledger.ts';
import type { Equivalence, Law, Seen } from '../../src/engine/property.ts';

/** What is raised while the toy latches is pending until it is acknowledged. */
const nothingLatchedIsLost: Law = {
  kind: 'law',
  id: 'nothing-latched-is-lost',
  claim: 'What was raised while latching is pending until it is acknowledged.',
  judges: ['latch-holds'],
  needs: ['reply', 'line', 'cpu'],
  scenario: { name: 'raise and lower while latching', events: [{ kind: 'flip' }, { kind: 'raise', line: 0 }] },
  begin() {
    const ledger = new Ledger();
    let latching = false;
    let at = 0;
    return {
      step(event, seen) {
        at++;
        if (event.kind === 'raise' && latching) ledger.coalesce(String(event['line']), at, 0, 'line');
        const taken = seen.get('reply', 0, 'value') & 0xff;
        if (event.kind === 'ack' && taken !== 255 && ledger.open.some(({ key }) => key === String(taken))) {
          ledger.deliver(String(taken), at);
        }
        latching = seen.get('cpu', 0, 'latching') === 1;
        const [lost] = ledger.lost(({ key }) => (seen.get('line', Number(key), 'pending') === 1 ? 'line' : undefined));
        return lost && { clause: 'latch-holds', summary: anomalyText(lost) };
      },
    };
  },
  witness: (event, seen) => event.kind === 'raise' && seen.get('cpu', 0, 'latching') === 1,
};

const pendingLines = (lines: number, seen: Seen): number =>
  Array.from({ length: lines }, (_, i) => seen.get('line', i, 'pending')).reduce((a, b) => a + b, 0);

/** With all lines low, acknowledging and completing empties the toy. */
const everythingIsDeliveredAtRest: Law = {
  kind: 'law',
  id: 'everything-is-delivered-at-rest',
  claim: 'With all lines low, the guest that acknowledges and completes comes to an end.',
  judges: ['eoi-completes'],
  needs: ['reply', 'line', 'cpu'],
  scenario: { name: 'one pending', events: [{ kind: 'raise', line: 0 }] },
  begin({ lines }) {
    return {
      step: () => undefined,
      end(seen) {
        const left = pendingLines(Number(lines), seen);
        return left === 0 ? undefined : { clause: 'eoi-completes', summary: `${left} lines stay pending for ever` };
      },
    };
  },
  drain({ lines }, round, seen) {
    if (round === 0) {
      const all = Array.from({ length: Number(lines) }, (_, line): AnyEvent => ({ kind: 'lower', line }));
      return [...all, { kind: 'enter' }, { kind: 'enable' }];
    }
    return pendingLines(Number(lines), seen) === 0 ? [] : [{ kind: 'ack' }, { kind: 'eoi' }];
  },
};

/** A guest that is exited and entered again cannot tell. */
const exitIsInvisible: Equivalence = {
  kind: 'equivalence',
  id: 'exit-is-invisible',
  claim: 'A guest that is exited and entered at once acknowledges the same interrupts.',
  judges: ['exit-keeps'],
  needs: ['reply', 'cpu'],
  profiles: ['full'],
  scenario: { name: 'exit between raise and acknowledge', events: [{ kind: 'enter' }, { kind: 'raise', line: 0 }] },
  variant(config, events, pick) {
    if (config['order'] === 'any') return undefined;
    let running = false;
    const places = events.flatMap(({ kind }, i) => {
      running = kind === 'enter' || (running && kind !== 'exit');
      return running ? [i + 1] : [];
    });
    if (places.length === 0) return undefined;
    const at = places[pick(places.length)]!;
    return { config, events: [...events.slice(0, at), { kind: 'exit' }, { kind: 'enter' }, ...events.slice(at)] };
  },
  project() {
    const taken: number[] = [];
    return {
      step(event, seen) {
        if (event.kind === 'ack') taken.push(seen.get('reply', 0, 'value') & 0xff);
      },
      result: () => taken.join(' '),
    };
  },
};

export const properties = [nothingLatchedIsLost, everythingIsDeliveredAtRest, exitIsInvisible] as const;
