/** Counting, and adding up what was counted in several places. */
import { describe, expect, it } from 'vitest'
import { MetricRegistry, mergeSnapshots } from '../../src/lib/metrics.ts'

const counted = (...codes: readonly string[]): MetricRegistry => {
  const registry = new MetricRegistry()
  const total = registry.counter({ name: 'total', help: 'h', labels: ['code'] })
  const sizes = registry.histogram({ name: 'sizes', help: 'h', buckets: [1, 10] })
  for (const code of codes) {
    total.of(code).add()
    sizes.of().observe(Number(code))
  }
  return registry
}

describe('a registry', () => {
  it('keeps a series for each set of label values', () => {
    const [total] = counted('1', '5', '5').snapshots()
    expect(total?.series).toEqual([{ labels: ['1'], value: 1 }, { labels: ['5'], value: 2 }])
  })

  it('puts values into the bucket with the next bound', () => {
    const [, sizes] = counted('1', '5', '11').snapshots()
    expect(sizes?.series).toEqual([{ labels: [], value: 3, sum: 17, counts: [1, 1, 1] }])
  })

  it('bounds its series: what comes later is counted together', () => {
    const registry = new MetricRegistry()
    const total = registry.counter({ name: 'total', help: 'h', labels: ['path'] })
    for (let index = 0; index < 2_500; index++) total.of(`/${String(index)}`).add()
    const [{ series } = { series: [] }] = registry.snapshots()
    expect(series).toHaveLength(2_001)
    expect(series.find(({ labels }) => labels[0] === 'overflow')?.value).toBe(500)
  })

  it('begins anew but for gauges and what has no labels, and whoever holds a series keeps counting in it', () => {
    const registry = counted('1', '5')
    registry.gauge({ name: 'level', help: 'h', labels: ['code'] }).of('1').set(7)
    const total = registry.counter({ name: 'held', help: 'h', labels: ['code'] })
    const held = total.of('5')
    held.add(3)
    total.of('6').add()
    registry.forget()
    held.add()
    expect(registry.snapshots().map(({ name, series }) => [name, series.map(({ value }) => value)])).toEqual([
      ['total', []], ['sizes', [2]], ['level', [7]], ['held', [1]],
    ])
  })
})

it('snapshots add up by name and labels', () => {
  const merged = mergeSnapshots([...counted('1', '5').snapshots(), ...counted('5', '11').snapshots()])
  expect(merged.map(({ name, series }) => [name, series])).toEqual([
    ['total', [{ labels: ['1'], value: 1 }, { labels: ['5'], value: 2 }, { labels: ['11'], value: 1 }]],
    ['sizes', [{ labels: [], value: 4, sum: 22, counts: [1, 2, 1] }]],
  ])
})
