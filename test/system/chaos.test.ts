/**
 * The whole system while calls and answers between objects are lost, alarms do not fire and objects are evicted, all by
 * lot; then Cron alone brings what was asked for last. The seed of a failing history is in its test's name.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { V1Deployment, V1EndpointSlice, V1Pod } from '../../src/apis/generated/types.ts'
import type { KubeObject, ObjectList } from '../../src/apimachinery/meta.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { Answer, RequestOptions } from '../support/platform/system.ts'
import { System } from '../support/platform/system.ts'
import { aConfigMap, aDeployment, aNamespace, aService } from './manifests.ts'

const STEPS = 40
const NS = '/api/v1/namespaces/ns'
const WEB = '/apis/apps/v1/namespaces/ns/deployments/web'
const MERGE = { 'content-type': 'application/merge-patch+json' }

let system: System

afterEach(async () => {
  await system.end()
  vi.restoreAllMocks()
})

/** Asks again as clients do when the server could not answer: what was lost may have been carried out. */
async function insist<T = KubeObject>(method: string, path: string, options?: RequestOptions): Promise<Answer<T>> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const answer = await system.json<T>(method, path, options)
    if (answer.code < 500 && answer.code !== 429) return answer
    await system.advance(500)
  }
  throw new Error(`${method} ${path} was not answered`)
}

async function play(seed: number): Promise<number> {
  const random = seededRandom(seed)
  const { platform } = system
  const isCall = ({ method }: { method: string }): boolean => method !== 'tick'
  platform.faults.losesCall = (call) => isCall(call) && random.next() < 0.05
  platform.faults.losesAnswer = (call) => isCall(call) && random.next() < 0.05
  let replicas = 3
  await insist('POST', '/api/v1/namespaces', { body: aNamespace('ns') })
  await insist('POST', '/apis/apps/v1/namespaces/ns/deployments', { body: aDeployment('web', replicas) })
  await insist('POST', `${NS}/services`, { body: aService('web', 'web') })
  for (let step = 0; step < STEPS; step++) {
    const lot = random.next()
    if (lot < 0.3) await system.advance(Math.ceil(random.next() * 3_000))
    else if (lot < 0.45) platform.evict(() => random.next() < 0.3)
    else if (lot < 0.55) await system.cron().catch(() => undefined)
    else if (lot < 0.65) platform.faults.losesAlarms = random.next() < 0.5
    else if (lot < 0.75) await insist('POST', `${NS}/configmaps`, { body: aConfigMap(`c${String(step)}`) })
    else if (lot < 0.9) {
      replicas = Math.floor(random.next() * 8)
      await insist('PATCH', WEB, { body: { spec: { replicas } }, headers: MERGE })
    } else {
      const { body } = await insist<ObjectList<V1Pod>>('GET', `${NS}/pods`)
      const name = body.items[Math.floor(random.next() * body.items.length)]?.metadata.name
      if (name !== undefined) await insist('DELETE', `${NS}/pods/${name}?gracePeriodSeconds=0`)
    }
  }
  return replicas
}

/** Running pods, ready replicas and ready endpoints. */
async function state(): Promise<readonly number[]> {
  const pods = await system.json<ObjectList<V1Pod>>('GET', `${NS}/pods`)
  const deployment = await system.json<V1Deployment>('GET', WEB)
  const path = '/apis/discovery.k8s.io/v1/namespaces/ns/endpointslices'
  const slices = await system.json<ObjectList<V1EndpointSlice>>('GET', path)
  const isRunning = ({ status, spec }: V1Pod): boolean => status?.phase === 'Running' && spec?.nodeName !== undefined
  const endpoints = slices.body.items.flatMap((slice) => slice.endpoints ?? [])
  return [
    pods.body.items.length,
    pods.body.items.filter(isRunning).length,
    deployment.body.status?.readyReplicas ?? 0,
    endpoints.filter(({ conditions }) => conditions?.ready === true).length,
  ]
}

describe('after faults of every kind', () => {
  it.each([1, 2, 3, 4, 5, 6])('Cron alone brings what was asked for last, and then rest (seed %i)', async (seed) => {
    for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue()
    system = new System()
    await system.cron()
    const replicas = await play(seed)
    system.platform.faults.losesCall = () => false
    system.platform.faults.losesAnswer = () => false
    system.platform.faults.losesAlarms = true
    system.platform.evict()
    const wanted = Array.from({ length: 4 }, () => replicas).join()
    await system.until(async () => ((await state()).join() === wanted ? true : undefined), { withCron: true })
    // What was under way when its object ended twice is left alone for ten minutes, and then tried again.
    await system.minutes(30)
    const rows = system.platform.rowsWritten
    await system.minutes(5)
    expect([(await state()).join(), system.platform.rowsWritten - rows]).toEqual([wanted, 0])
  })
})
