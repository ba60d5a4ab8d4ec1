import { describe, expect, it } from 'vitest';
import { stress } from './posted-interrupts-threads/stress.ts';

// `npm run stress -- --seconds 30` does the same for longer.
describe('posted interrupts by threads', () => {
  it('loses nothing and invents nothing', async () => {
    const { violation, posts, rounds, sleeps, preemptions, notifications } = await stress('none', 4);
    expect(violation).toBeUndefined();
    // That it did what it is for, on however slow a machine.
    expect(Math.min(rounds, sleeps, preemptions, notifications)).toBeGreaterThan(10);
    expect(posts).toBeGreaterThan(10_000);
  }, 120_000);

  // The window of this one is the widest: a mode that was read too early stays wrong for as long as the post takes.
  it('notices a mode that is read before ON is set', async () => {
    const { violation } = await stress('mode-read-early', 20);
    expect(violation).toMatch(/posts have no delivery after them|in PIR at rest|at rest/);
  }, 120_000);
});
