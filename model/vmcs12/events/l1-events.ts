import type { Skip } from '../../../spec/contract.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { fieldSpec } from '../../../spec/vmcs12/fields.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { Vmcs12State as State } from '../state.ts';

/** What L1 does. */
export type L1Event = Extract<
  Vmcs12Event,
  {
    kind:
      | 'vmread'
      | 'vmwrite'
      | 'vmwriteOptional'
      | 'vmwriteControl'
      | 'vmwriteHost'
      | 'vmwriteExit'
      | 'control'
      | 'controlOptional'
      | 'msrBitmap'
      | 'msrBitmapOptional'
      | 'inject'
      | 'obstruct'
      | 'obstructOptional'
      | 'vmclear'
      | 'vmptrld'
      | 'enter'
      | 'set'
      | 'setOptional';
  }
>;

/** L1 acts. */
export function l1Event(parts: Parts, state: State, event: L1Event): State | readonly State[] | Skip {
  const { vmxInstructions, ownState, entry } = parts;
  if (state.platform.level === 2) return skips.l2;
  switch (event.kind) {
    case 'vmread':
      return vmxInstructions.vmread(state, event.field);
    case 'vmwrite':
    case 'vmwriteOptional':
    case 'vmwriteControl':
    case 'vmwriteHost':
    case 'vmwriteExit': {
      const value = fieldSpec(event.field).values[event.value];
      if (value === undefined) return skips.noValue;
      if (event.kind === 'vmwriteExit') return vmxInstructions.vmwriteExit(state, event.field, value);
      return vmxInstructions.vmwrite(state, event.field, value);
    }
    case 'control':
    case 'controlOptional':
      return vmxInstructions.control(state, event.bit, event.on);
    case 'inject':
      return vmxInstructions.inject(state, event.event);
    case 'msrBitmap':
    case 'msrBitmapOptional':
      return ownState.msrBitmap(state, event.msr, event.on);
    case 'obstruct':
    case 'obstructOptional':
      return ownState.obstruct(state, event.by);
    case 'vmclear':
      return vmxInstructions.vmclear(state, event.slot);
    case 'vmptrld':
      return vmxInstructions.vmptrld(state, event.slot);
    case 'enter':
      return entry.enter(state, event.by);
    case 'set':
    case 'setOptional':
      return ownState.set(state, event.register, event.value);
    default:
      return event satisfies never;
  }
}
