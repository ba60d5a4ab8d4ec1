import type { AtomicStep, programs } from '../../../spec/posted-interrupts/steps.ts';
import { Part } from '../part.ts';
import type { Descriptor, Poster, PostedInterruptsState as State } from '../state.ts';
import { accepted, takerOn, withVcpu } from '../update.ts';

/** A step of a poster. */
export type PosterStep = (typeof programs)['post'][number];

const atRest: Poster = { step: undefined, vector: 0 };

/** Posters that post to virtual CPU 0 in atomic steps. */
export class PosterSteps extends Part {
  start(state: State, n: number, vector: number): State {
    return this.withPoster(state, n, { step: this.parts.order.first('post'), vector });
  }

  /** Takes the next step of the `n`-th poster, which is not at rest. */
  take(state: State, n: number, step: PosterStep): State {
    const { posting } = this.parts;
    const { vector } = state.steps.posters[n];
    const { descriptor } = state.vcpus[0];
    this.parts.order.explain(step);
    switch (step) {
      case 'set-pir':
        return this.marks(accepted(state, vector, takerOn(0, false)), n, step, posting.setPir(descriptor, vector));
      case 'set-on':
        return this.marks(state, n, step, posting.setOn(descriptor));
      case 'read-mode':
        return posting.findsInGuest(state, 0) ? this.follow(state, n, step) : this.goTo(state, n, 'wake');
      case 'send-notification':
        return this.rest(posting.sendNotification(state, 0), n);
      case 'wake':
        return this.rest(posting.wake(state, 0), n);
      default:
        return step satisfies never;
    }
  }

  /** Goes on with another descriptor, or is done where there is none. */
  private marks(state: State, n: number, step: PosterStep, descriptor: Descriptor | undefined): State {
    if (descriptor === undefined) return this.rest(state, n);
    return this.follow(withVcpu(state, 0, { ...state.vcpus[0], descriptor }), n, step);
  }

  private follow(state: State, n: number, step: PosterStep): State {
    return this.at(state, n, this.parts.order.after(step));
  }

  private goTo(state: State, n: number, step: PosterStep): State {
    return this.at(state, n, this.parts.order.from(step));
  }

  private rest(state: State, n: number): State {
    return this.withPoster(state, n, atRest);
  }

  private at(state: State, n: number, step: AtomicStep | undefined): State {
    if (step === undefined) return this.rest(state, n);
    return this.withPoster(state, n, { ...state.steps.posters[n], step });
  }

  private withPoster(state: State, n: number, poster: Poster): State {
    const [first, second] = state.steps.posters;
    return { ...state, steps: { ...state.steps, posters: n === 0 ? [poster, second] : [first, poster] } };
  }
}
