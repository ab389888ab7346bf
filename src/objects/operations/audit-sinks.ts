/**
 * Where audit events go: the log (lines of JSON, which the local server's host writes to a file) and a webhook, in
 * batches, with retries. Both take events at once and lose them rather than hold a request up; what is lost is counted
 * in apiserver_audit_error_total (k8s.io/apiserver plugin/pkg/audit/{log,webhook,buffered,truncate}).
 */
import type { Counter } from '../../lib/metrics.ts'
import type { Clock } from '../../lib/clock.ts'

/** What waits for the webhook, of one isolate: events and their characters. */
const MAX_BUFFERED_EVENTS = 10_000
const MAX_BUFFERED_CHARACTERS = 8 * 1024 * 1024

/** Upstream's batch; the wait is shorter than its 30 s, as an object may go once it rests. */
const MAX_BATCH_EVENTS = 400
const BATCH_WAIT_MS = 1_000

/** A batch is tried so often, each time half as long again after the last. */
const MAX_ATTEMPTS = 5
const FIRST_RETRY_MS = 1_000
const RETRY_FACTOR = 1.5

/** Lines of the platform's log are cut beyond this. */
const MAX_LINE_CHARACTERS = 200 * 1024

export interface WebhookPorts {
  readonly clock: Clock
  /** Rejects, or answers with a code that is no success. */
  post(body: string): Promise<number>
  readonly errors: Counter
}

export class AuditWebhook {
  readonly #ports: WebhookPorts
  #waiting: string[] = []
  #characters = 0
  #isSending = false
  #cancelTimer: (() => void) | undefined

  constructor(ports: WebhookPorts) {
    this.#ports = ports
  }

  send(event: string): void {
    const isFull = this.#waiting.length >= MAX_BUFFERED_EVENTS
    if (isFull || this.#characters + event.length > MAX_BUFFERED_CHARACTERS) {
      this.#ports.errors.of('buffered').add()
      return
    }
    this.#waiting.push(event)
    this.#characters += event.length
    if (this.#isSending) return
    if (this.#waiting.length >= MAX_BATCH_EVENTS) void this.#drain()
    else this.#cancelTimer ??= this.#ports.clock.after(BATCH_WAIT_MS, () => void this.#drain())
  }

  /** One batch after another, so that a slow receiver is not asked for more at once. */
  async #drain(): Promise<void> {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.#isSending) return
    this.#isSending = true
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, MAX_BATCH_EVENTS)
        await this.#deliver(batch)
        this.#characters -= batch.reduce((sum, event) => sum + event.length, 0)
      }
    } finally {
      this.#isSending = false
    }
  }

  async #deliver(batch: readonly string[]): Promise<void> {
    const body = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${batch.join(',')}]}`
    let waitMs = FIRST_RETRY_MS
    for (let attempt = 1; ; attempt++) {
      const problem = await this.#attempt(body)
      if (problem === undefined) return
      if (!problem.isPassing || attempt >= MAX_ATTEMPTS) {
        this.#ports.errors.of('webhook').add(batch.length)
        console.warn(`${String(batch.length)} audit events were not taken by the webhook: ${problem.why}`)
        return
      }
      await new Promise<void>((resolve) => this.#ports.clock.after(waitMs, resolve))
      waitMs *= RETRY_FACTOR
    }
  }

  async #attempt(body: string): Promise<{ readonly why: string; readonly isPassing: boolean } | undefined> {
    try {
      const code = await this.#ports.post(body)
      if (code >= 200 && code < 300) return undefined
      return { why: `it answered ${String(code)}`, isPassing: code === 429 || code >= 500 }
    } catch (error) {
      return { why: error instanceof Error ? error.message : String(error), isPassing: true }
    }
  }
}

/** One line an event. */
export function logSink(errors: Counter, print: (line: string) => void): (event: string) => void {
  return (event) => {
    try {
      print(event.length > MAX_LINE_CHARACTERS ? truncated(event) : event)
    } catch (error) {
      errors.of('log').add()
      console.warn('an audit event could not be logged', error)
    }
  }
}

/** Without the objects, which is what makes an event large. */
function truncated(event: string): string {
  const { requestObject: _request, responseObject: _response, annotations, ...rest } = JSON.parse(event) as {
    readonly requestObject?: unknown
    readonly responseObject?: unknown
    readonly annotations?: Readonly<Record<string, string>>
  }
  return JSON.stringify({ ...rest, annotations: { ...annotations, 'audit.k8s.io/truncated': 'true' } })
}
