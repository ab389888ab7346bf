import { expect, it } from 'vitest'
import { parseLogOptions } from '../../../src/kubelet/logs/log-options.ts'

const NOW_MS = Date.parse('2026-01-01T00:01:00Z')

const optionsOf = (query: string): ReturnType<typeof parseLogOptions> =>
  parseLogOptions(new URLSearchParams(query), NOW_MS)

it.each([
  ['', false],
  ['follow', true],
  ['follow=true', true],
  ['follow=1', true],
  ['follow=yes', true],
  ['follow=0', false],
  ['follow=False', false],
])('of "%s", a log is followed: %s, as every boolean of a query is read', (query, isFollowed) => {
  expect(optionsOf(query).isFollowed).toBe(isFollowed)
})

it('sinceSeconds counts back from now, sinceTime is a time', () => {
  expect(optionsOf('sinceSeconds=60').sinceMs).toBe(NOW_MS - 60_000)
  expect(optionsOf('sinceTime=2026-01-01T00:00:00Z').sinceMs).toBe(NOW_MS - 60_000)
})
