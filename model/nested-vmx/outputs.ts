import { noEntry, noOutputs, type Delivery, type Exit, type Outputs } from './shown.ts';

interface WithOutputs {
  readonly out: Outputs;
}

/** With an exit to L1. */
export const withExit = <S extends WithOutputs>(state: S, exit: Exit): S => ({
  ...state,
  out: { ...state.out, exit },
});

/** With a delivery. */
export const withDelivery = <S extends WithOutputs>(state: S, delivery: Delivery): S => ({
  ...state,
  out: { ...state.out, delivery },
});

/** With the 8259 acknowledged, if it was. */
export const withAcknowledge = <S extends WithOutputs>(state: S, acknowledged: boolean): S =>
  acknowledged ? { ...state, out: { ...state.out, effects: { ...state.out.effects, acknowledged } } } : state;

/** With a vector whose EOI went to the I/O APIC, if there is one. */
export const withBroadcast = <S extends WithOutputs>(state: S, broadcast: number): S =>
  broadcast === 0 ? state : { ...state, out: { ...state.out, effects: { ...state.out.effects, broadcast } } };

/** With posted-interrupt processing for L2. */
export const withProcessed = <S extends WithOutputs>(state: S): S => ({
  ...state,
  out: { ...state.out, effects: { ...state.out.effects, processed: true } },
});

/** With what became of VMLAUNCH or VMRESUME. */
export const withEntry = <S extends WithOutputs>(state: S, outcome: number, error = noEntry.error): S => ({
  ...state,
  out: { ...state.out, entry: { outcome, error } },
});

/** Outputs of the event before are gone. */
export const withoutOutputs = <S extends WithOutputs>(state: S): S =>
  state.out === noOutputs ? state : { ...state, out: noOutputs };
