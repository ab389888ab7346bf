/** The loop: what wakes a key, when it runs again, and what is left after the object ended in the middle. */
import { describe, expect, it, vi } from 'vitest'
import type { KubeObject } from '../../src/apimachinery/meta.ts'
import { conflictError } from '../../src/apimachinery/status-error.ts'
import { configMap } from '../../src/apis/core/config-map/config-map.ts'
import { event } from '../../src/apis/core/event/event.ts'
import { secret } from '../../src/apis/core/secret/secret.ts'
import { serviceAccount } from '../../src/apis/core/service-account/service-account.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { Controller, ReconcileResult } from '../../src/reconcile/define-controller.ts'
import { again, defineController, done } from '../../src/reconcile/define-controller.ts'
import type { Driver } from '../../src/reconcile/driver.ts'
import { CONTROLLERS_TARGET, createDriver } from '../../src/reconcile/driver.ts'
import type { Progress } from '../../src/reconcile/progress.ts'
import { WATCH_WINDOW_MS } from '../../src/store/history/compact.ts'
import { ADMIN } from '../support/api.ts'
import { ScopesApi } from '../support/scopes-api.ts'
import { SteppedClock } from '../support/stepped-clock.ts'

const aConfigMap = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'ns' },
})

interface World {
  readonly api: ScopesApi
  readonly clock: SteppedClock
  readonly progress: Progress
  readonly ran: string[]
  start(controllers?: readonly Controller[]): Driver
}

function aWorld(reconcile: (key: string, run: number) => ReconcileResult | Promise<ReconcileResult>): World {
  const clock = new SteppedClock()
  const random = seededRandom(1)
  const api = new ScopesApi(clock, random)
  const { cursors } = api.scope('ns')
  const progress = cursors as Progress
  const ran: string[] = []
  const controller = defineController({
    name: 'keeper',
    scope: 'namespace',
    for: configMap,
    owns: [secret],
    resyncSeconds: 60,
    async reconcile(_context, key) {
      ran.push(key)
      return reconcile(key, ran.length)
    },
  })
  return {
    api,
    clock,
    progress,
    ran,
    start: (controllers = [controller]) =>
      createDriver({
        controllers,
        namespace: 'ns',
        reader: api.scope('ns').store,
        progress,
        clientFor: () => api.client(ADMIN),
        clock,
        random,
      }),
  }
}

/** Runs whatever is ready now. */
async function runAll(driver: Driver): Promise<void> {
  while (await driver.run()) continue
}

describe('the driver', () => {
  it('runs a key once for a burst of changes', async () => {
    const { api, ran, start } = aWorld(() => done)
    const driver = start()
    const created = await api.create(configMap, aConfigMap('a'))
    for (let turn = 0; turn < 5; turn++) {
      await api.patch(configMap, { namespace: 'ns', name: 'a' }, 'merge', {
        metadata: { labels: { turn: String(turn) } },
      })
    }
    await runAll(driver)
    expect(ran).toEqual(['a'])
    expect(created.metadata.uid).toBeDefined()
  })

  it('wakes the controller owner of a changed object, and the one it had before', async () => {
    const { api, clock, ran, start } = aWorld(() => done)
    const driver = start()
    const owner = (name: string): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      uid: name,
      controller: true,
    })
    const metadata = { name: 'p', namespace: 'ns', ownerReferences: [owner('a')] }
    await api.create(secret, { apiVersion: 'v1', kind: 'Secret', metadata } as KubeObject)
    await runAll(driver)
    clock.advance(1_000)
    const target = { namespace: 'ns', name: 'p' }
    await api.patch(secret, target, 'merge', { metadata: { ownerReferences: [owner('b')] } })
    await runAll(driver)
    expect(ran).toEqual(['a', 'b', 'a'])
  })

  it('retries a failing key with doubling delays from 5 ms to 1000 s', async () => {
    const { api, clock, ran, start } = aWorld(() => {
      throw new Error('no')
    })
    const driver = start()
    await api.create(configMap, aConfigMap('a'))
    const delays: number[] = []
    for (let attempt = 0; attempt < 20; attempt++) {
      await runAll(driver)
      const due = driver.nextDueMs() ?? Infinity
      delays.push(due - clock.now())
      clock.advance(due - clock.now())
    }
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40])
    expect(delays.at(-1)).toBe(1_000_000)
    expect(ran).toHaveLength(20)
  })

  it('runs a key that met a conflict again at once, a few times', async () => {
    const { api, ran, progress, start } = aWorld((_key, run) => {
      if (run < 3) throw conflictError(configMap, 'a', 'stale')
      return done
    })
    const driver = start()
    await api.create(configMap, aConfigMap('a'))
    await driver.run()
    expect(ran).toHaveLength(3)
    expect(progress.work()).toEqual([])
  })

  it('keeps a due time across a restart and writes nothing while waiting for it', async () => {
    const { api, clock, ran, start } = aWorld((_key, run) => (run === 1 ? again(60_000) : done))
    await api.create(configMap, aConfigMap('a'))
    await runAll(start())
    const driver = start()
    expect(driver.nextDueMs()).toBe(clock.now() + 60_000)
    const before = api.life.writes
    clock.advance(59_999)
    await runAll(driver)
    expect(api.life.writes).toBe(before)
    clock.advance(1)
    await runAll(driver)
    expect(ran).toEqual(['a', 'a'])
    expect(driver.nextDueMs()).toBeUndefined()
  })

  it('finds the key again when the object ended while it ran', async () => {
    const { api, ran, progress, start } = aWorld((_key, run) =>
      run === 1 ? new Promise<ReconcileResult>(() => undefined) : done,
    )
    await api.create(configMap, aConfigMap('a'))
    void start().run()
    await new Promise((resolve) => setImmediate(resolve))
    expect(progress.cursor(CONTROLLERS_TARGET)).toBe(0)
    await runAll(start())
    expect(ran).toEqual(['a', 'a'])
    expect(progress.cursor(CONTROLLERS_TARGET)).toBe(api.store('ns').revision)
    expect(progress.marker()).toBeUndefined()
  })

  it('sets a key aside that ended its object when it ran alone, says so in an Event, and runs the others', async () => {
    const hang = new Promise<ReconcileResult>(() => undefined)
    let isPoison = true
    const { api, clock, ran, progress, start } = aWorld((key) => (key === 'poison' && isPoison ? hang : done))
    await api.create(configMap, aConfigMap('good'))
    await api.create(configMap, aConfigMap('poison'))
    for (let life = 0; life < 2; life++) {
      void start().run()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(progress.marker()).toEqual({ suspect: { controller: 'keeper', key: 'poison' } })
    const driver = start()
    await runAll(driver)
    await new Promise((resolve) => setImmediate(resolve))
    const events = await api.list(event, { namespace: 'ns' })
    expect(events.items).toMatchObject([
      { type: 'Warning', reason: 'ReconcileSetAside', involvedObject: { kind: 'ConfigMap', name: 'poison' } },
    ])
    expect(progress.marker()).toBeUndefined()
    expect(ran.filter((key) => key === 'poison')).toHaveLength(2)
    await api.patch(configMap, { namespace: 'ns', name: 'poison' }, 'merge', {
      metadata: { labels: { touched: 'yes' } },
    })
    await runAll(driver)
    expect(ran.filter((key) => key === 'poison')).toHaveLength(2)
    isPoison = false
    clock.advance(1_200_000)
    await runAll(driver)
    expect(ran.filter((key) => key === 'poison')).toHaveLength(3)
    expect(progress.work()).toEqual([])
  })

  it('says of a key that is no name, in an Event about its namespace, that it was set aside', async () => {
    const { api, start } = aWorld(() => done)
    const poison = defineController({
      name: 'keeper',
      scope: 'namespace',
      for: configMap,
      ignoresFor: true,
      watches: [{ kind: configMap, keysOf: ({ name }) => [`object configmaps/${name}`] }],
      reconcile: () => new Promise<ReconcileResult>(() => undefined),
    })
    await api.create(configMap, aConfigMap('a'))
    for (let life = 0; life < 2; life++) {
      void start([poison]).run()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await runAll(start([poison]))
    await vi.waitFor(async () => {
      const { items } = await api.list(event, { namespace: 'default' })
      expect(items).toMatchObject([
        {
          reason: 'ReconcileSetAside',
          message: expect.stringContaining('object configmaps/a') as string,
          involvedObject: { kind: 'Namespace', name: 'ns' },
        },
      ])
    })
  })

  it('looks at every key when the log no longer reaches back to its cursor', async () => {
    const { api, clock, ran, start } = aWorld(() => done)
    await api.create(configMap, aConfigMap('a'))
    await api.create(configMap, aConfigMap('b'))
    clock.advance(WATCH_WINDOW_MS + 1_000)
    api.compact('ns')
    await runAll(start())
    expect(ran).toEqual(['a', 'b'])
  })

  it('neither wakes nor writes for a change that concerns nobody', async () => {
    const { api, start } = aWorld(() => done)
    const driver = start()
    await api.create(serviceAccount, { ...aConfigMap('a'), kind: 'ServiceAccount' })
    expect(driver.nextDueMs()).toBeUndefined()
    const { writes } = api.life
    await runAll(driver)
    expect(api.life.writes).toBe(writes)
    const [change] = api.store('ns').changes({ after: 0, limit: 1 })
    expect(change === undefined ? undefined : driver.concerns(change)).toBe(false)
  })

  it('runs all keys at a resync, but not again before its time', async () => {
    const { api, clock, ran, start } = aWorld(() => done)
    await api.create(configMap, aConfigMap('a'))
    const driver = start()
    await runAll(driver)
    for (const waitMs of [1_000, 1_000, 60_000]) {
      clock.advance(waitMs)
      driver.resync()
      await runAll(driver)
    }
    expect(ran).toEqual(['a', 'a', 'a'])
  })

  it('holds a key back that changes wake all the time, and keeps the cursor before it', async () => {
    const { api, clock, ran, progress, start } = aWorld(() => done)
    const driver = start()
    await api.create(configMap, aConfigMap('a'))
    await runAll(driver)
    const before = api.store('ns').revision
    for (let turn = 0; turn < 10; turn++) {
      clock.advance(1)
      await api.patch(configMap, { namespace: 'ns', name: 'a' }, 'merge', {
        metadata: { labels: { turn: String(turn) } },
      })
      await runAll(driver)
    }
    expect(ran).toHaveLength(1)
    expect(progress.cursor(CONTROLLERS_TARGET)).toBe(before)
    clock.advance((driver.nextDueMs() ?? 0) - clock.now())
    await runAll(driver)
    expect(ran).toHaveLength(2)
    expect(progress.cursor(CONTROLLERS_TARGET)).toBe(before + 10)
  })
})
