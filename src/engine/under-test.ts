import type {
  Capabilities,
  Implementation,
  Model,
  PipelinedImplementation,
  WordImplementation,
} from '../../spec/contract.ts';

/** Any form that an implementation under test can have. */
export type AnyImplementation = WordImplementation | Model | Implementation | PipelinedImplementation;

/** An implementation under test (IUT): what it is called, what it declares, and in which form it comes. */
export type UnderTest = {
  readonly name: string;
  /** Absent: it can do everything. */
  readonly capabilities?: Capabilities;
} & (
  | { readonly kind: 'words'; readonly implementation: WordImplementation }
  | { readonly kind: 'model'; readonly implementation: Model }
  | { readonly kind: 'plain'; readonly implementation: Implementation }
  | { readonly kind: 'pipelined'; readonly implementation: PipelinedImplementation }
);

/**
 * Names an implementation and tells its form: models have views, fast implementations have a word array, pipelined ones
 * play batches, what is left is plain. An implementation whose own members are misleading is declared by hand.
 */
export function underTest(name: string, implementation: AnyImplementation, capabilities?: Capabilities): UnderTest {
  const declared = { name, ...(capabilities && { capabilities }) };
  if ('views' in implementation && Array.isArray(implementation.views)) {
    return { ...declared, kind: 'model', implementation };
  }
  if ('words' in implementation && implementation.words instanceof Uint32Array) {
    return { ...declared, kind: 'words', implementation };
  }
  if ('batch' in implementation && typeof implementation.batch === 'number') {
    return { ...declared, kind: 'pipelined', implementation };
  }
  return { ...declared, kind: 'plain', implementation: implementation as Implementation };
}
