/** One pod on one runtime, driven by the real kubelet on a manual clock, against an API in memory. */
import { expect } from 'vitest'
import type { V1Pod } from '../../src/apis/generated/types.ts'
import type { Client } from '../../src/client/client.ts'
import { PodKubelet } from '../../src/kubelet/pod-kubelet.ts'
import { POD } from '../../src/kubelet/pod-kind.ts'
import type { LogOptions } from '../../src/kubelet/logs/log-options.ts'
import type { PodRuntime } from '../../src/kubelet/runtime.ts'
import { SandboxStore } from '../../src/kubelet/runtimes/isolates/sandbox-store.ts'
import type { ManualClock } from '../../src/lib/clock.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { nodeSqlite } from '../support/sql/node-sqlite.ts'
import { ScopesApi } from '../support/scopes-api.ts'
import { SteppedClock } from '../support/stepped-clock.ts'

export interface RuntimeSubject {
  open(ports: { readonly client: Client; readonly clock: ManualClock; readonly store: SandboxStore }): PodRuntime
  /** Changes the pod so that its container does this; may create what it needs. */
  serves(pod: V1Pod, api: ScopesApi): Promise<V1Pod>
  exits(pod: V1Pod, api: ScopesApi, exitCode: 0 | 1): Promise<V1Pod>
  refusesStart(pod: V1Pod, api: ScopesApi): Promise<V1Pod>
  refusesMount(pod: V1Pod, api: ScopesApi): Promise<V1Pod>
  /** Serves, but no probe of it ever succeeds. */
  isNeverWell(pod: V1Pod, api: ScopesApi): Promise<V1Pod>
  /** Serves, and its probes succeed for some seconds only. */
  fallsIll(pod: V1Pod, api: ScopesApi): Promise<V1Pod>
  /** Takes no notice of being asked to end. */
  isStubborn(pod: V1Pod, api: ScopesApi): Promise<V1Pod>
  /** Reasons for what it does not do. */
  readonly skips: { readonly fetch?: string; readonly eviction?: string }
}

/** Real time that a runtime may take for what happens at one moment of the clock. */
const LIMIT_MS = 2_000

export class SuiteWorld {
  readonly clock = new SteppedClock()
  readonly api = new ScopesApi(this.clock, seededRandom(3))
  readonly store = new SandboxStore(nodeSqlite())
  readonly events: string[] = []
  readonly errors: unknown[] = []
  readonly #subject: RuntimeSubject
  wakeAtMs = Infinity
  kubelet: PodKubelet

  constructor(subject: RuntimeSubject) {
    this.#subject = subject
    this.kubelet = this.newKubelet()
  }

  newKubelet(): PodKubelet {
    const { api: client, clock, store } = this
    return new PodKubelet({
      client,
      clock,
      runtime: this.#subject.open({ client, clock, store }),
      memory: store,
      events: {
        record: (_pod, type, reason, message) => {
          this.events.push(`${type} ${reason} ${message}`)
          return Promise.resolve()
        },
      },
      wakeAt: (timeMs) => {
        this.wakeAtMs = timeMs ?? Infinity
      },
      onError: (error) => this.errors.push(error),
    })
  }

  /** As it was created, before its kubelet had a look. */
  async create(pod: V1Pod): Promise<V1Pod> {
    // What a token's volume takes besides is not a runtime's business.
    const spec = { ...pod.spec, containers: pod.spec?.containers ?? [], automountServiceAccountToken: false }
    const created = await this.api.create(POD, { ...pod, spec })
    await this.observe()
    return created
  }

  pod(): Promise<V1Pod | undefined> {
    return this.api.find(POD, { namespace: 'default', name: 'web' })
  }

  async observe(): Promise<void> {
    const pod = await this.pod()
    if (pod !== undefined) await this.kubelet.observe(pod)
    await this.kubelet.settled()
  }

  async pass(seconds: number): Promise<void> {
    const endMs = this.clock.now() + seconds * 1_000
    for (let next = this.#next(); next <= endMs; next = this.#next()) {
      this.clock.advance(Math.max(0, next - this.clock.now()))
      if (this.wakeAtMs <= this.clock.now()) this.wakeAtMs = Infinity
      await this.kubelet.wake()
      await this.kubelet.settled()
    }
    this.clock.advance(endMs - this.clock.now())
    await this.kubelet.settled()
  }

  #next(): number {
    return Math.min(this.wakeAtMs, this.clock.nextDue() ?? Infinity)
  }

  /** Waits for what runs outside the clock's reach: a runtime's own promises. */
  async until(want: string): Promise<void> {
    const deadlineMs = performance.now() + LIMIT_MS
    while ((await this.shown()) !== want && performance.now() < deadlineMs) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      await this.kubelet.settled()
    }
    expect(await this.shown()).toBe(want)
  }

  async shown(): Promise<string> {
    const { status } = (await this.pod()) ?? {}
    const { state, restartCount = 0, ready } = status?.containerStatuses?.[0] ?? {}
    const what = state?.waiting?.reason ?? state?.terminated?.reason ?? 'running'
    return `${status?.phase ?? ''} ${what} ${String(restartCount)}${ready === true ? ' ready' : ''}`
  }

  condition(type: string): Promise<string | undefined> {
    return this.pod().then((pod) => pod?.status?.conditions?.find((condition) => condition.type === type)?.status)
  }

  async log(options: Partial<LogOptions> = {}): Promise<string> {
    const pod = (await this.pod()) ?? this.kubelet.pod
    if (pod === undefined) throw new Error('a pod that is gone has no log')
    const all = { container: 'main', isFollowed: false, isPrevious: false, hasTimestamps: false, ...options }
    return new Response(await this.kubelet.sandbox?.logs(pod, all)).text()
  }
}
