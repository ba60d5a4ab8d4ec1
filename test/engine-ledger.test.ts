import { describe, expect, it } from 'vitest';
import { anomalyText, Ledger } from '../src/engine/ledger.ts';

describe('the ledger', () => {
  it('gives every acceptance an identity, also of the same interrupt', () => {
    const ledger = new Ledger();
    const first = ledger.accept('27@vcpu0', 1, 0xa0, 'latch');
    ledger.deliver('27@vcpu0', 2);
    const second = ledger.accept('27@vcpu0', 3, 0xa0, 'latch');
    expect([first.id, second.id]).toEqual([0, 1]);
    expect(ledger.acceptances.map(({ delivered }) => delivered)).toEqual([[2], []]);
    expect(ledger.open.map(({ id }) => id)).toEqual([1]);
  });

  it('coalesces a request with the acceptance that is open, and accepts it where none is', () => {
    const ledger = new Ledger();
    ledger.coalesce('33', 1, 8, 'latch');
    ledger.coalesce('33', 2, 8, 'latch');
    expect(ledger.acceptances).toHaveLength(1);
    expect(ledger.acceptances[0]).toMatchObject({ at: 1, coalesced: [2], place: 'latch', priority: 8 });
    ledger.deliver('33', 3);
    ledger.coalesce('33', 4);
    expect(ledger.acceptances).toHaveLength(2);
  });

  it('delivers the oldest acceptance of a key first', () => {
    const ledger = new Ledger();
    ledger.accept('0/1', 1);
    ledger.accept('0/1', 2);
    expect(ledger.deliver('0/1', 3)).toBeUndefined();
    expect(ledger.open.map(({ id }) => id)).toEqual([1]);
    expect(ledger.deliver('0/1', 4)).toBeUndefined();
    expect(ledger.open).toEqual([]);
  });

  it('tells a second delivery from a spurious one', () => {
    const ledger = new Ledger();
    ledger.accept('40', 1);
    ledger.deliver('40', 2);
    const twice = ledger.deliver('40', 3);
    expect(twice).toMatchObject({ kind: 'twice', at: 3, acceptance: { id: 0, delivered: [2, 3] } });
    expect(twice && anomalyText(twice)).toBe('40 (acceptance 0, event 1) was delivered twice');
    const spurious = ledger.deliver('41', 4);
    expect(spurious).toEqual({ kind: 'spurious', key: '41', at: 4 });
    expect(spurious && anomalyText(spurious)).toBe('41 was delivered and never accepted');
  });

  it('calls the delivery of what was withdrawn spurious', () => {
    const ledger = new Ledger();
    ledger.accept('30', 1);
    expect(ledger.withdraw('30', 2)).toBe(true);
    expect(ledger.withdraw('30', 3)).toBe(false);
    const anomaly = ledger.deliver('30', 4);
    expect(anomaly).toMatchObject({ kind: 'spurious', withdrawn: { id: 0, withdrawn: 2 } });
    expect(anomaly && anomalyText(anomaly)).toBe('30 (acceptance 0, event 1) was delivered after it was withdrawn');
  });

  it('finds what is in no nameable place', () => {
    const ledger = new Ledger();
    ledger.accept('32', 1, 0, 'line');
    ledger.accept('33', 2, 0, 'latch');
    expect(ledger.lost()).toEqual([]);
    ledger.move('33', undefined);
    expect(ledger.lost()).toMatchObject([{ kind: 'lost', acceptance: { key: '33' } }]);
    const lost = ledger.lost(({ key }) => (key === '33' ? 'list register 0' : undefined));
    expect(lost.map(anomalyText)).toEqual(['32 (acceptance 0, event 1) is neither delivered nor pending anywhere']);
  });

  it('finds a delivery while something more urgent was deliverable', () => {
    const ledger = new Ledger();
    ledger.accept('32', 1, 0xa0);
    ledger.accept('33', 2, 0x80);
    ledger.accept('34', 3, 0x40);
    expect(ledger.deliver('32', 4, ({ key }) => key === '33')).toMatchObject({
      kind: 'out-of-order',
      acceptance: { key: '32' },
      before: { key: '33' },
    });
    expect(ledger.deliver('33', 5, () => false)).toBeUndefined();
    ledger.accept('35', 6, 0xa0);
    ledger.prioritise('35', 0x40);
    const anomaly = ledger.deliver('35', 7, () => true);
    expect(anomaly).toBeUndefined();
    ledger.accept('36', 8, 0xf8);
    const late = ledger.deliver('36', 9, () => true);
    expect(late && anomalyText(late)).toBe(
      '36 (acceptance 4, event 8) was delivered before 34 (acceptance 2, event 3), which is more urgent',
    );
  });
});
