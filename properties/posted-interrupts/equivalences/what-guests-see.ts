import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { Projection } from '../equivalence.ts';
import type { Sighted } from '../sighted.ts';

/** What the guests see: interrupts that reach them, and the registers that they read, each virtual CPU in its order. */
export class WhatGuestsSee implements Projection {
  protected readonly sight: Sighted;
  private readonly texts = ['', ''];

  constructor(sight: Sighted) {
    this.sight = sight;
  }

  step(event: PostedInterruptsEvent): void {
    const { sight, texts } = this;
    const taker = sight.word('delivery', 0, 'taker');
    if (event.kind === 'read') {
      texts[event.vcpu] += ` ${event.register}=${sight.word('reply', 0, 'value').toString(16)}`;
    }
    if (taker === 0) return;
    for (const field of ['first', 'second'] as const) {
      const info = sight.word('delivery', 0, field);
      if (info !== 0) texts[taker === 3 ? 1 : 0] += ` ${taker === 2 ? 'l2:' : ''}${(info & 0xfff).toString(16)}`;
    }
  }

  result(): string {
    return this.texts.join(' |').trim();
  }
}
