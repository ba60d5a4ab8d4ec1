import { combine, double, serial, triple } from './escalation.ts';
import { doubleFault, isException, isFault, none } from './events.ts';
import { drop, dropExceptions, type Machine, shutDown } from './machine.ts';

/** RF as the frame of an event will have it: a fault other than #DB sets it. That of #DF is not defined. */
export const rfOfImage = (m: Machine, event: number): number =>
  isFault(event) ? 1 : event === doubleFault ? 0 : m.resumeFlag;

/** The hypervisor takes an event in hand for the next entry. */
export function hold(m: Machine, event: number, error: number, length: number, payload: number): void {
  m.outside = 1;
  m.inflight = event;
  m.inflightError = error;
  m.inflightLength = length;
  m.payload = payload;
}

const forgets = (m: Machine, event: number): boolean =>
  m.profile === drop || (m.profile === dropExceptions && isException(event));

/** What the policy makes of an event whose delivery an obstacle of the hypervisor's has cut short. */
export function decide(m: Machine, event: number, error: number, length: number): void {
  if (forgets(m, event)) hold(m, none, 0, 0, 0);
  else hold(m, event, error, length, 0);
}

/** What the hypervisor makes of the guest's own exception, found while an event was delivered. */
export function merge(m: Machine, event: number, raised: number, error: number, payload: number): void {
  const outcome = forgets(m, event) ? serial : combine(m.escalation, event, raised);
  if (outcome === triple) {
    shutDown(m);
    return;
  }
  if (outcome === double) hold(m, doubleFault, 0, 0, payload);
  else hold(m, raised, error, 0, payload);
  m.resumeFlag = rfOfImage(m, m.inflight);
}
