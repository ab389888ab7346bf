/** Where audit events go: batches, retries, what is lost and how that is counted. */
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import { MetricRegistry } from '../../../src/lib/metrics.ts'
import type { WebhookOptions } from '../../../src/objects/operations/audit-sinks.ts'
import { AuditWebhook, logSink, truncating, writtenLog } from '../../../src/objects/operations/audit-sinks.ts'

const OPTIONS: WebhookOptions = {
  mode: 'batch', bufferSize: 10_000, batchSize: 400, batchWaitMs: 1_000, firstRetryMs: 1_000,
}

const aCounter = () => new MetricRegistry().counter({ name: 'e', help: '', labels: ['plugin'] })

function aWebhook(answers: readonly (number | Error)[], options: Partial<WebhookOptions> = {}) {
  const clock = new ManualClock()
  const errors = aCounter()
  const posts: { items: { n: number }[] }[] = []
  const left = [...answers]
  const post = (body: string): Promise<number> => {
    posts.push(JSON.parse(body) as (typeof posts)[number])
    const answer = left.shift() ?? 200
    return typeof answer === 'number' ? Promise.resolve(answer) : Promise.reject(answer)
  }
  const webhook = new AuditWebhook({ clock, errors, post }, { ...OPTIONS, ...options })
  const settle = async (ms = 0): Promise<void> => {
    clock.advance(ms)
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  return { webhook, clock, errors, posts, settle, sizes: () => posts.map(({ items }) => items.length) }
}

const event = (n: number): string => JSON.stringify({ n })

describe('the webhook', () => {
  it('gets what comes within a second as one EventList', async () => {
    const { webhook, posts, settle } = aWebhook([])
    void webhook.send(event(1))
    void webhook.send(event(2))
    await settle(999)
    expect(posts).toEqual([])
    await settle(1)
    expect(posts).toEqual([
      { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [{ n: 1 }, { n: 2 }] },
    ])
  })

  it('gets 400 at once, and the rest in further batches', async () => {
    const { webhook, settle, sizes } = aWebhook([])
    for (let n = 0; n < 900; n++) void webhook.send(event(n))
    await settle()
    expect(sizes()).toEqual([400, 400, 100])
  })

  it('is asked again, later each time, and its batch is lost after five attempts', async () => {
    const { webhook, settle, sizes, errors } = aWebhook([503, new Error('gone'), 429, 500, 500])
    void webhook.send(event(1))
    await settle(1_000)
    for (const [waitMs, posts] of [[1_000, 2], [1_500, 3], [2_250, 4], [3_375, 5], [60_000, 5]] as const) {
      await settle(waitMs - 1)
      await settle(1)
      expect(sizes()).toHaveLength(posts)
    }
    expect(errors.of('webhook').value).toBe(1)
    void webhook.send(event(2))
    await settle(1_000)
    expect(sizes()).toHaveLength(6)
  })

  it('is asked again for what it refuses', async () => {
    const { webhook, settle, sizes, errors } = aWebhook([400], { firstRetryMs: 10 })
    void webhook.send(event(1))
    await settle(1_000)
    await settle(10)
    expect([sizes(), errors.of('webhook').value]).toEqual([[1, 1], 0])
  })

  it('gets batches of the size, and holds the number, that it is told', async () => {
    const { webhook, settle, sizes, errors } = aWebhook([], { batchSize: 2, bufferSize: 3, batchWaitMs: 50 })
    for (let n = 0; n < 6; n++) void webhook.send(event(n))
    await settle()
    expect([sizes(), errors.of('buffered').value]).toEqual([[2, 2, 1], 1])
  })

  it.each([
    ['blocking', [200], true, 0],
    ['blocking', [500, 500], true, 1],
    ['blocking-strict', [500, 200], true, 0],
    ['blocking-strict', [500, new Error('gone')], false, 1],
  ] as const)('in mode %s is asked at once for each event, and waited for: %j', async (mode, answers, isTaken, lost) => {
    const all = answers.length === 1 || answers[1] === 200 ? answers : Array.from({ length: 5 }, () => answers[1])
    const { webhook, settle, sizes, errors } = aWebhook(all, { mode, firstRetryMs: 10 })
    let sent: boolean | undefined
    void Promise.resolve(webhook.send(event(1))).then((taken) => (sent = taken))
    expect([sizes(), sent]).toEqual([[1], undefined])
    for (let turn = 0; turn < 5; turn++) await settle(1_000)
    expect([sent, errors.of('webhook').value, new Set(sizes())]).toEqual([isTaken, lost, new Set([1])])
  })

  it('loses what its buffer does not hold, and says how much', () => {
    const { webhook, errors } = aWebhook([])
    const large = JSON.stringify({ n: 1, text: 'x'.repeat(1024 * 1024) })
    for (let n = 0; n < 10; n++) void webhook.send(large)
    expect(errors.of('buffered').value).toBe(3)
  })
})

describe('the log', () => {
  it('takes an event a line, and of one that is too long all but its objects', () => {
    const lines: string[] = []
    const send = logSink(aCounter(), (line) => lines.push(line))
    void send(event(1))
    void send(JSON.stringify({ auditID: 'a', requestObject: 'x'.repeat(300_000), annotations: { k: 'v' } }))
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { n: 1 },
      { auditID: 'a', annotations: { k: 'v', 'audit.k8s.io/truncated': 'true' } },
    ])
  })

  it.each([
    ['blocking', true],
    ['blocking-strict', false],
  ] as const)('that somebody writes is waited for, and what he cannot write is lost: %s', async (mode, isTaken) => {
    const errors = aCounter()
    const written: string[] = []
    const send = writtenLog(errors, mode, (line) => {
      if (written.length === 2) return Promise.reject(new Error('gone'))
      return Promise.resolve(written.push(line) < 2)
    })
    expect(await send(event(1))).toBe(true)
    for (const n of [2, 3]) expect(await send(event(n))).toBe(isTaken)
    expect([written, errors.of('log').value]).toEqual([[event(1), event(2)], 2])
  })

  it('gets no event beyond its size: first without its objects, then not at all', async () => {
    const errors = aCounter()
    const lines: unknown[] = []
    const send = truncating((line) => lines.push(JSON.parse(line)) > 0, 100, errors)
    const object = { k: 'é'.repeat(40) }
    expect(send(JSON.stringify({ level: 'Request', requestObject: object }))).toBe(true)
    expect(send(JSON.stringify({ level: 'Metadata', object }))).toBe(true)
    expect(send(JSON.stringify({ level: 'Request', agent: 'x'.repeat(100) }))).toBe(true)
    expect(lines).toEqual([{ level: 'Request', annotations: { 'audit.k8s.io/truncated': 'true' } }])
    expect(errors.of('truncate').value).toBe(2)
  })
})
