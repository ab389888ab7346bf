/** Conditions: transition times move with the status, and only with it. */
import { describe, expect, it } from 'vitest'
import { findCondition, hasCondition, removeCondition, setCondition } from '../../src/apimachinery/conditions.ts'
import type { Condition } from '../../src/apimachinery/meta.ts'

const NOW_MS = Date.UTC(2026, 0, 2)
const ready: Condition = { type: 'Ready', status: 'True', reason: 'Up', lastTransitionTime: '2026-01-01T00:00:00Z' }

describe('conditions', () => {
  it('are added with the time of now', () => {
    expect(setCondition([], { type: 'Ready', status: 'True' }, NOW_MS)).toEqual([
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T00:00:00Z' },
    ])
  })

  it('keep their time while the status stays, also when reason and message change', () => {
    expect(setCondition([ready], { type: 'Ready', status: 'True', reason: 'Still' }, NOW_MS)).toEqual([
      { ...ready, reason: 'Still' },
    ])
  })

  it('take the time of now, or the one given, when the status changes', () => {
    expect(setCondition([ready], { type: 'Ready', status: 'False' }, NOW_MS)[0]?.lastTransitionTime).toBe(
      '2026-01-02T00:00:00Z',
    )
    const given = { type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T12:00:00Z' }
    expect(setCondition([ready], given, NOW_MS)[0]?.lastTransitionTime).toBe('2026-01-01T12:00:00Z')
  })

  it('are the very list given when nothing changes', () => {
    const conditions = [ready]
    expect(setCondition(conditions, { type: 'Ready', status: 'True', reason: 'Up' }, NOW_MS)).toBe(conditions)
    expect(removeCondition(conditions, 'Other')).toBe(conditions)
    expect(removeCondition(conditions, 'Ready')).toEqual([])
  })

  it('are found by type', () => {
    expect(findCondition([ready], 'Ready')).toBe(ready)
    expect(hasCondition([ready], 'Ready')).toBe(true)
    expect(hasCondition(undefined, 'Ready')).toBe(false)
    expect(hasCondition([ready], 'Ready', 'False')).toBe(false)
  })
})
