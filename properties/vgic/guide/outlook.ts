import { interrupts, P, timerPpi, type Guess } from './guess.ts';

/** What the weights depend on, looked up once per event. All are counts. */
export class Outlook {
  /** Virtual CPUs that run, that could be entered, that could be loaded. */
  running = 0;
  idle = 0;
  away = 0;
  freePcpus = 0;
  /** Virtual CPUs that would be offered something if they were entered. */
  eager = 0;
  /** Running virtual CPUs to which an interrupt is signalled, through IAR or AIAR. */
  signalled = 0;
  aliased = 0;
  /** Running virtual CPUs with something to complete, or to deactivate. */
  open = 0;
  dropped = 0;
  /** Running virtual CPUs with anything in their list registers, and with nothing acknowledged. */
  busy = 0;
  clean = 0;
  /** Running virtual CPUs with a pending interrupt of group 1 in their list registers. */
  offered1 = 0;
  /** Physical CPUs to which a physical interrupt is signalled. */
  hostPending = 0;
  timersLater = 0;
  /** Idle virtual CPUs, and those that are not loaded, whose timer interrupt is in service or asserted. */
  timerIdle = 0;
  timerAway = 0;
  /** VMs of which no virtual CPU runs. */
  stopped = 0;
  /** List registers of profile `arch` in use, and physical interrupts that are active there. */
  lrsUsed = 0;
  physicallyActive = 0;

  /** Looks around. */
  survey(guess: Guess): void {
    this.running = this.idle = this.away = this.freePcpus = this.eager = this.signalled = this.aliased = 0;
    this.open = this.dropped = this.busy = this.clean = this.hostPending = this.timersLater = 0;
    this.timerIdle = this.timerAway = this.stopped = this.lrsUsed = this.physicallyActive = this.offered1 = 0;
    let vmsRunning = 0;
    for (let v = 0; v < guess.vcpus; v++) {
      if (guess.deadline[v] === 2) this.timersLater++;
      if (guess.running[v]) {
        vmsRunning |= 1 << guess.vm[v];
        this.surveyGuest(guess, v);
      } else {
        this.surveyIdle(guess, v);
      }
    }
    for (let p = 0; p < guess.pcpus; p++) {
      if (guess.tenant[p] < 0) this.freePcpus++;
      if (guess.signalledTo(p) >= 0) this.hostPending++;
    }
    for (let vm = 0; vm < guess.vms; vm++) if (!((vmsRunning >> vm) & 1)) this.stopped++;
    if (!guess.arch) return;
    for (let n = 0; n < guess.nrLr; n++) if (guess.inLr[n] >= 0) this.lrsUsed++;
    this.physicallyActive = guess.timerActive[0];
    for (let i = 0; i < interrupts; i++) this.physicallyActive += guess.physicalActive[i];
  }

  private surveyIdle(guess: Guess, v: number): void {
    const timer = guess.active[v * interrupts + timerPpi] | guess.line[guess.slot(v, timerPpi)];
    if (guess.loadedOn[v] < 0) {
      this.away++;
      this.timerAway += timer;
      return;
    }
    this.idle++;
    this.timerIdle += timer;
    if (guess.waits(v)) this.eager++;
  }

  private surveyGuest(guess: Guess, v: number): void {
    this.running++;
    if (guess.signalled(v, false) >= 0) this.signalled++;
    if (guess.both && guess.signalled(v, true) >= 0) this.aliased++;
    const newest = guess.newest(v);
    if (newest >= 0 && guess.held[v * interrupts + guess.stack[newest]] !== P) this.open++;
    if (guess.oldestDropped(v, -1) >= 0) this.dropped++;
    if (guess.depth[v] === 0) this.clean++;
    let held = 0;
    let group1 = 0;
    for (let i = 0; i < interrupts; i++) {
      held |= guess.held[v * interrupts + i];
      if (guess.held[v * interrupts + i] & P) group1 |= guess.group[guess.slot(v, i)];
    }
    if (held !== 0) this.busy++;
    this.offered1 += group1;
  }
}
