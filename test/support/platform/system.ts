/**
 * The whole control plane in this process: the real Worker and the real objects on node:sqlite, under fake timers, with
 * pods on simulated nodes. Requests go in as from outside; Cron ticks when a test says so.
 */
import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import worker, { CloudObject, NamespaceObject, SchedulerObject, SequencerObject } from '../../../src/worker.ts'
import type { KubeObject } from '../../../src/apimachinery/meta.ts'
import type { Env } from '../../../src/env.ts'
import { DurablePlatform, bindTimersToInstances } from './durable-platform.ts'

/** In Node.js a body that is a stream must say that it is sent before the answer begins; Workers take that for granted. */
class WorkersRequest extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(input, init?.body instanceof ReadableStream ? { ...plainInit(init), ...{ duplex: 'half' } } : init)
  }
}

/** A Request may be what another is made from; what it says of itself is none of its own properties. */
function plainInit(init: RequestInit): RequestInit {
  if (!(init instanceof Request)) return init
  const { method, headers, body, redirect, signal } = init
  return { method, headers, body, redirect, signal }
}

export const ADMIN_TOKEN = 'admin-token'
const START_MS = Date.UTC(2026, 0, 1)
const MINUTE_MS = 60_000

/** A promise of the platform's thread pool (digests, signatures) is done within this many turns. */
const TURNS = 40

/** What is under way at the end of a test is done within this time. */
const REST_MS = 5_000

/** Waits end after this much virtual time. */
const LIMIT_MS = 1_800_000

export interface Answer<T> {
  readonly code: number
  /** The object asked for, or a Status with its message. */
  readonly body: T & { readonly message?: string; readonly reason?: string }
}

export interface PodCall {
  readonly path: string
  readonly pod: string
}

export interface RequestOptions {
  readonly body?: unknown
  readonly token?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
}

export class System {
  readonly platform: DurablePlatform
  readonly env: Env
  readonly #restoreTimers: () => void
  /** What the pods' Worker was asked; it answers `podAnswer`. */
  readonly podCalls: PodCall[] = []
  podAnswer: (call: PodCall) => Response = () => new Response('ok')

  constructor(variables: Readonly<Record<string, string>> = {}) {
    vi.stubGlobal('Request', WorkersRequest)
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START_MS })
    this.#restoreTimers = bindTimersToInstances()
    const pods = {
      fetch: (url: string | Request, init?: RequestInit) => {
        const request = new Request(url, init)
        const pod = request.headers.get('x-workernetes-pod') ?? ''
        const call = { path: new URL(request.url).pathname, pod }
        this.podCalls.push(call)
        return Promise.resolve(this.podAnswer(call))
      },
    }
    this.platform = new DurablePlatform(
      { CloudObject, NamespaceObject, SchedulerObject, SequencerObject },
      {
        CLOUD_OBJECTS: 'CloudObject',
        NAMESPACE_OBJECTS: 'NamespaceObject',
        SCHEDULER_OBJECTS: 'SchedulerObject',
        SEQUENCER_OBJECTS: 'SequencerObject',
      },
      {
        BOOTSTRAP_TOKEN_SHA256: createHash('sha256').update(ADMIN_TOKEN).digest('hex'),
        INTERNAL_SECRET: 'internal-secret',
        SIMULATED_NODES: '2',
        PODS: pods,
        ...variables,
      },
    )
    this.env = this.platform.env<Env>()
  }

  /** Ends everything, once it has come to rest: timers of this system never fire again. */
  async end(): Promise<void> {
    await this.advance(REST_MS)
    this.platform.evict()
    this.#restoreTimers()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  }

  /** Moves time, letting everything that is due run. */
  async advance(durationMs: number, stepMs = 250): Promise<void> {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= stepMs) {
      await vi.advanceTimersByTimeAsync(Math.min(stepMs, leftMs))
      await turn()
    }
  }

  /** The scheduled handler, as Cron calls it. */
  cron(): Promise<void> {
    return this.finish(Promise.resolve(worker.scheduled({} as ScheduledController, this.env)))
  }

  /** Time passes with a tick of Cron at every full minute. */
  async minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute++) {
      await this.advance(MINUTE_MS - (Date.now() % MINUTE_MS))
      await this.cron()
    }
  }

  /** Moves time only as far as it takes for `work` to be done. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const settled = work.finally(() => {
      isDone = true
    })
    settled.catch(() => undefined)
    const endMs = Date.now() + LIMIT_MS
    while (Date.now() < endMs) {
      for (let turns = 0; turns < TURNS && !isDone; turns++) await turn()
      if (isDone) return settled
      await vi.advanceTimersByTimeAsync(1)
    }
    const open = [...this.platform.open].map(({ className, name, method }) => `${className} ${name} ${method}`)
    throw new Error(`what was waited for did not end; open calls: ${open.join(', ')}`)
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { body, token = ADMIN_TOKEN, url = 'https://127.0.0.1:6443' } = options
    const authorization = token === '' ? {} : { authorization: `Bearer ${token}` }
    const headers = { 'content-type': 'application/json', ...authorization, ...options.headers }
    const request = new Request(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return this.finish(Promise.resolve(worker.fetch(request, this.env, {} as ExecutionContext)))
  }

  async json<T = object>(method: string, path: string, options?: RequestOptions): Promise<Answer<T>> {
    const response = await this.request(method, path, options)
    return { code: response.status, body: await this.finish(response.json<Answer<T>['body']>()) }
  }

  /** What a POST of `body` has made, which must succeed. */
  async create<T = KubeObject>(path: string, body: object): Promise<T> {
    const answer = await this.json<T>('POST', path, { body })
    expect([answer.code, answer.body.message]).toEqual([201, undefined])
    return answer.body
  }

  /** Looks again and again while time passes, with Cron if asked for, until `check` returns something. */
  async until<T>(check: () => Promise<T | undefined>, { withCron = false, limitMs = LIMIT_MS } = {}): Promise<T> {
    const endMs = Date.now() + limitMs
    while (Date.now() < endMs) {
      const found = await check()
      if (found !== undefined) return found
      if (withCron) await this.minutes(1)
      else await this.advance(250)
    }
    throw new Error(`not seen within ${String(limitMs / 1_000)} s: ${check.toString()}`)
  }
}
