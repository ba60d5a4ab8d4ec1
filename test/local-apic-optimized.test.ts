import { describe, expect, it } from 'vitest';
import { vectors } from '../spec/posted-interrupts/universe.ts';
import {
  has,
  highest,
  insert,
  LocalApic,
  remove,
  vectorSet,
  VirtualInterrupts,
} from '../src/optimized/local-apic/index.ts';
import { PostedInterruptDescriptor } from '../src/optimized/posted-interrupts/index.ts';
import { shown } from '../src/optimized/posted-interrupts/vectors.ts';

const placeOf = (vector: number): number => vectors.findIndex((known) => known === vector);

describe('vector sets and the local APIC', () => {
  it('holds every vector', () => {
    for (let vector = 0; vector < 256; vector++) {
      const set = vectorSet();
      insert(set, vector);
      expect(has(set, vector)).toBe(true);
      expect(highest(set)).toBe(vector);
      expect(shown(set[1], set[2], set[7])).toBe(placeOf(vector) < 0 ? 0 : 1 << placeOf(vector));
      remove(set, vector);
      expect(set.every((word) => word === 0)).toBe(true);
    }
  });

  it('compares classes', () => {
    const apic = new LocalApic();
    insert(apic.irr, 0x3f);
    expect(apic.deliverable()).toBe(0x3f);
    insert(apic.isr, 0x31);
    expect(apic.deliverable()).toBe(0);
    expect(apic.ppr(false)).toBe(0x30);
    apic.tpr = 0x3a;
    expect([apic.ppr(false), apic.ppr(true)]).toEqual([0x3a, 0x30]);
    expect(apic.endOfInterrupt()).toBe(0x31);
    expect(apic.endOfInterrupt()).toBe(0);
    expect([apic.ppr(false), apic.ppr(true)]).toEqual([0x3a, 0x3a]);
    expect(apic.deliverable()).toBe(0);
    insert(apic.irr, 0x40);
    expect(apic.deliverable()).toBe(0x40);
  });

  it('delivers what stands in RVI, and completes what stands in SVI', () => {
    const virtual = new VirtualInterrupts(new LocalApic());
    virtual.rvi = 0x40;
    insert(virtual.page.irr, 0x31);
    virtual.evaluate(true);
    expect(virtual.recognized).toBe(false);
    virtual.evaluate(false);
    expect(virtual.recognized).toBe(true);
    expect(virtual.deliver()).toBe(0x40);
    expect([virtual.rvi, virtual.svi, virtual.vppr, virtual.recognized]).toEqual([0x31, 0x40, 0x40, false]);
    insert(virtual.page.isr, 0xf1);
    expect(virtual.endOfInterrupt()).toBe(0x40);
    expect([virtual.svi, virtual.vppr]).toEqual([0xf1, 0xf0]);
  });
});

describe('the descriptor', () => {
  it('lies in memory as the manual says', () => {
    const buffer = new SharedArrayBuffer(128);
    const descriptor = new PostedInterruptDescriptor(buffer, 64);
    descriptor.load(0x0201, 0xf2);
    descriptor.setSn();
    expect(descriptor.post(0xf1)).toBe(true);
    const bytes = new Uint8Array(buffer, 64);
    expect([bytes[0xf1 >> 3], bytes[32], bytes[34], bytes[36], bytes[37]]).toEqual([1 << (0xf1 & 7), 3, 0xf2, 1, 2]);
    expect([descriptor.on, descriptor.nv, descriptor.ndst]).toEqual([true, 0xf2, 0x0201]);
  });

  it('tells one poster to notify', () => {
    const descriptor = new PostedInterruptDescriptor();
    const irr = vectorSet();
    expect(descriptor.post(0x31)).toBe(true);
    expect(descriptor.post(0x31)).toBe(false);
    expect(descriptor.post(0x40)).toBe(false);
    expect(descriptor.devicePost(0xf1, true)).toBe(-1);
    expect(descriptor.sync(irr)).toBe(true);
    expect([has(irr, 0x31), has(irr, 0x40), has(irr, 0xf1), descriptor.posted, descriptor.on]).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(descriptor.sync(irr)).toBe(false);
    expect(descriptor.processNotification(irr)).toBe(0);
  });

  it('lets a device be suppressed, and announces at load what was', () => {
    const descriptor = new PostedInterruptDescriptor();
    descriptor.load(1, 0xf2);
    descriptor.setSn();
    expect(descriptor.devicePost(0x31, false)).toBe(-1);
    expect([descriptor.posted, descriptor.on]).toEqual([true, false]);
    expect(descriptor.sync(vectorSet())).toBe(false);
    descriptor.load(0, 0xf2);
    expect([descriptor.on, descriptor.ndst]).toEqual([true, 0]);
    expect(descriptor.switchNv(0xf1)).toBe(true);
    expect(descriptor.nv).toBe(0xf1);
  });
});
