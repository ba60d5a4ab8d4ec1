import type { WordImplementation } from '../../spec/contract.ts';
import { pack } from '../../spec/packing.ts';
import { alphabet, type ToyConfiguration, type ToyEvent } from './spec.ts';

const packing = pack<ToyEvent>(alphabet);

/** The toy as mutable fields, written apart from the model. Faults override single methods. */
export class ToyController implements WordImplementation<ToyConfiguration> {
  words = new Uint32Array(0);
  protected config: ToyConfiguration = { profile: 'full', lines: 2, order: 'lowest' };
  protected high: boolean[] = [];
  protected latched: boolean[] = [];
  protected active = -1;
  protected running = false;
  protected enabled = false;
  protected latching = false;
  protected reply = 0;

  reset(config: ToyConfiguration): void {
    this.config = config;
    this.high = Array.from({ length: config.lines }, () => false);
    this.latched = Array.from({ length: config.lines }, () => false);
    this.active = -1;
    this.running = config.profile === 'bare';
    this.enabled = this.latching = false;
    this.reply = 0;
    this.words = new Uint32Array(1 + 2 * config.lines + 4);
    this.show();
  }

  step(code: number): boolean {
    this.reply = 0;
    const done = this.play(packing.events[code]!);
    this.show();
    return done;
  }

  protected play(event: ToyEvent): boolean {
    switch (event.kind) {
      case 'raise':
        return this.high[event.line] === false && this.raise(event.line);
      case 'lower':
        return this.high[event.line] === true && this.lower(event.line);
      case 'flip':
        this.latching = !this.latching;
        return true;
      case 'enable':
      case 'disable':
        if (!this.running || this.enabled === (event.kind === 'enable')) return false;
        this.enabled = !this.enabled;
        return true;
      case 'enter':
        return this.config.profile === 'full' && !this.running && this.enter();
      case 'exit':
        return this.config.profile === 'full' && this.running && this.exit();
      case 'ack':
        return this.running && this.ack();
      case 'eoi':
        return this.running && this.active >= 0 && this.eoi();
    }
  }

  protected raise(line: number): boolean {
    this.high[line] = true;
    if (this.latching) this.latched[line] = true;
    return true;
  }

  protected lower(line: number): boolean {
    this.high[line] = false;
    return true;
  }

  protected enter(): boolean {
    this.running = true;
    return true;
  }

  protected exit(): boolean {
    this.running = false;
    return true;
  }

  protected ack(): boolean {
    const line = this.enabled && this.active < 0 ? this.best() : -1;
    // The model leaves the upper bits open.
    this.reply = line < 0 ? 0xffff_ffff : line | 0x5500;
    if (line < 0) return true;
    this.latched[line] = false;
    this.active = line;
    return true;
  }

  protected eoi(): boolean {
    this.active = -1;
    return true;
  }

  protected best(): number {
    return this.config.order === 'any'
      ? this.high.findLastIndex((_, i) => this.pending(i))
      : this.high.findIndex((_, i) => this.pending(i));
  }

  protected pending(line: number): boolean {
    return this.high[line]! || this.latched[line]!;
  }

  protected signalled(): boolean {
    return this.enabled && this.active < 0 && this.high.some((_, i) => this.pending(i));
  }

  protected show(): void {
    let at = 0;
    this.words[at++] = this.reply;
    for (let i = 0; i < this.config.lines; i++) {
      this.words[at++] = Number(this.pending(i));
      this.words[at++] = Number(this.active === i);
    }
    for (const word of [this.running, this.enabled, this.latching, this.signalled()]) this.words[at++] = Number(word);
  }
}
