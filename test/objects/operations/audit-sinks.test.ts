/** Where audit events go: batches, retries, what is lost and how that is counted. */
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import { MetricRegistry } from '../../../src/lib/metrics.ts'
import { AuditWebhook, logSink } from '../../../src/objects/operations/audit-sinks.ts'

function aWebhook(answers: readonly (number | Error)[]) {
  const clock = new ManualClock()
  const errors = new MetricRegistry().counter({ name: 'e', help: '', labels: ['plugin'] })
  const posts: { items: { n: number }[] }[] = []
  const left = [...answers]
  const webhook = new AuditWebhook({
    clock,
    errors,
    post(body) {
      posts.push(JSON.parse(body) as (typeof posts)[number])
      const answer = left.shift() ?? 200
      return typeof answer === 'number' ? Promise.resolve(answer) : Promise.reject(answer)
    },
  })
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
    webhook.send(event(1))
    webhook.send(event(2))
    await settle(999)
    expect(posts).toEqual([])
    await settle(1)
    expect(posts).toEqual([
      { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [{ n: 1 }, { n: 2 }] },
    ])
  })

  it('gets 400 at once, and the rest in further batches', async () => {
    const { webhook, settle, sizes } = aWebhook([])
    for (let n = 0; n < 900; n++) webhook.send(event(n))
    await settle()
    expect(sizes()).toEqual([400, 400, 100])
  })

  it('is asked again, later each time, and its batch is lost after five attempts', async () => {
    const { webhook, settle, sizes, errors } = aWebhook([503, new Error('gone'), 429, 500, 500])
    webhook.send(event(1))
    await settle(1_000)
    for (const [waitMs, posts] of [[1_000, 2], [1_500, 3], [2_250, 4], [3_375, 5], [60_000, 5]] as const) {
      await settle(waitMs - 1)
      await settle(1)
      expect(sizes()).toHaveLength(posts)
    }
    expect(errors.of('webhook').value).toBe(1)
    webhook.send(event(2))
    await settle(1_000)
    expect(sizes()).toHaveLength(6)
  })

  it('is not asked again for what it refuses', async () => {
    const { webhook, settle, sizes, errors } = aWebhook([400])
    webhook.send(event(1))
    await settle(1_000)
    await settle(60_000)
    expect([sizes(), errors.of('webhook').value]).toEqual([[1], 1])
  })

  it('loses what its buffer does not hold, and says how much', () => {
    const { webhook, errors } = aWebhook([])
    const large = JSON.stringify({ n: 1, text: 'x'.repeat(1024 * 1024) })
    for (let n = 0; n < 10; n++) webhook.send(large)
    expect(errors.of('buffered').value).toBe(3)
  })
})

describe('the log', () => {
  it('takes an event a line, and of one that is too long all but its objects', () => {
    const lines: string[] = []
    const errors = new MetricRegistry().counter({ name: 'e', help: '', labels: ['plugin'] })
    const send = logSink(errors, (line) => lines.push(line))
    send(event(1))
    send(JSON.stringify({ auditID: 'a', requestObject: 'x'.repeat(300_000), annotations: { k: 'v' } }))
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { n: 1 },
      { auditID: 'a', annotations: { k: 'v', 'audit.k8s.io/truncated': 'true' } },
    ])
  })
})
