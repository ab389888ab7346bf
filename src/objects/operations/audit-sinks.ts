/**
 * Where audit events go: the log (lines of JSON) and a webhook (k8s.io/apiserver
 * plugin/pkg/audit/{log,webhook,buffered,truncate}). In mode `batch` events are taken at once and lost rather than that
 * a request is held up; otherwise each is waited for. What is lost is counted in apiserver_audit_error_total.
 */
import { byteLength } from '../../apimachinery/names.ts'
import type { Sent } from '../../apiserver/operations/audit/auditor.ts'
import type { AuditMode } from '../../env.ts'
import type { Counter } from '../../lib/metrics.ts'
import type { Clock } from '../../lib/clock.ts'

export type AuditSink = (event: string) => Sent

/** What waits for the webhook, of one isolate. */
const MAX_BUFFERED_CHARACTERS = 8 * 1024 * 1024

/** A batch is tried so often, each time half as long again after the last. */
const MAX_ATTEMPTS = 5
const RETRY_FACTOR = 1.5

/** Lines of the platform's log are cut beyond this. */
const MAX_LINE_BYTES = 200 * 1024

export interface WebhookOptions {
  readonly mode: AuditMode
  /** Events that wait, at most, beside the characters of all. */
  readonly bufferSize: number
  readonly batchSize: number
  readonly batchWaitMs: number
  readonly firstRetryMs: number
}

export interface WebhookPorts {
  readonly clock: Clock
  /** Rejects, or answers with a code that is no success. */
  post(body: string): Promise<number>
  readonly errors: Counter
}

export class AuditWebhook {
  readonly #ports: WebhookPorts
  readonly #options: WebhookOptions
  #waiting: string[] = []
  #characters = 0
  #isSending = false
  #cancelTimer: (() => void) | undefined

  constructor(ports: WebhookPorts, options: WebhookOptions) {
    this.#ports = ports
    this.#options = options
  }

  send(event: string): Sent {
    if (this.#options.mode !== 'batch') return unlessStrict(this.#options.mode, this.#deliver([event]))
    this.#enqueue(event)
    return true
  }

  #enqueue(event: string): void {
    const { bufferSize, batchSize, batchWaitMs } = this.#options
    const isFull = this.#waiting.length >= bufferSize
    if (isFull || this.#characters + event.length > MAX_BUFFERED_CHARACTERS) {
      this.#ports.errors.of('buffered').add()
      return
    }
    this.#waiting.push(event)
    this.#characters += event.length
    if (this.#isSending) return
    if (this.#waiting.length >= batchSize) void this.#drain()
    else this.#cancelTimer ??= this.#ports.clock.after(batchWaitMs, () => void this.#drain())
  }

  /** One batch after another, so that a slow receiver is not asked for more at once. */
  async #drain(): Promise<void> {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.#isSending) return
    this.#isSending = true
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, this.#options.batchSize)
        await this.#deliver(batch)
        this.#characters -= batch.reduce((sum, event) => sum + event.length, 0)
      }
    } finally {
      this.#isSending = false
    }
  }

  async #deliver(batch: readonly string[]): Promise<boolean> {
    const body = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${batch.join(',')}]}`
    let waitMs = this.#options.firstRetryMs
    for (let attempt = 1; ; attempt++) {
      const problem = await this.#attempt(body)
      if (problem === undefined) return true
      if (attempt >= MAX_ATTEMPTS) {
        this.#ports.errors.of('webhook').add(batch.length)
        console.warn(`${String(batch.length)} audit events were not taken by the webhook: ${problem}`)
        return false
      }
      await new Promise<void>((resolve) => this.#ports.clock.after(waitMs, resolve))
      waitMs *= RETRY_FACTOR
    }
  }

  /** Whatever went wrong may pass: it is asked again after a refusal as well. */
  async #attempt(body: string): Promise<string | undefined> {
    try {
      const code = await this.#ports.post(body)
      return code >= 200 && code < 300 ? undefined : `it answered ${String(code)}`
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}

/** Only where it is strict somebody wants to know whether it was taken. */
async function unlessStrict(mode: AuditMode, taken: Promise<boolean>): Promise<boolean> {
  return (await taken) || mode !== 'blocking-strict'
}

/** One line an event, of the platform's log: nobody can tell whether it was written. */
export function logSink(errors: Counter, print: (line: string) => void): AuditSink {
  return (event) => {
    try {
      print(sizeOf(event) > MAX_LINE_BYTES ? withoutObjects(event) : event)
    } catch (error) {
      errors.of('log').add()
      console.warn('an audit event could not be logged', error)
    }
    return true
  }
}

/** A log that somebody else writes, who says whether he could. */
export function writtenLog(errors: Counter, mode: AuditMode, write: (line: string) => Promise<boolean>): AuditSink {
  const isWritten = async (event: string): Promise<boolean> => {
    try {
      if (await write(event)) return true
    } catch (error) {
      console.warn('an audit event could not be logged', error)
    }
    errors.of('log').add()
    return false
  }
  return (event) => unlessStrict(mode, isWritten(event))
}

/** Events beyond `maxBytes` go on without their objects; what is too large even so is lost, and nobody is refused. */
export function truncating(sink: AuditSink, maxBytes: number, errors: Counter): AuditSink {
  return (event) => {
    const shown = sizeOf(event) > maxBytes ? withoutObjects(event) : event
    if (sizeOf(shown) <= maxBytes) return sink(shown)
    errors.of('truncate').add()
    console.warn('an audit event is too large even after truncating')
    return true
  }
}

/** With the end of its line. */
function sizeOf(event: string): number {
  return byteLength(event) + 1
}

/** Objects are what makes an event large; those of level Metadata have none. */
function withoutObjects(event: string): string {
  const { requestObject: _request, responseObject: _response, annotations, ...rest } = JSON.parse(event) as {
    readonly level?: string
    readonly requestObject?: unknown
    readonly responseObject?: unknown
    readonly annotations?: Readonly<Record<string, string>>
  }
  if (rest.level === 'Metadata') return event
  return JSON.stringify({ ...rest, annotations: { ...annotations, 'audit.k8s.io/truncated': 'true' } })
}
