/**
 * PodObject: one per pod on a serverless node; that pod's kubelet. Glue only: gives the kubelet
 * (kubelet/pod-kubelet.ts) its SQLite, alarm, loader and way to the API. Everything it must remember is in its
 * SQLite; after an eviction or the death of its process it goes on from there.
 */
import { DurableObject } from 'cloudflare:workers'
import type { V1Pod } from '../apis/generated/types.ts'
import { ApiStatusError } from '../apimachinery/status-error.ts'
import type { PodKubelet } from '../kubelet/pod-kubelet.ts'
import { parseLogOptions } from '../kubelet/logs/log-options.ts'
import type { IsolateSandbox } from '../kubelet/runtimes/isolates/isolates-runtime.ts'
import { SandboxStore } from '../kubelet/runtimes/isolates/sandbox-store.ts'
import { systemClock } from '../lib/clock.ts'
import { AGAIN_HEADER, PORT_HEADER } from './calls/hop-headers.ts'
import { createIsolateKubelet } from './pod-worker/isolate-kubelet.ts'
import type { LazySql } from '../store/migrate.ts'
import { durableSql } from './storage/durable-sql.ts'
import { PodAlarm } from './pod-worker/pod-alarm.ts'
import type { PodEnv } from './pod-worker/pod-env.ts'
import { lastProcessEndOf } from './pod-worker/pod-env.ts'
import { requestIntoPod } from './pod-worker/pod-requests.ts'

export class PodObject extends DurableObject<PodEnv> {
  readonly #kubelet: PodKubelet
  readonly #store: LazySql
  readonly #alarm: PodAlarm
  /** The former process ended within this pod's code. */
  readonly #isSuspect: boolean

  constructor(ctx: DurableObjectState, env: PodEnv) {
    super(ctx, env)
    const { name = '' } = ctx.id
    const uid = name.split('/')[3] ?? ''
    if (uid === '') throw new Error('a pod’s object is addressed by its name (object-names.ts)')
    this.#isSuspect = lastProcessEndOf(env)?.suspects?.includes(uid) === true
    this.#alarm = new PodAlarm(
      {
        setAlarm: (timeMs) => ctx.waitUntil(ctx.storage.setAlarm(timeMs)),
        deleteAlarm: () => ctx.waitUntil(ctx.storage.deleteAlarm()),
      },
      systemClock,
    )
    const store = new SandboxStore(durableSql(ctx.storage))
    this.#store = store.sql
    this.#kubelet = createIsolateKubelet({ ctx, env, name, store, alarm: this.#alarm })
    // What was lost with the process before this one is to be reported, whoever woke us.
    if (this.#kubelet.pod !== undefined) ctx.waitUntil(this.#kubelet.wake())
  }

  override async fetch(request: Request): Promise<Response> {
    const port = request.headers.get(PORT_HEADER)
    if (port !== null) return this.#intoPod(Number(port), request)
    const { pathname, searchParams } = new URL(request.url)
    switch (`${request.method} ${pathname}`) {
      case 'POST /observe':
        await this.#kubelet.observe(await request.json<V1Pod>())
        return new Response('ok')
      case 'POST /gone':
        await this.#kubelet.gone()
        // A pod that is no more costs nothing any more; another one of its name is another object.
        await this.ctx.storage.deleteAll()
        this.#store.emptied()
        return new Response('ok')
      case 'GET /logs':
        return this.#logs(searchParams)
      case 'GET /stats':
        return Response.json((await this.#kubelet.sandbox?.stats()) ?? [])
      default:
        return new Response('not found\n', { status: 404 })
    }
  }

  override async alarm(): Promise<void> {
    this.#alarm.wentOff(this.#sandbox()?.isBusy === true)
    await this.#kubelet.wake()
  }

  appendLog(container: string, attempt: number, lines: readonly (readonly [number, string])[], lost: number): void {
    this.#sandbox()?.logStore.append(container, attempt, lines, lost)
  }

  /** An invocation of the container's code ended as only the platform knows. */
  tailed(container: string, attempt: number, outcome: string): void {
    this.#sandbox()?.tailed(container, attempt, outcome)
  }

  #intoPod(port: number, request: Request): Response | Promise<Response> {
    // What is sent again may be what ended the process.
    if (this.#isSuspect && request.headers.has(AGAIN_HEADER)) {
      return new Response('the pod’s process was ended while its code was being run\n', { status: 502 })
    }
    return requestIntoPod(this.#sandbox(), port, request)
  }

  async #logs(query: URLSearchParams): Promise<Response> {
    const { pod, sandbox } = this.#kubelet
    if (pod === undefined || sandbox === undefined) return new Response('')
    try {
      const headers = { 'content-type': 'text/plain', 'cache-control': 'no-transform', 'content-encoding': 'identity' }
      return new Response(await sandbox.logs(pod, parseLogOptions(query, systemClock.now())), { headers })
    } catch (error) {
      if (error instanceof ApiStatusError) return Response.json(error.status, { status: error.httpCode })
      throw error
    }
  }

  #sandbox(): IsolateSandbox | undefined {
    // The runtime given to the kubelet makes no other kind.
    return this.#kubelet.sandbox as IsolateSandbox | undefined
  }
}
