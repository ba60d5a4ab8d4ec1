import { accessRights } from '../bits.ts';
import { Part } from '../part.ts';
import type { Segment, SegmentName, Vmcs12State as State } from '../state.ts';
import { isUnusable, withFields } from '../update.ts';
import type { FieldValues } from '../vmcs.ts';

/** Bits 31:16 and 11:8 of the access rights of an unusable segment are defined. */
const definedRights = 0xffff_0f00;

/** Saving segment registers and descriptor-table registers. */
export class SavedSegments extends Part {
  save(state: State): State {
    const { cs, ss, ds, fs, ldtr } = state.l2;
    return withFields(
      state,
      {
        csSelector: cs.selector,
        csBase: cs.base,
        csLimit: cs.limit,
        csAccessRights: cs.accessRights,
        ...this.segment('ss', ss),
        ...this.segment('ds', ds),
        ...this.segment('fs', fs),
        ...this.segment('ldtr', ldtr),
        ...this.tables(state),
      },
      { ...this.open('ss', ss), ...this.open('ds', ds), ...this.open('fs', fs), ...this.open('ldtr', ldtr) },
    );
  }

  segment(name: SegmentName, segment: Segment): FieldValues {
    return isUnusable(segment) ? this.unusable(name, segment) : this.usable(name, segment);
  }

  /** "Selector, base, limit and access rights of a usable segment are saved as L2 left them." */
  usable(name: SegmentName, { selector, base, limit, accessRights: rights }: Segment): FieldValues {
    this.cite('usable-segments-are-saved-whole');
    return {
      [`${name}Selector`]: selector,
      [`${name}Base`]: base,
      [`${name}Limit`]: limit,
      [`${name}AccessRights`]: rights,
    };
  }

  /** "the selector is saved, with bit 16 of the access rights 1, bits 31:17 and 11:8 of them 0, and for SS its DPL" */
  unusable(name: SegmentName, segment: Segment): FieldValues {
    this.cite('unusable-segment-keeps-its-selector');
    const dpl = name === 'ss' ? segment.accessRights & accessRights.dpl : 0;
    return {
      [`${name}Selector`]: segment.selector,
      [`${name}AccessRights`]: accessRights.unusable | dpl,
      ...(name === 'fs' && { fsBase: this.baseOfUnusableFs(segment) }),
    };
  }

  /** "The base of FS is saved even if FS is unusable." */
  baseOfUnusableFs({ base }: Segment): number {
    this.cite('base-of-unusable-fs-is-saved');
    return base;
  }

  /** "Base (but of FS), limit and the other access rights are undefined after an exit, until L1 writes them." */
  open(name: SegmentName, segment: Segment): FieldValues {
    if (!isUnusable(segment)) return {};
    this.cite('rest-of-unusable-segment-is-open');
    return {
      ...(name !== 'fs' && { [`${name}Base`]: 0 }),
      [`${name}Limit`]: 0,
      [`${name}AccessRights`]: name === 'ss' ? definedRights | accessRights.dpl : definedRights,
    };
  }

  /** "Base and limit of GDTR and IDTR are saved as L2 left them." */
  tables({ l2 }: State): FieldValues {
    this.cite('descriptor-tables-are-saved');
    return {
      gdtrBase: l2.gdtr.base,
      gdtrLimit: l2.gdtr.limit,
      idtrBase: l2.idtr.base,
      idtrLimit: l2.idtr.limit,
    };
  }
}
