import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { V1Deployment, V1EndpointSlice } from '../../src/apis/generated/types.ts'
import type { KubeObject, ObjectList } from '../../src/apimachinery/meta.ts'
import { System } from '../support/platform/system.ts'
import { aConfigMap, aDeployment, aNamespace, aService } from './manifests.ts'

const DEPLOYMENTS = '/apis/apps/v1/namespaces/ns/deployments'

let system: System

beforeEach(async () => {
  system = new System()
  await system.cron()
  await system.advance(2_000)
})

afterEach(async () => {
  await system.end()
  vi.restoreAllMocks()
})

/** The ready replicas of a Deployment, and the ready endpoints of a Service. */
async function reached(deployment: string, service: string): Promise<readonly [number, number]> {
  const { body } = await system.json<V1Deployment>('GET', `${DEPLOYMENTS}/${deployment}`)
  const path = '/apis/discovery.k8s.io/v1/namespaces/ns/endpointslices'
  const slices = await system.json<ObjectList<V1EndpointSlice>>('GET', path)
  const ready = slices.body.items
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === true)
  return [body.status?.readyReplicas ?? 0, ready.length]
}

async function isGone(path: string): Promise<true | undefined> {
  const { code } = await system.json('GET', path)
  return code === 404 ? true : undefined
}

async function deployAndServe(withCron: boolean): Promise<void> {
  await system.create('/api/v1/namespaces', aNamespace('ns'))
  await system.create(DEPLOYMENTS, aDeployment('web', 3))
  await system.create('/api/v1/namespaces/ns/services', aService('web', 'web'))
  await system.until(async () => ((await reached('web', 'web')).join() === '3,3' ? true : undefined), { withCron })
}

/** Every alarm is lost, and objects end with their answers: nothing is left that would wake them but Cron. */
function loseEveryWakeUp(): void {
  // Objects that end say so, all the time.
  vi.spyOn(console, 'warn').mockReturnValue()
  system.platform.faults.losesAlarms = true
  system.platform.faults.endsAfterAnswer = (className) => className !== 'SequencerObject'
}

describe('wake-ups and Cron', () => {
  it('wake-ups alone bring a Deployment up and a namespace down within seconds', async () => {
    const startMs = Date.now()
    await deployAndServe(false)
    expect((await system.json('DELETE', '/api/v1/namespaces/ns')).code).toBe(200)
    await system.until(() => isGone('/api/v1/namespaces/ns'))
    expect(Date.now() - startMs).toBeLessThan(60_000)
  })

  it('the scheduled handler alone does the same when every alarm and wake-up is lost', async () => {
    loseEveryWakeUp()
    const { alarmsFired } = system.platform
    await deployAndServe(true)
    expect(system.platform.alarmsFired).toBe(alarmsFired)
    expect((await system.json('DELETE', '/api/v1/namespaces/ns')).code).toBe(200)
    await system.until(() => isGone('/api/v1/namespaces/ns'), { withCron: true })
    expect(system.platform.alarmsFired).toBe(alarmsFired)
  })

  it('an object that dies with its answer is brought back by the alarm that its commit has set, before Cron', async () => {
    vi.spyOn(console, 'warn').mockReturnValue()
    vi.spyOn(console, 'error').mockReturnValue()
    const startMs = Date.now()
    system.platform.faults.endsAfterAnswer = (className) => className === 'NamespaceObject'
    await deployAndServe(false)
    expect(Date.now() - startMs).toBeLessThan(60_000)
  })

  it('nothing happens at rest: ten minutes without a write, an alarm or a call but Cron’s look at the index', async () => {
    await deployAndServe(false)
    // The window of watches passes, and what it kept is compacted.
    await system.minutes(8)
    const { platform } = system
    const [rows, alarms, calls] = [platform.rowsWritten, platform.alarmsFired, platform.calls.length]
    await system.minutes(10)
    expect(platform.alarms).toEqual([])
    expect(platform.alarmsFired - alarms).toBe(0)
    expect(platform.rowsWritten - rows).toBe(0)
    expect(platform.calls.slice(calls).map(({ className, name, method }) => `${className} ${name} ${method}`)).toEqual(
      Array.from({ length: 10 }, () => 'SequencerObject default tick'),
    )
  })

  it('a namespace enters the index once a burst, and leaves it when Cron has seen that nothing is due', async () => {
    await system.create('/api/v1/namespaces', aNamespace('ns'))
    await system.minutes(8)
    const before = system.platform.calls.length
    for (let n = 0; n < 20; n++) await system.create('/api/v1/namespaces/ns/configmaps', aConfigMap(`c${String(n)}`))
    await system.minutes(1)
    const visits = system.platform.calls.slice(before).filter(({ method }) => method === 'resync')
    expect(visits.map(({ name }) => name)).toEqual(['default/ns'])
    await system.minutes(1)
    const later = system.platform.calls.slice(before).filter(({ method }) => method === 'resync')
    expect(later).toHaveLength(1)
  })
})

describe('a namespace', () => {
  it('has its ServiceAccount as soon as it is made, without a write to it', async () => {
    await system.create('/api/v1/namespaces', aNamespace('ns'))
    await system.advance(500)
    expect((await system.json('GET', '/api/v1/namespaces/ns/serviceaccounts/default')).code).toBe(200)
  })

  it('that is made anew takes creates at once and holds nothing of the former one', async () => {
    await system.create('/api/v1/namespaces', aNamespace('ns'))
    await system.create('/api/v1/namespaces/ns/configmaps', aConfigMap('old'))
    const account = await system.json<KubeObject>('GET', '/api/v1/namespaces/ns/serviceaccounts/default')
    await system.json('DELETE', '/api/v1/namespaces/ns')
    await system.until(() => isGone('/api/v1/namespaces/ns'))
    await system.create('/api/v1/namespaces', aNamespace('ns'))
    await system.create('/api/v1/namespaces/ns/configmaps', aConfigMap('new'))
    const { body } = await system.json<ObjectList<KubeObject>>('GET', '/api/v1/namespaces/ns/configmaps')
    const names = body.items.map(({ metadata }) => metadata.name)
    expect(names).toContain('new')
    expect(names).not.toContain('old')
    const next = await system.json<KubeObject>('GET', '/api/v1/namespaces/ns/serviceaccounts/default')
    expect([next.code, next.body.metadata.uid === account.body.metadata.uid]).toEqual([200, false])
  })

  it('that is only asked about stores nothing', async () => {
    const { code, body } = await system.json<ObjectList<KubeObject>>('GET', '/api/v1/namespaces/nobody/pods')
    expect([code, body.items]).toEqual([200, []])
    await system.advance(1_000)
    expect(system.platform.stored.filter((object) => object.includes('nobody'))).toEqual([])
  })
})
