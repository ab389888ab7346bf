/**
 * The second half of the contract of PodRuntime: whole lives, as the pod's spec asks for them. What exactly follows
 * from which observation is proved in lifecycle/; here is proved that each runtime makes them, and hears of their end.
 */
import { expect, it } from 'vitest'
import type { V1Container, V1Pod, V1Probe } from '../../src/apis/generated/types.ts'
import { POD } from '../../src/kubelet/pod-kind.ts'
import { aPod } from './lifecycle/pod-driver.ts'
import type { RuntimeSubject } from './suite-world.ts'
import { SuiteWorld } from './suite-world.ts'

const PROBE: V1Probe = {
  httpGet: { path: '/', port: 8080 },
  periodSeconds: 1,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
}

/** The pod with more said of its one container. */
function withMain(pod: V1Pod, more: Partial<V1Container>): V1Pod {
  const [main] = pod.spec?.containers ?? []
  if (main === undefined || pod.spec === undefined) throw new Error('a pod without containers')
  return { ...pod, spec: { ...pod.spec, containers: [{ ...main, ...more }] } }
}

export function podRuntimeLives(subject: RuntimeSubject): void {
  it('shows each condition of a pod that is ready, with when it became so', async () => {
    const world = new SuiteWorld(subject)
    await world.create(await subject.serves(aPod(), world.api))
    const conditions = (await world.pod())?.status?.conditions ?? []
    const shown = conditions.map(({ type, status }) => `${type}=${status}`)
    expect(shown).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ])
    expect(conditions.every(({ lastTransitionTime }) => lastTransitionTime !== undefined)).toBe(true)
  })

  it.each(['Never', 'OnFailure'] as const)('runs init containers to their end first: %s', async (restartPolicy) => {
    const world = new SuiteWorld(subject)
    const init = await subject.exits(aPod({ restartPolicy }), world.api, 0)
    const [first] = init.spec?.containers ?? []
    if (first === undefined || init.spec === undefined) throw new Error('a pod without containers')
    const main = { ...first, name: 'after' }
    await world.create({ ...init, spec: { ...init.spec, initContainers: [first], containers: [main] } })
    await world.pass(3)
    await world.until('Succeeded Completed 0')
    const { initContainerStatuses, containerStatuses } = (await world.pod())?.status ?? {}
    const ended = initContainerStatuses?.[0]?.state?.terminated
    expect(ended).toMatchObject({ exitCode: 0, reason: 'Completed' })
    const startedAt = containerStatuses?.[0]?.state?.terminated?.startedAt ?? ''
    expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(Date.parse(ended?.finishedAt ?? ''))
  })

  it('never begins with the others when an init container fails for good', async () => {
    const world = new SuiteWorld(subject)
    const failing = await subject.exits(aPod({ restartPolicy: 'Never' }), world.api, 1)
    const [first] = failing.spec?.containers ?? []
    if (first === undefined || failing.spec === undefined) throw new Error('a pod without containers')
    const main = { ...first, name: 'after' }
    await world.create({ ...failing, spec: { ...failing.spec, initContainers: [first], containers: [main] } })
    await world.pass(3)
    await world.until('Failed PodInitializing 0')
    expect(await world.condition('Initialized')).toBe('False')
  })

  it('is not ready while its readiness probe fails, and runs on', async () => {
    const world = new SuiteWorld(subject)
    await world.create(withMain(await subject.isNeverWell(aPod(), world.api), { readinessProbe: PROBE }))
    await world.pass(10)
    expect(await world.shown()).toBe('Running running 0')
    expect(await world.condition('Ready')).toBe('False')
    expect(world.events).toContain('Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503')
  })

  it('is restarted when its liveness probe has failed as often as it may', async () => {
    const world = new SuiteWorld(subject)
    await world.create(withMain(await subject.fallsIll(aPod(), world.api), { livenessProbe: PROBE }))
    await world.pass(4)
    expect(await world.shown()).toBe('Running running 0 ready')
    await world.pass(6)
    await world.until('Running running 1 ready')
    expect(world.events).toContain('Normal Killing Container main failed liveness probe, will be restarted')
  })

  it('is restarted when it has not started within its startup probe, and asked nothing else meanwhile', async () => {
    const world = new SuiteWorld(subject)
    const probes = { startupProbe: PROBE, livenessProbe: { ...PROBE, failureThreshold: 1 } }
    await world.create(withMain(await subject.isNeverWell(aPod(), world.api), probes))
    expect((await world.pod())?.status?.containerStatuses?.[0]?.started).toBe(false)
    await world.pass(3)
    await world.until('Running running 1')
    expect(world.events).toContain('Normal Killing Container main failed startup probe, will be restarted')
    expect(world.events.some((event) => event.includes('Liveness'))).toBe(false)
  })

  it.each([
    ['Always', 0, 'Running running 1'],
    ['OnFailure', 0, 'Succeeded Completed 0'],
    ['OnFailure', 1, 'Running running 1'],
    ['Never', 1, 'Failed Error 0'],
  ] as const)('under policy %s after exit code %d: %s', async (restartPolicy, exitCode, want) => {
    const world = new SuiteWorld(subject)
    const seen: string[] = []
    await world.create(await subject.exits(aPod({ restartPolicy }), world.api, exitCode))
    // It ends again and again; what counts is what followed its first end.
    for (let turn = 0; turn < 40 && !seen.includes(want); turn++) {
      await world.pass(0.1)
      seen.push((await world.shown()).replace('CrashLoopBackOff', 'running').replace(' ready', ''))
    }
    expect(seen).toContain(want)
  })

  it('is killed at the end of its grace period, with 137, when it does not end before', async () => {
    const world = new SuiteWorld(subject)
    const pod = await subject.isStubborn(aPod(), world.api)
    // Held, so that its end can be looked at.
    pod.metadata.finalizers = ['example.com/hold']
    await world.create(pod)
    await world.api.delete(POD, { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 10 })
    await world.observe()
    await world.pass(9)
    expect(await world.shown()).toMatch(/^Running running 0/)
    await world.pass(1)
    await world.until('Failed Error 0')
    const { status } = (await world.pod()) ?? {}
    expect(status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(137)
  })

  it('shows the log of the attempt before, by its last lines, by time, and with times', async () => {
    const world = new SuiteWorld(subject)
    await world.create(await subject.exits(aPod(), world.api, 1))
    await world.pass(2)
    await world.until('Running CrashLoopBackOff 1')
    const former = await world.log({ isPrevious: true })
    expect(former).not.toBe('')
    const lines = former.trimEnd().split('\n')
    expect(await world.log({ isPrevious: true, tailLines: 1 })).toBe(`${lines.at(-1) ?? ''}\n`)
    expect(await world.log({ isPrevious: true, limitBytes: 4 })).toBe(former.slice(0, 4))
    expect(await world.log({ isPrevious: true, sinceMs: world.clock.now() + 1 })).toBe('')
    const timed = await world.log({ isPrevious: true, hasTimestamps: true, tailLines: 1 })
    expect(timed).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z \S/)
    expect(timed.endsWith(` ${lines.at(-1) ?? ''}\n`)).toBe(true)
  })
}
