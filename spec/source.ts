/** Where a rule comes from. Section titles are data: they may move between revisions of a manual, clause ids never do. */
export type Source =
  | { readonly kind: 'seed'; readonly seed: string; readonly at: string }
  | { readonly kind: 'manual'; readonly manual: string; readonly at: string }
  | { readonly kind: 'code'; readonly project: string; readonly at: string }
  | { readonly kind: 'ours'; readonly at: string };

/** One of the five documents that started the project, and the statement or function in it. */
export const seed = (number: '000' | '001' | '002' | '003' | '004', at: string): Source => ({
  kind: 'seed',
  seed: number,
  at,
});

/** Arm IHI 0048B, Generic Interrupt Controller Architecture Specification, version 2.0: register or section title. */
export const gicv2 = (at: string): Source => ({ kind: 'manual', manual: 'Arm GICv2 (IHI 0048B)', at });

/** Arm IHI 0069, Generic Interrupt Controller Architecture Specification, versions 3 and 4: register or section title. */
export const gicv3 = (at: string): Source => ({ kind: 'manual', manual: 'Arm GICv3 (IHI 0069)', at });

/** Intel Software Developer's Manual, volume 3: section title. */
export const sdm = (at: string): Source => ({ kind: 'manual', manual: 'Intel SDM Vol. 3', at });

/** Intel Virtualization Technology for Directed I/O: section title. */
export const vtd = (at: string): Source => ({ kind: 'manual', manual: 'Intel VT-d', at });

/** A function, or a change, of the Linux kernel. */
export const linux = (at: string): Source => ({ kind: 'code', project: 'Linux', at });

/** A function, or a change, of another code base. */
export const code = (project: string, at: string): Source => ({ kind: 'code', project, at });

/** A consequence that the project draws from other clauses; `at` names them. */
export const ours = (at: string): Source => ({ kind: 'ours', at });

/** One line for a reader: `seed 002, vgic_queue_irq_to_lr`. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'seed':
      return `seed ${source.seed}, ${source.at}`;
    case 'manual':
      return `${source.manual}, ${source.at}`;
    case 'code':
      return `${source.project}, ${source.at}`;
    case 'ours':
      return `follows from ${source.at}`;
  }
}
