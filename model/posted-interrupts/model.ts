import { Skip, type Cite, type Model, type SectionView } from '../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../spec/posted-interrupts/alphabet.ts';
import { clauses } from '../../spec/posted-interrupts/clauses.ts';
import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import type { profiles } from '../../spec/posted-interrupts/profiles.ts';
import { guestEvent } from './events/guest-events.ts';
import { hypervisorEvent } from './events/hypervisor-events.ts';
import { nestedEvent } from './events/nested-events.ts';
import { outsideEvent } from './events/outside-events.ts';
import { processorEvent } from './events/processor-events.ts';
import { schedulerEvent } from './events/scheduler-events.ts';
import { stepEvent } from './events/step-events.ts';
import { initialState } from './initial.ts';
import type { PostedInterruptsClause } from './part.ts';
import { assemble, type PartClasses, type Parts } from './parts.ts';
import { skips } from './skips.ts';
import { noDelivery, noEffects, noExit, noReply, type PostedInterruptsState } from './state.ts';
import { withVcpu } from './update.ts';
import { views } from './views.ts';

/** How a model is put together. */
export interface PostedInterruptsModelOptions {
  /** Told the name of each clause that decides a step, and holds in the profile. */
  readonly cite?: Cite<PostedInterruptsClause>;
  /** Classes that take the place of the rules: subclasses of those in `partClasses`. */
  readonly parts?: Partial<PartClasses>;
}

type ProfileName = keyof typeof profiles;
type State = PostedInterruptsState;

/** The reference model of the `posted-interrupts` system. */
export class PostedInterruptsModel implements Model<PostedInterruptsConfiguration, PostedInterruptsEvent, State> {
  readonly views: readonly SectionView<State>[] = views;
  /** The same rules for each profile; they cite the clauses that hold in it. */
  private readonly parts: Readonly<Record<ProfileName, Parts>>;

  constructor({ cite, parts = {} }: PostedInterruptsModelOptions = {}) {
    const forProfile = (profile: ProfileName): Parts => assemble(citing(profile, cite), parts);
    this.parts = {
      sdm: forProfile('sdm'),
      kvm: forProfile('kvm'),
      arch: forProfile('arch'),
      interleaved: forProfile('interleaved'),
    };
  }

  initial(config: PostedInterruptsConfiguration): State {
    return initialState(config);
  }

  step(state: State, event: PostedInterruptsEvent): State | Skip {
    const { machine } = state;
    if (!machine.plays[event.kind]) return skips.actor;
    if (machine.lacks(event)) return skips.absent;
    const parts = this.parts[machine.config.profile];
    const next = this.next(parts, withoutOutputs(state), event);
    return next instanceof Skip ? next : withPpr(parts, next, state);
  }

  private next(parts: Parts, state: State, event: PostedInterruptsEvent): State | Skip {
    switch (event.kind) {
      case 'post':
      case 'devicePost':
      case 'raise':
      case 'lower':
      case 'arrive':
        return outsideEvent(parts, state, event);

      case 'nop':
      case 'sti':
      case 'cli':
      case 'movss':
      case 'hlt':
      case 'tpr':
      case 'cr8':
      case 'read':
      case 'selfIpi':
      case 'eoi':
      case 'sendIpi':
      case 'svr':
        return guestEvent(parts, state, event);

      case 'enter':
      case 'exit':
      case 'abortEntry':
      case 'sync':
      case 'nmi':
      case 'obstruct':
      case 'switchApicv':
      case 'assign':
      case 'saveRestore':
        return hypervisorEvent(parts, state, event);

      case 'load':
      case 'unload':
      case 'block':
        return schedulerEvent(parts, state, event);

      case 'nestedEntry':
      case 'nestedExit':
      case 'nestedPost':
        return nestedEvent(parts, state, event);

      case 'startPost':
      case 'start':
      case 'step':
        return stepEvent(parts, state, event);

      case 'setPending':
      case 'setInService':
      case 'setPriority':
      case 'setStatus':
      case 'setWindow':
      case 'setThreshold':
      case 'setEoiExit':
      case 'setPir':
      case 'setOn':
      case 'setSn':
      case 'signal':
      case 'vmEntry':
      case 'vmExit':
        return processorEvent(parts, state, event);

      default:
        return event satisfies never;
    }
  }
}

/** Passes on the names of clauses that hold in the profile. */
function citing(profile: ProfileName, cite: Cite<PostedInterruptsClause> | undefined): Cite<PostedInterruptsClause> {
  if (cite === undefined) return () => {};
  const holds: Readonly<Record<string, boolean>> = Object.fromEntries(
    Object.values(clauses).map((clause) => [clause.name, clause.profiles?.includes(profile) ?? true]),
  );
  return (clause) => {
    if (holds[clause]) cite(clause);
  };
}

/** Outputs of the event before are gone. */
function withoutOutputs(state: State): State {
  const { reply, delivery, exit, effects } = state;
  if (reply === noReply && delivery === noDelivery && exit === noExit && effects === noEffects) return state;
  return { ...state, reply: noReply, delivery: noDelivery, exit: noExit, effects: noEffects };
}

/** With APICv off PPR is not a register that is written: it follows from TPR and ISR. */
function withPpr({ localApic }: Parts, state: State, before: State): State {
  const { pprOnTie } = state.machine.config;
  return state.vcpus.reduce((next, vcpu, v) => {
    const { apic, virtual } = vcpu;
    if (virtual.apicv || (apic === before.vcpus[v].apic && !before.vcpus[v].virtual.apicv)) return next;
    const ppr = localApic.ppr(apic, pprOnTie);
    return ppr === apic.ppr ? next : withVcpu(next, v, { ...vcpu, apic: { ...apic, ppr } });
  }, state);
}
