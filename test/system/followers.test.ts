/** Who follows the stores' logs from outside, when calls and answers are lost and when nobody could be reached for long. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { V1Pod, V1Service } from '../../src/apis/generated/types.ts'
import type { KubeObject, ObjectList } from '../../src/apimachinery/meta.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { Call } from '../support/platform/durable-platform.ts'
import { System } from '../support/platform/system.ts'
import { aNamespace, aPod, aService } from './manifests.ts'

const PODS = '/api/v1/namespaces/ns/pods'

let system: System

beforeEach(async () => {
  system = new System({ SIMULATED_NODES: '1' })
  await system.cron()
  await system.create('/api/v1/namespaces', aNamespace('ns'))
  await system.advance(2_000)
  vi.spyOn(console, 'warn').mockReturnValue()
})

afterEach(async () => {
  await system.end()
  vi.restoreAllMocks()
})

async function pods(): Promise<V1Pod[]> {
  return (await system.json<ObjectList<V1Pod>>('GET', PODS)).body.items
}

async function areBound(): Promise<true | undefined> {
  return (await pods()).every(({ spec }) => spec?.nodeName !== undefined) ? true : undefined
}

/** Half of these calls are lost, or their answers. */
function loseHalf(className: string, method: string): void {
  const random = seededRandom(7)
  const isOne = (call: Call): boolean => call.className === className && call.method === method
  system.platform.faults.losesCall = (call) => isOne(call) && random.next() < 0.25
  system.platform.faults.losesAnswer = (call) => isOne(call) && random.next() < 0.33
}

const callsOf = (method: string): number => system.platform.calls.filter((call) => call.method === method).length

describe('the scheduler', () => {
  it('binds each pod once though half of what it is told is lost, or told again', async () => {
    loseHalf('SchedulerObject', 'observe')
    for (let n = 0; n < 40; n++) await system.create(PODS, aPod(`p${String(n)}`))
    await system.until(areBound)
    await system.advance(5_000)
    const path = '/api/v1/namespaces/ns/events'
    const { body } = await system.json<ObjectList<{ reason?: string } & KubeObject>>('GET', path)
    expect(body.items.filter(({ reason }) => reason === 'Scheduled')).toHaveLength(40)
  })

  it('that could not be told for longer than the log reaches back is told everything as it is, and what is gone', async () => {
    // A node has room for 110 pods.
    for (let n = 0; n < 110; n++) await system.create(PODS, aPod(`old${String(n)}`))
    await system.until(areBound)
    await system.minutes(1)
    const isTelling = ({ className, method }: Call): boolean => className === 'SchedulerObject' && method === 'observe'
    system.platform.faults.losesCall = isTelling
    for (let n = 0; n < 110; n++) await system.json('DELETE', `${PODS}/old${String(n)}?gracePeriodSeconds=0`)
    for (let n = 0; n < 110; n++) await system.create(PODS, aPod(`new${String(n)}`))
    await system.minutes(3)
    expect((await pods()).filter(({ spec }) => spec?.nodeName !== undefined)).toHaveLength(0)
    // The log is compacted: from then on it is told the whole state, which finds its way.
    await system.minutes(6)
    expect((await pods()).filter(({ spec }) => spec?.nodeName !== undefined)).toHaveLength(110)
    expect(callsOf('replace')).toBeGreaterThan(0)
  })
})

describe('the cloud', () => {
  it('learns of every Service though half of the calls and answers are lost, and in any object’s end', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    loseHalf('CloudObject', 'observe')
    for (let n = 0; n < 10; n++) {
      await system.create('/api/v1/namespaces/ns/services', aService(`s${String(n)}`, 'none', 'LoadBalancer'))
      if (n % 3 === 0) system.platform.evict((className) => className !== 'SequencerObject')
    }
    await system.until(
      async () => {
        const { body } = await system.json<ObjectList<V1Service>>('GET', '/api/v1/namespaces/ns/services')
        const told = body.items.filter(({ status }) => status?.loadBalancer?.ingress?.length === 1)
        return told.length === 10 ? true : undefined
      },
      { withCron: true },
    )
  })
})

describe('the objects of pods on isolates', () => {
  const aWorker = (name: string): object => aPod(name, { runtimeClassName: 'worker' })
  const told = (path: string, name: string): number =>
    system.podCalls.filter((call) => call.path === path && call.pod.includes(`/${name}/`)).length

  it('one that refuses holds up no other, and is told again until it takes it', async () => {
    let isBroken = true
    system.podAnswer = ({ pod }) => new Response('', { status: isBroken && pod.includes('/bad/') ? 500 : 200 })
    await system.create(PODS, aWorker('bad'))
    await system.create(PODS, aWorker('good'))
    await system.until(() => Promise.resolve(told('/observe', 'good') > 0 ? true : undefined))
    await system.until(() => Promise.resolve(told('/observe', 'bad') > 2 ? true : undefined))
    isBroken = false
    await system.advance(60_000)
    const before = told('/observe', 'bad')
    await system.advance(60_000)
    expect(told('/observe', 'bad')).toBe(before)
  })

  it('each hears that its pod is gone, also when the pods’ Worker was away meanwhile', async () => {
    for (const name of ['a', 'b']) await system.create(PODS, aWorker(name))
    await system.until(() => Promise.resolve(told('/observe', 'a') * told('/observe', 'b') > 0 ? true : undefined))
    system.podAnswer = () => new Response('', { status: 503 })
    for (const name of ['a', 'b']) await system.json('DELETE', `${PODS}/${name}?gracePeriodSeconds=0`)
    await system.minutes(8)
    system.platform.evict((className) => className !== 'SequencerObject')
    system.podAnswer = () => new Response('ok')
    const before = system.podCalls.length
    await system.minutes(20)
    const gone = system.podCalls.slice(before).filter(({ path }) => path === '/gone')
    expect(new Set(gone.map(({ pod }) => pod.split('/')[2]))).toEqual(new Set(['a', 'b']))
  })
})

describe('namespaces', () => {
  it('begin though the call that says so is lost', async () => {
    loseHalf('NamespaceObject', 'startNamespace')
    for (let n = 0; n < 8; n++) await system.create('/api/v1/namespaces', aNamespace(`n${String(n)}`))
    await system.until(async () => {
      for (let n = 0; n < 8; n++) {
        const { code } = await system.json('GET', `/api/v1/namespaces/n${String(n)}/serviceaccounts/default`)
        if (code !== 200) return undefined
      }
      return true
    })
  })
})
