/**
 * A cluster in memory for controller scenarios: an API, a driver per namespace and one for the cluster scope, a clock
 * moved by hand, and stand-ins for scheduler and kubelets. `settle` runs everything that is ready; whatever needs
 * time to pass is left for `advance`.
 */
import type { V1Pod } from '../../src/apis/generated/types.ts'
import type { Condition, KubeObject } from '../../src/apimachinery/meta.ts'
import { formatTime } from '../../src/apimachinery/meta.ts'
import { pod } from '../../src/apis/core/pod/pod.ts'
import { controllerUser } from '../../src/auth/user.ts'
import { formatIpv4 } from '../../src/lib/ip/ipv4-range.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { Controller } from '../../src/reconcile/define-controller.ts'
import type { Driver } from '../../src/reconcile/driver.ts'
import { createDriver } from '../../src/reconcile/driver.ts'
import type { Progress } from '../../src/reconcile/progress.ts'
import { ScopesApi } from './scopes-api.ts'
import { SteppedClock } from './stepped-clock.ts'

/** More slices than any scenario needs: whoever runs longer never comes to rest. */
const MAX_SLICES = 3_000

const ALL = Number.MAX_SAFE_INTEGER

/** 10.244.0.0 */
const FIRST_POD_IP = 0x0a_f4_00_00

export class ControllersWorld {
  readonly clock = new SteppedClock()
  readonly random = seededRandom(7)
  readonly api: ScopesApi
  readonly errors: string[] = []
  readonly #controllers: readonly Controller[]
  #drivers = new Map<string, Driver>()
  /** Off: pods stay as they were created. */
  hasKubelet = true

  /** The controllers may need the world's own API: for what is a hop to another object in production. */
  constructor(
    controllers: readonly Controller[] | ((api: ScopesApi) => readonly Controller[]),
    namespaces: readonly string[] = ['ns'],
  ) {
    this.api = new ScopesApi(this.clock, this.random, namespaces)
    this.#controllers = typeof controllers === 'function' ? controllers(this.api) : controllers
    for (const namespace of ['', ...namespaces]) this.driver(namespace)
  }

  get namespaces(): readonly string[] {
    return [...this.#drivers.keys()].sort()
  }

  driver(namespace: string): Driver {
    const known = this.#drivers.get(namespace)
    if (known !== undefined) return known
    const { api, clock, random } = this
    const { store, cursors } = api.scope(namespace)
    const driver = createDriver({
      controllers: this.#controllers.filter(({ scope }) => scope === (namespace === '' ? 'cluster' : 'namespace')),
      namespace,
      reader: store,
      progress: cursors as Progress,
      clientFor: (name) => api.client(controllerUser(name)),
      clock,
      random,
      spacingMs: 0,
      onError: (error, controller, key) => this.errors.push(`${controller} ${key}: ${String(error)}`),
    })
    this.#drivers.set(namespace, driver)
    return driver
  }

  /** The objects end and begin anew: everything that was only in memory is gone. */
  restart(): void {
    const namespaces = [...this.#drivers.keys()]
    this.api.restart()
    this.#drivers = new Map()
    for (const namespace of namespaces) this.driver(namespace)
  }

  /** Runs everything that is ready at this moment. */
  async settle(): Promise<void> {
    await this.api.ready
    for (let slices = 0; ;) {
      let isBusy = false
      for (const driver of this.#drivers.values()) {
        const due = driver.nextDueMs()
        if (due === undefined || due > this.clock.now()) continue
        isBusy = true
        await driver.run()
        slices += 1
        if (slices > MAX_SLICES)
          throw new Error(`no rest after ${String(MAX_SLICES)} slices: ${this.errors.join('; ')}`)
      }
      if (this.hasKubelet && (await this.runKubelets())) isBusy = true
      if (!isBusy) return
    }
  }

  /** Moves time on, stopping wherever something is due. */
  async advance(durationMs: number): Promise<void> {
    const end = this.clock.now() + durationMs
    for (;;) {
      await this.settle()
      const dues = [...this.#drivers.values()].map((driver) => driver.nextDueMs() ?? Infinity)
      const next = Math.min(...dues)
      if (next > end) break
      this.clock.advance(Math.max(0, next - this.clock.now()))
    }
    this.clock.advance(end - this.clock.now())
    await this.settle()
  }

  /** Binds, starts and ends pods: all that ask for it, at once. True when it did anything. */
  async runKubelets(namespaces: readonly string[] = [...this.#drivers.keys()]): Promise<boolean> {
    let hasWorked = false
    for (const namespace of namespaces) {
      for (const { text } of this.api.store(namespace).list({ resource: 'pods', limit: ALL }).objects) {
        const one = JSON.parse(text) as V1Pod
        if (await this.#runPod(one)) hasWorked = true
      }
    }
    return hasWorked
  }

  async #runPod(one: V1Pod): Promise<boolean> {
    const { api } = this
    const { name = '', namespace = '' } = one.metadata
    if (one.metadata.deletionTimestamp !== undefined) {
      if ((one.metadata.deletionGracePeriodSeconds ?? 0) === 0) return false
      await api.delete(pod, { namespace, name }, { gracePeriodSeconds: 0 })
      return true
    }
    if (one.spec?.nodeName === undefined) {
      const target = { kind: 'Node', name: 'node-1' }
      const toNode = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target } as KubeObject
      const options = { subresource: 'binding', name }
      await api.batch(namespace, [{ verb: 'create', kind: pod, object: toNode, options }])
      return true
    }
    if (one.status?.phase !== 'Pending') return false
    const isFailing = one.metadata.annotations?.['test/never-ready'] === 'yes'
    await this.setPod(namespace, name, 'Running', !isFailing)
    return true
  }

  async setPod(namespace: string, name: string, phase: string, isReady: boolean): Promise<void> {
    const one = await this.api.get(pod, { namespace, name })
    const ready: Condition = {
      type: 'Ready',
      status: isReady ? 'True' : 'False',
      lastTransitionTime: formatTime(this.clock.now()),
    }
    const others = (one.status?.conditions ?? []).filter(({ type }) => type !== 'Ready')
    const podIP = one.status?.podIP ?? formatIpv4(FIRST_POD_IP + this.#nextIp++)
    await this.api.updateStatus(pod, {
      ...one,
      status: { ...one.status, phase, podIP, podIPs: [{ ip: podIP }], conditions: [...others, ready] },
    })
  }

  #nextIp = 1

  pods(namespace = 'ns'): V1Pod[] {
    return this.api
      .store(namespace)
      .list({ resource: 'pods', limit: ALL })
      .objects.map(({ text }) => JSON.parse(text) as V1Pod)
  }

  /** Everything in a namespace but Events, without what differs from run to run. */
  state(namespace = 'ns'): string[] {
    const store = this.api.store(namespace)
    const lines: string[] = []
    for (const resource of store.resources()) {
      if (resource === 'events') continue
      for (const { text } of store.list({ resource, limit: ALL }).objects) lines.push(normalize(text))
    }
    return lines.sort()
  }
}

/** Generated names, uids, addresses, times and revisions say nothing about the state that was reached. */
function normalize(text: string): string {
  const volatile = new Set([
    'uid',
    // Who wrote when: what was written is compared itself.
    'managedFields',
    'finishedAt',
    'resourceVersion',
    'generation',
    'managedFields',
    'observedGeneration',
    'podIP',
    'ip',
  ])
  return JSON.stringify(JSON.parse(text), (field, value: unknown) => {
    if (volatile.has(field) || field.endsWith('Time') || field.endsWith('Timestamp') || field === 'timeAdded')
      return undefined
    if (field === 'name' || field === 'message')
      return typeof value === 'string' ? value.replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-X') : value
    if (['addresses', 'clusterIP', 'clusterIPs', 'nodePort'].includes(field)) return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}
