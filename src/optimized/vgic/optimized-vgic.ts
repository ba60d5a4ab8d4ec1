import { maxArguments } from '../../../spec/packing.ts';
import type { WordImplementation } from '../../../spec/contract.ts';
import type { VgicConfiguration } from '../../../spec/vgic/configuration.ts';
import {
  hostAck,
  hostDir,
  hostEoi,
  physicalActive,
  physicalEnable,
  raiseTimer,
  writeHcr,
  writeHwLr,
  writeLr,
  writePhysicalPending,
  writeSgiLr,
} from './bare-hardware.ts';
import { aiar, bpr, ctlr, dir, eoiMode, eoir, eoirSpurious, hppir, iar, pmr, rpr } from './cpu-interface.ts';
import { drive, pulse } from './devices.ts';
import {
  clearPending,
  clearSgiPending,
  disable,
  enable,
  readActive,
  readPending,
  sendSgi,
  setGroup,
  setPending,
  setPriority,
  setSgiPending,
  setTargets,
  setTrigger,
  switchDistributor,
  writeActive,
  writeMapping,
} from './distributor.ts';
import { hostIrq } from './host.ts';
import { Machine } from './machine.ts';
import { operationTables, packing } from './operations.ts';
import { reset } from './reset.ts';
import { abortEntry, enter, exit, load, put } from './scheduling.ts';
import { show } from './show.ts';
import { programTimer, tick } from './timer.ts';
import {
  resetVcpu,
  saveRestore,
  userLineLevel,
  userReadPending,
  userSetActive,
  userSetPending,
  wakes,
} from './userspace.ts';

/**
 * The vgic system in its fast form: one mutable machine of flat integers, no allocation in `step`. Profiles kvm,
 * seed-2015 and arch; of what `tieBreak: 'any'` allows, it does the lowest list register.
 */
export class OptimizedVgic implements WordImplementation<VgicConfiguration> {
  readonly #machine = new Machine();
  #operations = operationTables[0];
  words = this.#machine.words;

  reset(config: VgicConfiguration): void {
    reset(this.#machine, config);
    this.#operations = operationTables[this.#machine.profile];
    this.words = this.#machine.words;
  }

  step(code: number): boolean {
    const m = this.#machine;
    m.words[0] = 0;
    m.words[1] = 0;
    const done = play(m, this.#operations[code], code * maxArguments);
    if (m.dirty !== 0) show(m);
    return done;
  }
}

const { args } = packing;

/** Plays one operation, a number of `operations.ts`, with the arguments of the alphabet from `at` on. */
function play(m: Machine, operation: number, at: number): boolean {
  const a = args[at];
  const b = args[at + 1];
  const c = args[at + 2];
  switch (operation) {
    case 1:
      return iar(m, a);
    case 2:
      return eoir(m, a);
    case 3:
      return enter(m, a);
    case 4:
      return exit(m, a);
    case 5:
      return drive(m, a, 1);
    case 6:
      return drive(m, a, 0);
    case 7:
      return pulse(m, a);
    case 8:
      return hostIrq(m, a);
    case 9:
      return dir(m, a, b);
    case 10:
      return load(m, a, b);
    case 11:
      return put(m, a);
    case 12:
      return sendSgi(m, a, b, c, args[at + 3]);
    case 13:
      return setPriority(m, a, b, c);
    case 14:
      return tick(m);
    case 15:
      return programTimer(m, a, b, c);
    case 16:
      return enable(m, a, b);
    case 17:
      return disable(m, a, b);
    case 18:
      return aiar(m, a);
    case 19:
      return eoirSpurious(m, a);
    case 20:
      return hppir(m, a);
    case 21:
      return rpr(m, a);
    case 22:
      return pmr(m, a, b);
    case 23:
      return ctlr(m, a, b);
    case 24:
      return eoiMode(m, a, b);
    case 25:
      return bpr(m, a, b);
    case 26:
      return setPending(m, a, b);
    case 27:
      return clearPending(m, a, b);
    case 28:
      return writeActive(m, a, b, true);
    case 29:
      return writeActive(m, a, b, false);
    case 30:
      return readPending(m, a, b);
    case 31:
      return readActive(m, a, b);
    case 32:
      return setTargets(m, a, b, c);
    case 33:
      return setTrigger(m, a, b, c);
    case 34:
      return setGroup(m, a, b, c);
    case 35:
      return switchDistributor(m, a, b);
    case 36:
      return setSgiPending(m, a, b, c);
    case 37:
      return clearSgiPending(m, a, b, c);
    case 38:
      return abortEntry(m, a);
    case 39:
      return wakes(m, a);
    case 40:
      return writeMapping(m, a, true);
    case 41:
      return writeMapping(m, a, false);
    case 42:
      return resetVcpu(m, a);
    case 43:
      return saveRestore(m, a);
    case 44:
      return userSetPending(m, a, b, c);
    case 45:
      return userLineLevel(m, a, b, c);
    case 46:
      return userSetActive(m, a, b, c);
    case 47:
      return userReadPending(m, a, b);
    case 48:
      return writeLr(m, a, b, c, args[at + 3], args[at + 4], args[at + 5]);
    case 49:
      return writeSgiLr(m, a, b, c, args[at + 3], args[at + 4], args[at + 5]);
    case 50:
      return writeHwLr(m, a, b, c, args[at + 3], args[at + 4], args[at + 5]);
    case 51:
      return writeHcr(m, a);
    case 52:
      return raiseTimer(m, a);
    case 53:
      return hostAck(m);
    case 54:
      return hostEoi(m);
    case 55:
      return hostDir(m, a);
    case 56:
      return physicalEnable(m, a, b);
    case 57:
      return writePhysicalPending(m, a, b);
    case 58:
      return physicalActive(m, a, b);
    default:
      return false;
  }
}
