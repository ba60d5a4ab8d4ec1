/** What a module that brings an implementation may use. */
export { AdapterError } from '../../spec/contract.ts';
export type {
  AdapterErrorCode,
  Capabilities,
  Implementation,
  ImplementationModule,
  PipelinedImplementation,
} from '../../spec/contract.ts';
export type { AnyConfiguration, AnyEvent, EventOf } from '../../spec/alphabet.ts';
export type { ObservationData } from '../../spec/observation.ts';
