/**
 * PodObject: one per pod on a serverless node; that pod's kubelet. Glue only: gives the kubelet
 * (kubelet/pod-kubelet.ts) its SQLite, alarm, loader and way to the API. Everything it must remember is in its
 * SQLite; after an eviction or the death of its process it goes on from there.
 */
import { DurableObject } from 'cloudflare:workers'
import type { V1Pod } from '../apis/generated/types.ts'
import { ApiStatusError } from '../apimachinery/status-error.ts'
import { createEventsRecorder } from '../client/events-recorder.ts'
import { PodKubelet } from '../kubelet/pod-kubelet.ts'
import type { LogOptions } from '../kubelet/logs/log-options.ts'
import { parseLogOptions } from '../kubelet/logs/log-options.ts'
import type { IsolateSandbox } from '../kubelet/runtimes/isolates/isolates-runtime.ts'
import { IsolatesRuntime } from '../kubelet/runtimes/isolates/isolates-runtime.ts'
import { SandboxStore } from '../kubelet/runtimes/isolates/sandbox-store.ts'
import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import type { LazySql } from '../store/migrate.ts'
import { durableSql } from './storage/durable-sql.ts'
import { ControlPlaneClient } from './pod-worker/control-plane-client.ts'
import { AGAIN_HEADER, NOT_TAKEN_HEADER, PORT_HEADER, withoutHopHeaders } from './calls/hop-headers.ts'
import { PodAlarm } from './pod-worker/pod-alarm.ts'
import type { PodEnv } from './pod-worker/pod-env.ts'
import { lastProcessEndOf } from './pod-worker/pod-env.ts'
import type { PodExports } from './pod-worker/worker-code.ts'
import { workerLoader } from './pod-worker/worker-code.ts'

/** The node that isolates run on, and the identity of their kubelets. */
const NODE_NAME = 'isolates'

export class PodObject extends DurableObject<PodEnv> {
  readonly #kubelet: PodKubelet
  readonly #store: LazySql
  readonly #alarm: PodAlarm
  /** The former process ended within this pod's code. */
  readonly #isSuspect: boolean

  constructor(ctx: DurableObjectState, env: PodEnv) {
    super(ctx, env)
    const { name = '' } = ctx.id
    const [cluster = '', , , uid = ''] = name.split('/')
    if (uid === '') throw new Error('a pod’s object is addressed by its name (object-names.ts)')
    const client = new ControlPlaneClient({
      binding: env.CONTROL_PLANE,
      secret: env.INTERNAL_SECRET ?? '',
      cluster,
      username: `system:node:${NODE_NAME}`,
    })
    const store = new SandboxStore(durableSql(ctx.storage))
    this.#store = store.sql
    const lastProcessEnd = lastProcessEndOf(env)
    this.#isSuspect = lastProcessEnd?.suspects?.includes(uid) === true
    this.#alarm = new PodAlarm(
      {
        setAlarm: (timeMs) => ctx.waitUntil(ctx.storage.setAlarm(timeMs)),
        deleteAlarm: () => ctx.waitUntil(ctx.storage.deleteAlarm()),
      },
      systemClock,
    )
    const runtime = new IsolatesRuntime({
      client,
      clock: systemClock,
      store,
      loader: workerLoader({
        loader: env.LOADER,
        // The classes that pod-worker.ts exports, as the platform offers them to us.
        exports: ctx.exports as unknown as PodExports,
        pod: name,
        ...(env.TRACE_ENTRIES === undefined ? {} : { trace: uid }),
      }),
      process: systemRandom.uuid(),
      ...(lastProcessEnd === undefined ? {} : { lastProcessEnd }),
      hostIPs: (env.HOST_IPS ?? '').split(',').filter((ip) => ip !== ''),
      durable: () => ctx.storage.sync(),
      guard: () => this.#alarm.guard(),
      token: (pod, audience, expirationSeconds) => tokenOf(client, pod, audience, expirationSeconds),
    })
    const onError = (error: unknown): void =>
      console.warn(`pod ${name}:`, error instanceof ApiStatusError ? error.message : error)
    const events = createEventsRecorder({
      client,
      clock: systemClock,
      random: systemRandom,
      component: 'kubelet',
      host: NODE_NAME,
      onError,
    })
    this.#kubelet = new PodKubelet({
      client,
      clock: systemClock,
      events,
      runtime,
      memory: store,
      onError,
      wakeAt: (timeMs) => this.#alarm.wakeAt(timeMs),
    })
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
        return this.#logs(parseLogOptions(searchParams, systemClock.now()))
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

  async #intoPod(port: number, request: Request): Promise<Response> {
    // What was sent again may be what ended the process.
    if (this.#isSuspect && request.headers.has(AGAIN_HEADER)) {
      return new Response('the pod’s process was ended while its code was being run\n', { status: 502 })
    }
    const listener = this.#sandbox()?.listenerOn(port)
    if (listener === undefined) {
      return new Response(`nothing listens on port ${String(port)}\n`, {
        status: 502,
        headers: { [NOT_TAKEN_HEADER]: '1' },
      })
    }
    try {
      const response = await listener.fetch(new Request(request, { headers: withoutHopHeaders(request.headers) }))
      if (!response.headers.has(NOT_TAKEN_HEADER)) return response
      const headers = new Headers(response.headers)
      headers.delete(NOT_TAKEN_HEADER)
      return new Response(response.body, { status: response.status, headers })
    } catch (error) {
      // The stack is in the pod's log; who asked learns that it failed.
      console.warn(`a request into the pod failed`, error instanceof Error ? error.message : error)
      return new Response('Internal Server Error\n', { status: 500 })
    }
  }

  async #logs(options: LogOptions): Promise<Response> {
    const { pod, sandbox } = this.#kubelet
    if (pod === undefined || sandbox === undefined) return new Response('')
    try {
      const headers = { 'content-type': 'text/plain', 'cache-control': 'no-transform', 'content-encoding': 'identity' }
      return new Response(await sandbox.logs(pod, options), { headers })
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

function tokenOf(
  client: ControlPlaneClient,
  pod: V1Pod,
  audience: string | undefined,
  expirationSeconds: number,
): Promise<string> {
  const { namespace = '', name, uid } = pod.metadata
  return client.token(
    { namespace, name: pod.spec?.serviceAccountName ?? 'default' },
    {
      audiences: audience === undefined ? [] : [audience],
      expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  )
}
