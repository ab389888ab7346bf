/** What an isolate's containers printed: shown as `kubectl logs` asks for it, and bounded. */
import { describe, expect, it } from 'vitest'
import type { LogOptions } from '../../../src/kubelet/logs/log-options.ts'
import { LOG_BURST_BYTES, LogStore, MAX_LOG_BYTES } from '../../../src/kubelet/runtimes/isolates/log-store.ts'
import { ManualClock } from '../../../src/lib/clock.ts'
import { nodeSqlite } from '../../support/sql/node-sqlite.ts'
import { SandboxStore } from '../../../src/kubelet/runtimes/isolates/sandbox-store.ts'

class Log {
  readonly clock = new ManualClock(Date.UTC(2026, 0, 1))
  readonly store = new LogStore(new SandboxStore(nodeSqlite()).sql, this.clock)

  print(...texts: string[]): void {
    this.store.append('main', 0, texts.map((text) => [this.clock.now(), text] as const), 0)
  }

  stream(options: Partial<LogOptions> = {}, attempt = 0, isLive = true): ReadableStream<Uint8Array> {
    const all = { container: 'main', isFollowed: false, isPrevious: false, hasTimestamps: false, ...options }
    return this.store.read(all, attempt, isLive)
  }

  read(options: Partial<LogOptions> = {}, attempt = 0): Promise<string> {
    return new Response(this.stream(options, attempt)).text()
  }
}

/** Three lines, a second apart. */
function threeLines(): Log {
  const log = new Log()
  for (const text of ['one', 'two', 'three']) {
    log.print(text)
    log.clock.advance(1_000)
  }
  return log
}

describe('a log', () => {
  it.each<{ given: string; options: Partial<LogOptions>; want: string }>([
    { given: 'whole', options: {}, want: 'one\ntwo\nthree\n' },
    { given: 'its last lines', options: { tailLines: 2 }, want: 'two\nthree\n' },
    { given: 'no lines at all', options: { tailLines: 0 }, want: '' },
    { given: 'since a time', options: { sinceMs: Date.UTC(2026, 0, 1, 0, 0, 1) }, want: 'two\nthree\n' },
    { given: 'its first bytes', options: { limitBytes: 5 }, want: 'one\nt' },
    {
      given: 'with times',
      options: { hasTimestamps: true, tailLines: 1 },
      want: '2026-01-01T00:00:02.000000000Z three\n',
    },
  ])('is shown $given', async ({ options, want }) => {
    expect(await threeLines().read(options)).toBe(want)
  })

  it('is kept for the attempt before, and for none before that', async () => {
    const log = new Log()
    for (const attempt of [0, 1, 2]) log.store.append('main', attempt, [[0, `attempt ${String(attempt)}`]], 0)
    expect(await log.read({}, 2)).toBe('attempt 2\n')
    expect(await log.read({ isPrevious: true }, 1)).toBe('attempt 1\n')
    expect(await log.read({}, 0)).toBe('')
  })

  it('is followed line by line until the container ends', async () => {
    const log = threeLines()
    const reader = log.stream({ isFollowed: true, tailLines: 1 }).pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('three\n')
    log.print('four')
    expect((await reader.read()).value).toBe('four\n')
    log.store.close('main', 0)
    expect((await reader.read()).done).toBe(true)
  })

  it('ends at once for a follower of what runs no more', async () => {
    const stream = threeLines().stream({ isFollowed: true }, 0, false)
    expect(await new Response(stream).text()).toBe('one\ntwo\nthree\n')
  })

  it('drops what a flood brings, says so at once, and how much it was when it is over', async () => {
    const log = new Log()
    const line = 'x'.repeat(1_023)
    log.print(...Array.from({ length: LOG_BURST_BYTES / 1_024 + 10 }, () => line))
    const onset = 'workernetes: lines are being dropped: more than 64 KiB/s is printed\n'
    expect(await log.read({ tailLines: 1 })).toBe(onset)
    log.clock.advance(1_000)
    log.print('calm again')
    expect(await log.read({ tailLines: 2 })).toBe(
      'workernetes: 10 lines were dropped here: more than 64 KiB/s was printed\ncalm again\n',
    )
  })

  it('keeps the newest lines of a log that outgrows its bound', async () => {
    const log = new Log()
    for (let second = 0; second < 80; second++) {
      log.print(...Array.from({ length: 63 }, () => `${String(second)} ${'x'.repeat(1_000)}`))
      log.clock.advance(1_000)
    }
    expect(log.store.sizeBytes('main')).toBeLessThanOrEqual(MAX_LOG_BYTES)
    const lines = (await log.read()).trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(/^79 /)
    expect(lines[0]).not.toMatch(/^0 /)
  })
})
