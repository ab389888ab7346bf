/**
 * The scheduler's object may be evicted at any moment: between two changes that it is told, before a batch of binds is
 * sent, when it is committed but not answered, and after the answer. One run for each of these moments, on the real
 * API: every pod is bound exactly once, none is forgotten, and no node gets more than it has.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { node as nodeKind } from '../../src/apis/core/node/node.ts'
import { pod as podKind } from '../../src/apis/core/pod/pod.ts'
import type { V1Pod } from '../../src/apis/generated/types.ts'
import { LocalClient } from '../../src/apiserver/local-client.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { BatchTarget } from '../../src/objects/calls/store-binder.ts'
import { storeBinder } from '../../src/objects/calls/store-binder.ts'
import { Follower } from '../../src/objects/followers/follower.ts'
import { SchedulerInbox } from '../../src/objects/followers/scheduler-inbox.ts'
import { concernsScheduler, schedulingChanges, schedulingState } from '../../src/objects/followers/scheduling-feed.ts'
import { DEFAULT_PROFILE } from '../../src/scheduler/profile.ts'
import { Scheduler } from '../../src/scheduler/scheduler.ts'
import { ScopesApi } from '../support/scopes-api.ts'
import { SteppedClock } from '../support/stepped-clock.ts'
import { aNode, aPod } from './builders.ts'

const NAMESPACES = ['default', 'ns'] as const
const SCOPES = ['', ...NAMESPACES] as const

const resourceOf = (scope: string): 'nodes' | 'pods' => (scope === '' ? 'nodes' : 'pods')

/** Of what a dead instance was waiting for nothing comes. */
const never = (): Promise<never> => new Promise(() => undefined)

/** One life of the scheduler's object: all that it has is in memory. */
interface Instance {
  /** Evicted as soon as the world counts on. */
  readonly own: number
  readonly scheduler: Scheduler
  readonly inbox: SchedulerInbox
}

class World {
  readonly clock = new SteppedClock()
  readonly api = new ScopesApi(this.clock, seededRandom(5), NAMESPACES)
  /** Moments passed so far; at `evictAt` the instance that reaches it is evicted. */
  steps = 0
  evictAt = Infinity
  /** A batch that an evicted instance had under way arrives this late, when its successor has decided. */
  isLate = false
  readonly #late: (() => Promise<unknown>)[] = []
  lateBatches = 0
  #evicted = Promise.withResolvers<void>()
  #number = 0
  #instance = this.#start()
  /** The stores' cursors survive the scheduler. */
  readonly #cursors = new Map<string, number>()

  #start(): Instance {
    this.#number += 1
    const own = this.#number
    const { clock } = this
    const binder = storeBinder((namespace) => this.#target(own, namespace))
    // A successor breaks ties the other way: where the two decide on one pod, they differ.
    const random = { ...seededRandom(own), next: () => (own === 1 ? 0 : 0.999) }
    const scheduler = new Scheduler({ profile: DEFAULT_PROFILE, binder, clock, random })
    const inbox = new SchedulerInbox({
      scheduler,
      stateOf: async (scope) => {
        await this.#moment(own)
        return schedulingState(this.api.store(scope), resourceOf(scope))
      },
      scopes: async () => {
        await this.#moment(own)
        return NAMESPACES
      },
    })
    return { own, scheduler, inbox }
  }

  /** One of the moments at which an instance may be evicted. */
  async #moment(own: number): Promise<void> {
    if (own !== this.#number) return never()
    this.steps += 1
    if (this.steps !== this.evictAt) return
    this.#number += 1
    this.#evicted.resolve()
    return never()
  }

  #target(own: number, namespace: string): BatchTarget {
    return {
      batch: async (user, operations) => {
        const send = (): ReturnType<BatchTarget['batch']> =>
          new LocalClient(this.api.scope(namespace).host, user, 'kube-scheduler').batch(namespace, operations)
        if (this.isLate && this.steps + 1 === this.evictAt) this.#late.push(send)
        await this.#moment(own)
        const results = await send()
        await this.#moment(own)
        return results
      },
    }
  }

  /** Serves the stores' logs and lets the scheduler run; a successor takes over when it is evicted meanwhile. */
  async serve(): Promise<void> {
    const { own } = this.#instance
    // What it announces comes by itself: it may be evicted while nothing is served.
    if (own === this.#number) await Promise.race([this.#tellAndRun(own), this.#evicted.promise])
    if (own === this.#number) return
    this.#evicted = Promise.withResolvers<void>()
    this.#instance = this.#start()
    await this.#tellAndRun(this.#number)
    for (const send of this.#late.splice(0)) {
      this.lateBatches += 1
      await send()
    }
    await this.#tellAndRun(this.#number)
  }

  async #tellAndRun(own: number): Promise<void> {
    const { scheduler, inbox } = this.#instance
    await inbox.load()
    for (const scope of SCOPES) await this.#follower(own, scope, inbox).run()
    await this.#moment(own)
    await scheduler.run()
  }

  #follower(own: number, scope: string, inbox: SchedulerInbox): Follower {
    const store = this.api.store(scope)
    return new Follower({
      target: 'scheduler',
      resources: [resourceOf(scope)],
      reader: store,
      concerns: concernsScheduler,
      serve: async (changes, after, upTo) => {
        await this.#moment(own)
        await inbox.tell(scope, after, upTo, schedulingChanges(changes))
        await this.#moment(own)
      },
      replace: () => inbox.replace(scope, schedulingState(store, resourceOf(scope))),
      cursor: () => this.#cursors.get(scope) ?? 0,
      advance: (revision) => this.#cursors.set(scope, revision),
      now: () => this.clock.now(),
    })
  }

  /** Every retry that is due comes. */
  async settle(): Promise<void> {
    for (let round = 0; round < 6; round++) {
      this.clock.advance(10_000)
      await this.serve()
    }
  }

  pods(): V1Pod[] {
    return NAMESPACES.flatMap((namespace) =>
      this.api
        .store(namespace)
        .list({ resource: 'pods', limit: Number.MAX_SAFE_INTEGER })
        .objects.map(({ text }) => JSON.parse(text) as V1Pod),
    )
  }

  /** How often each pod was given a node, by the log. */
  bindings(): number[] {
    const counts = new Map<string, number>()
    for (const namespace of NAMESPACES) {
      for (const change of this.api.store(namespace).changes({ after: 0, limit: 10_000, resources: ['pods'] })) {
        const on = change.selectable.fields['spec.nodeName'] ?? ''
        const isBinding = on !== '' && on !== change.previousSelectable?.fields['spec.nodeName']
        if (isBinding) counts.set(change.name, (counts.get(change.name) ?? 0) + 1)
      }
    }
    return [...counts.values()]
  }
}

const create = (world: World, name: string, namespace: string, cpu: string): Promise<V1Pod> => {
  const { metadata, ...rest } = aPod({ name, cpu })
  return world.api.create(podKind, { ...rest, metadata: { name: metadata.name ?? '', namespace } })
}

/** Two nodes of two CPUs: four pods fit, the fifth when one of them is gone. */
async function play(world: World): Promise<void> {
  for (const name of ['n0', 'n1']) {
    const made = await world.api.create(nodeKind, aNode({ name, cpu: '2' }))
    // As the node controller does when a node is ready.
    await world.api.update(nodeKind, { ...made, spec: {} })
  }
  await create(world, 'a', 'ns', '1')
  await create(world, 'b', 'default', '1')
  await world.serve()
  for (const name of ['c', 'd', 'e']) await create(world, name, 'ns', '1')
  await world.serve()
  await world.api.delete(podKind, { namespace: 'default', name: 'b' }, { gracePeriodSeconds: 0 })
  await world.serve()
  await world.settle()
}

function verify(world: World): void {
  const pods = world.pods()
  expect(pods.filter(({ spec }) => spec?.nodeName === undefined).map(({ metadata }) => metadata.name)).toEqual([])
  expect(pods).toHaveLength(4)
  expect(world.bindings().every((count) => count === 1)).toBe(true)
  const perNode = Map.groupBy(pods, ({ spec }) => spec?.nodeName ?? '')
  expect([...perNode.values()].map((on) => on.length)).toEqual([2, 2])
}

describe('the scheduler, evicted at any moment', () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  })

  it.each([
    ['and its batch is lost or done', false],
    ['and its batch arrives when its successor has decided', true],
  ])('binds each pod once and forgets none, %s', async (_name, isLate) => {
    const undisturbed = new World()
    await play(undisturbed)
    verify(undisturbed)
    expect(undisturbed.steps).toBeGreaterThan(20)
    let lateBatches = 0
    for (let evictAt = 1; evictAt <= undisturbed.steps; evictAt++) {
      const world = new World()
      Object.assign(world, { evictAt, isLate })
      await play(world)
      verify(world)
      lateBatches += world.lateBatches
    }
    expect(lateBatches > 0).toBe(isLate)
  })
})
