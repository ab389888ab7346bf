/** Go durations: text → milliseconds → Go's printed form. */
import { describe, expect, it } from 'vitest'
import { DurationError, formatDuration, parseDuration } from '../../src/apimachinery/duration.ts'

describe('durations', () => {
  it.each([
    ['1h30m', 5_400_000, '1h30m0s'],
    ['1.5s', 1500, '1.5s'],
    ['250ms', 250, '250ms'],
    ['0', 0, '0s'],
    ['-2m', -120_000, '-2m0s'],
    ['24h', 86_400_000, '24h0m0s'],
    ['10µs', 0.01, '10µs'],
    ['100ns', 0.0001, '100ns'],
    ['1m0.5s', 60_500, '1m0.5s'],
    ['.5h', 1_800_000, '30m0s'],
    ['+5s', 5000, '5s'],
    ['90s', 90_000, '1m30s'],
  ])('%s is %d ms and prints as %s', (text, durationMs, printed) => {
    expect(parseDuration(text)).toBeCloseTo(durationMs, 9)
    expect(formatDuration(durationMs)).toBe(printed)
  })

  it.each([
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['s', 'time: invalid duration "s"'],
    ['.s', 'time: invalid duration ".s"'],
    ['9999999999h', 'time: invalid duration "9999999999h"'],
    ['1h 2m', 'time: unknown unit "h " in duration "1h 2m"'],
  ])('refuses %j', (text, message) => {
    expect(() => parseDuration(text)).toThrow(new DurationError(message))
  })
})
