import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { spoiledVectors } from '../../../spec/idt-vectoring/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { law, Watch } from '../law.ts';
import { guestBits, isOfHypervisor } from '../sighted.ts';

const needs = ['delivery', 'guest', 'pending', 'tables', 'exit', 'entry', 'hypervisor'] as const;
const profiles = ['reinject', 'drop', 'drop-exceptions'] as const;

const hex = (word: number): string => `0x${word.toString(16)}`;

class Outside extends Watch {
  override step(): string | undefined {
    const { sight } = this;
    const { before, now } = sight;
    const exits = sight.word('exit', 'count');
    const entries = sight.word('entry', 'count');
    if (sight.has('shutdown')) return undefined;
    if (exits + entries > 0 || before.outside === 1) this.moments++;
    if (now.outside !== before.outside + exits - entries) {
      return `${exits} exits and ${entries} entries leave the guest ${now.outside === 1 ? 'outside' : 'inside'}`;
    }
    if (before.outside === 0 || entries > 0) return undefined;
    if (sight.reached().length > 0) return 'a handler was reached while the guest was outside';
    const names = ['rip', 'flags', 'cr2', 'dr6', 'isr', 'deviceReads'] as const;
    const changed = names.find((name) => now[name] !== before[name]);
    return changed && `guest.${changed} became ${hex(now[changed])} while the guest was outside`;
  }
}

class InflightComesFirst extends Watch {
  override step(): string | undefined {
    const { sight } = this;
    const { before, now } = sight;
    if (before.inflight === 0 || sight.has('shutdown')) return undefined;
    this.moments++;
    if (sight.reached().length > 0) return undefined;
    const gained = now.isr & ~before.isr;
    if (gained !== 0) return `an interrupt was taken while ${hex(before.inflight)} was in flight`;
    if (now.nmis < before.nmis) return `an NMI was taken while ${hex(before.inflight)} was in flight`;
    if (sight.word('entry', 'count') === 0 && now.inflight !== before.inflight) {
      return `${hex(before.inflight)} was in flight and is not any more, without an entry`;
    }
    return undefined;
  }
}

class Progress extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    const { before, now } = sight;
    if (event.kind !== 'enter') return undefined;
    this.moments++;
    if (now.outside === 0) return undefined;
    if (sight.met('enter').length > 0 || sight.gate(before.inflight & 0xff) !== 'present') return undefined;
    return `an entry with ${hex(before.inflight)} met nothing and delivered nothing`;
  }

  override end(): string | undefined {
    return this.sight.now.outside === 1 ? 'the guest never comes inside again' : undefined;
  }
}

const { exceptionOrNmi, taskSwitch, apicAccess, eptViolation, eptMisconfiguration, pageModificationLogFull } =
  exitReasons;
const cutShort: ReadonlySet<number> = new Set([
  exceptionOrNmi,
  taskSwitch,
  apicAccess,
  eptViolation,
  eptMisconfiguration,
  pageModificationLogFull,
]);
/** Exits that nothing but a delivery leads to. */
const always: ReadonlySet<number> = new Set([taskSwitch, apicAccess, eptMisconfiguration]);

/** Exceptions that a delivery can raise, with their type: #DF is what is made of two. */
const nestedFaults: ReadonlySet<number> = new Set(
  Object.values(spoiledVectors).map((vector) => 0x8000_0000 | (eventTypes.hardwareException << 8) | vector),
);

const types: ReadonlySet<number> = new Set([
  eventTypes.externalInterrupt,
  eventTypes.nmi,
  eventTypes.hardwareException,
  eventTypes.softwareInterrupt,
  eventTypes.privilegedSoftwareException,
  eventTypes.softwareException,
]);

class Vectoring extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    if (sight.word('exit', 'count') === 0) return undefined;
    this.moments++;
    const reason = sight.word('exit', 'reason');
    const vectoring = sight.word('exit', 'vectoring');
    if (vectoring >>> 31 === 0) {
      return always.has(reason) ? `an exit with reason ${reason} names no event` : undefined;
    }
    if (!cutShort.has(reason)) return `an exit with reason ${reason} names ${hex(vectoring)}`;
    const cause = sight.word('exit', 'interruption');
    if (reason === exceptionOrNmi && !nestedFaults.has(cause & 0x8000_07ff)) {
      return `an exit by ${hex(cause)} names ${hex(vectoring)} as well`;
    }
    if (reason !== taskSwitch && reason !== exceptionOrNmi && sight.met(event.kind).length === 0) {
      return `an exit names ${hex(vectoring)}, and no delivery met anything`;
    }
    if (!types.has((vectoring >>> 8) & 7)) return `${hex(vectoring)} is of no type that can be delivered`;
    return event.kind === 'enter' ? this.ofTheEntry(vectoring, reason) : undefined;
  }

  /** What the entry injected, if a hypervisor's obstacle was the first thing that its delivery met. */
  private ofTheEntry(vectoring: number, reason: number): string | undefined {
    const { sight } = this;
    const { before } = sight;
    const [first] = sight.met('enter');
    const single = sight.word('exit', 'count') === 1 && before.inflight !== 0;
    if (!single || first === undefined || !isOfHypervisor(first)) return undefined;
    // Bit 12 is not defined.
    if ((vectoring & ~0x1000) >>> 0 !== before.inflight) {
      return `the exit names ${hex(vectoring)}, and ${hex(before.inflight)} was injected`;
    }
    if ((vectoring & 0x800) !== 0 && sight.word('exit', 'vectoringError') !== before.error) {
      return `the exit has the error code ${hex(sight.word('exit', 'vectoringError'))}, not ${hex(before.error)}`;
    }
    const hasLength = ((vectoring >>> 8) & 7) >= eventTypes.softwareInterrupt;
    if (hasLength && sight.word('exit', 'length') !== before.length) {
      return `the exit has the length ${sight.word('exit', 'length')}, not ${before.length}`;
    }
    const expected = reasonOf[first as keyof typeof reasonOf](sight.config.paging === 'shadow');
    return reason === expected ? undefined : `${first} makes an exit with reason ${reason}`;
  }
}

const reasonOf = {
  page: (isShadow: boolean): number => (isShadow ? exceptionOrNmi : eptViolation),
  client: (): number => eptViolation,
  pml: (): number => pageModificationLogFull,
  apicAccess: (): number => apicAccess,
  misconfiguration: (): number => eptMisconfiguration,
} as const;

class DirectExits extends Watch {
  override step(): string | undefined {
    const { sight } = this;
    const { before, now } = sight;
    const isDirect =
      sight.word('exit', 'count') === 1 &&
      sight.word('exit', 'reason') === exceptionOrNmi &&
      sight.word('exit', 'vectoring') >>> 31 === 0 &&
      sight.word('entry', 'count') === 0;
    // Of two that make a #DF the first had its effects, and what has begun may have completed.
    const isDoubleFault = (sight.word('exit', 'interruption') & 0x7ff) === 0x308;
    if (!isDirect || isDoubleFault || before.begun !== 0) return undefined;
    this.moments++;
    if (now.cr2 !== before.cr2) return `an exit wrote ${hex(now.cr2)} to CR2`;
    if (now.dr6 !== before.dr6) return `an exit changed DR6 to ${hex(now.dr6)}`;
    const kept = guestBits.gd | guestBits.sti | guestBits.movss | guestBits.halted;
    const changed = (now.flags ^ before.flags) & kept;
    return changed === 0 ? undefined : `an exit changed guest.flags by ${hex(changed)}`;
  }
}

const obstructed = [
  { kind: 'obstruct', obstacle: 'page' },
  { kind: 'obstruct', obstacle: 'apicAccess' },
  { kind: 'external', vector: 0x31 },
  { kind: 'nop' },
  { kind: 'enter' },
  { kind: 'enter' },
  { kind: 'nop' },
] as const;

const reflected = {
  name: 'general detect, intercepted',
  config: { intercepts: 'debug' },
  events: [{ kind: 'movdr', to: 'gd' }, { kind: 'movdr', to: 'dr6' }, { kind: 'enter' }],
} as const;

/** Entries of a round of draining: obstacles of six kinds, gates, an exception that is intercepted and given back. */
const rounds = 24;

/** What crosses the border between guest and hypervisor, and when. */
export const crossings = [
  law({
    id: 'outside-nothing-happens-to-the-guest',
    claim: 'Exits and entries alternate, and between them no handler is reached and no register changes.',
    judges: ['nothing-is-delivered-outside', 'asynchronous-exit-keeps-shadows'],
    needs,
    profiles,
    scenario: { name: 'an exception that exits', config: reflected.config, events: reflected.events },
    watch: Outside,
  }),
  law({
    id: 'inflight-comes-first',
    claim: 'With an event in flight nothing else is taken before that has reached a handler.',
    judges: ['nothing-is-delivered-outside', 'one-event-in-flight', 'injection-comes-first'],
    needs,
    profiles: ['reinject'],
    scenario: { name: 'two obstacles on the way of an interrupt', events: obstructed },
    watch: InflightComesFirst,
  }),
  law({
    id: 'finite-obstacles-finite-entries',
    claim: 'An entry delivers its event, or meets something; entries alone bring the guest inside in the end.',
    judges: ['finite-obstacles-finite-entries', 'repeated-obstacles-repeat-injection'],
    needs,
    profiles: ['reinject'],
    scenario: { name: 'two obstacles on the way of an interrupt', events: obstructed },
    watch: Progress,
    drain: (_, round, seen) =>
      round < rounds && seen.get('hypervisor', 0, 'outside') === 1 ? [{ kind: 'enter' }] : [],
  }),
  law({
    id: 'vectoring-names-what-was-cut-short',
    claim: 'IDT-vectoring information is there for exits that cut a delivery short alone, and names that event.',
    judges: [
      'vectoring-valid-for-exits-of-delivery',
      'vectoring-names-the-interrupted-event',
      'vectoring-valid-for-injected-events',
      'vectoring-invalid-outside-delivery',
      'vectoring-invalid-for-double-fault',
      'vectoring-invalid-for-direct-exits',
      'vectoring-error-code',
      'vectoring-length',
      'apic-access-during-delivery',
    ],
    needs,
    profiles,
    scenario: { name: 'two obstacles on the way of an interrupt', events: obstructed.slice(0, 4) },
    watch: Vectoring,
  }),
  law({
    id: 'direct-exit-writes-nothing',
    claim: 'An exception that exits directly leaves CR2, DR6, DR7.GD, shadows and HLT alone.',
    judges: ['direct-exit-writes-nothing', 'reflected-exception-is-given-to-the-guest'],
    needs,
    profiles,
    scenario: reflected,
    watch: DirectExits,
  }),
];
