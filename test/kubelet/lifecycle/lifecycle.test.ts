import { describe, expect, it } from 'vitest'
import { resumedLife } from '../../../src/kubelet/lifecycle/pod-life.ts'
import { PodDriver, START_MS, aContainer, aPod } from './pod-driver.ts'

const running = (...args: Parameters<typeof aPod>): PodDriver => new PodDriver(aPod(...args)).prepare().start()

describe('a pod that just runs', () => {
  it('waits as ContainerCreating, then runs and is ready, with the events of a kubelet', () => {
    const driver = new PodDriver(aPod())
    expect(driver.container()).toBe('waiting ContainerCreating (0)')
    expect(driver.status.phase).toBe('Pending')
    expect(driver.condition('Ready')).toBe('False | ContainersNotReady | containers with unready status: [main]')
    driver.prepare()
    expect(driver.condition('PodReadyToStartContainers')).toBe('True')
    driver.start()
    expect(driver.status.phase).toBe('Running')
    expect(driver.container()).toBe('running (0)')
    expect(['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => driver.condition(type))).toEqual([
      'True',
      'True',
      'True',
      'True',
    ])
    expect(driver.events).toEqual([
      'Normal Pulled Container image "example/app:1" already present on machine and can be accessed by the pod',
      'Normal Created Container created',
      'Normal Started Container started',
    ])
  })

  it('reports addresses, start time, generation and quality of service', () => {
    const { status } = running({ containers: [aContainer({ resources: { requests: { cpu: '100m' } } })] })
    expect(status).toMatchObject({
      podIP: '10.0.0.5',
      podIPs: [{ ip: '10.0.0.5' }],
      hostIP: '10.1.0.1',
      hostIPs: [{ ip: '10.1.0.1' }],
      startTime: '2026-01-01T00:00:00Z',
      observedGeneration: 1,
      qosClass: 'BestEffort',
    })
    expect(status.containerStatuses?.[0]).toMatchObject({
      containerID: 'test://main-0',
      imageID: 'test://image',
      allocatedResources: { cpu: '100m' },
      started: true,
      ready: true,
    })
  })

  it('keeps the transition time of a condition that did not change, and conditions of others', () => {
    const driver = new PodDriver(aPod({ readinessGates: [{ conditionType: 'example.com/gate' }] }))
    driver.pod.status?.conditions?.push({ type: 'example.com/gate', status: 'False' })
    driver.pass(5).prepare().start()
    expect(driver.condition('Ready')).toBe(
      'False | ReadinessGatesNotReady | the status of pod readiness gate "example.com/gate" is not "True", but False',
    )
    const at = (type: string): string | undefined =>
      driver.status.conditions?.find((one) => one.type === type)?.lastTransitionTime
    expect(at('PodScheduled')).toBe('2026-01-01T00:00:00Z')
    expect(at('ContainersReady')).toBe('2026-01-01T00:00:05Z')
  })
})

describe('restarts', () => {
  it('restarts at once the first time and backs off 10 s, 20 s, 40 s … 300 s after that', () => {
    const driver = running()
    const waits: number[] = []
    for (let count = 0; count < 8; count++) {
      driver.exit('main', 1)
      const exitedAtMs = driver.nowMs
      while (driver.take('start').length === 0) driver.pass((driver.wakeAtMs - driver.nowMs) / 1_000)
      waits.push((driver.nowMs - exitedAtMs) / 1_000)
      const attempt = driver.life.containers['main']?.restartCount ?? 0
      driver.see({ type: 'started', container: 'main', attempt, containerID: 'x', imageID: 'y', atMs: driver.nowMs })
    }
    expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300])
    expect(driver.container()).toBe('running (8)')
  })

  it('says CrashLoopBackOff with the last state while it waits', () => {
    const driver = running().exit('main', 1).start().exit('main', 3)
    expect(driver.container()).toBe('waiting CrashLoopBackOff (1)')
    expect(driver.status.phase).toBe('Running')
    const [status] = driver.status.containerStatuses ?? []
    expect(status?.state?.waiting?.message).toBe('back-off 10s restarting failed container=main pod=web_default(uid-1)')
    expect(status?.lastState?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' })
    expect(driver.events.at(-1)).toBe(
      'Warning BackOff Back-off restarting failed container main in pod web_default(uid-1)',
    )
  })

  it('forgets the back-off after a good long run', () => {
    const driver = running().exit('main', 1).start().exit('main', 1).pass(10).start()
    driver.pass(601).exit('main', 1)
    expect(driver.take('start')).toHaveLength(1)
  })

  const policies: readonly [string, number, string, string][] = [
    ['Always', 0, 'Running', 'waiting ContainerCreating (1)'],
    ['Always', 1, 'Running', 'waiting ContainerCreating (1)'],
    ['OnFailure', 0, 'Succeeded', 'terminated Completed 0 (0)'],
    ['OnFailure', 1, 'Running', 'waiting ContainerCreating (1)'],
    ['Never', 0, 'Succeeded', 'terminated Completed 0 (0)'],
    ['Never', 2, 'Failed', 'terminated Error 2 (0)'],
  ]
  it.each(policies)('policy %s after exit code %d: %s, %s', (restartPolicy, exitCode, phase, container) => {
    const driver = running({ restartPolicy }).exit('main', exitCode)
    expect([driver.status.phase, driver.container()]).toEqual([phase, container])
  })

  it('restarts one exit code where the container has a rule for it', () => {
    const restartPolicyRules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }]
    const container = aContainer({ restartPolicy: 'Never', restartPolicyRules })
    const driver = running({ restartPolicy: 'Never', containers: [container] }).exit('main', 42)
    expect(driver.start().container()).toBe('running (1)')
    expect(driver.exit('main', 1).status.phase).toBe('Failed')
  })

  it('says PodCompleted when all have succeeded, and gives back what it took', () => {
    const driver = running({ restartPolicy: 'Never' }).exit('main', 0)
    expect(driver.condition('Ready')).toBe('False | PodCompleted')
    expect(driver.condition('Initialized')).toBe('True | PodCompleted')
    expect(driver.take('release')).toHaveLength(1)
  })
})

describe('init containers and sidecars', () => {
  const inits = { initContainers: [aContainer({ name: 'first' }), aContainer({ name: 'second' })] }

  it('run one after another before the others', () => {
    const driver = new PodDriver(aPod(inits)).prepare()
    expect(driver.container()).toBe('waiting PodInitializing (0)')
    expect(driver.condition('Initialized')).toBe(
      'False | ContainersNotInitialized | containers with incomplete status: [first second]',
    )
    expect(driver.actions).toMatchObject([{ type: 'start', container: 'first' }])
    driver.start().exit('first', 0)
    expect(driver.actions).toMatchObject([{ type: 'start', container: 'second' }])
    expect(driver.start().exit('second', 0).start().condition('Ready')).toBe('True')
    expect(driver.status.initContainerStatuses?.map(({ ready, started }) => [ready, started])).toEqual([
      [true, false],
      [true, false],
    ])
  })

  it('fail the pod for good under policy Never and are repeated under OnFailure', () => {
    expect(running({ ...inits, restartPolicy: 'Never' }).exit('first', 1).status.phase).toBe('Failed')
    const driver = running({ ...inits, restartPolicy: 'OnFailure' }).exit('first', 1)
    expect([driver.status.phase, driver.start().container('first')]).toEqual(['Pending', 'running (1)'])
  })

  it('a sidecar starts first, keeps running, and ends after the others without deciding the phase', () => {
    const sidecar = aContainer({ name: 'side', restartPolicy: 'Always' })
    const driver = new PodDriver(aPod({ initContainers: [sidecar], restartPolicy: 'Never' })).prepare()
    driver.start()
    expect(driver.actions).toMatchObject([{ type: 'start', container: 'main' }])
    driver.start().exit('main', 0)
    expect(driver.status.phase).toBe('Running')
    expect(driver.actions).toMatchObject([{ type: 'stop', container: 'side', graceMs: 30_000 }])
    expect(driver.exit('side', 137).status.phase).toBe('Succeeded')
  })
})

describe('probes', () => {
  const httpGet = { port: 8080, path: '/' }

  it('is ready only after the readiness probe has succeeded, and not after it failed three times', () => {
    const readinessProbe = { httpGet, initialDelaySeconds: 5, periodSeconds: 10 }
    const driver = running({ containers: [aContainer({ readinessProbe })] })
    expect([driver.condition('ContainersReady').slice(0, 5), driver.take('probe').length]).toEqual(['False', 0])
    driver.pass(5).probe(true)
    expect(driver.condition('Ready')).toBe('True')
    const seen = [1, 2, 3].map(() => driver.pass(10).probe(false).condition('Ready').slice(0, 5))
    expect(seen).toEqual(['True', 'True', 'False'])
    expect(driver.events.at(-1)).toBe(
      'Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 500',
    )
    expect(driver.container()).toBe('running (0)')
  })

  it('stops and restarts a container that is not alive, also under OnFailure when it then ends well', () => {
    const livenessProbe = { httpGet, periodSeconds: 10, failureThreshold: 2, terminationGracePeriodSeconds: 3 }
    const driver = running({ restartPolicy: 'OnFailure', containers: [aContainer({ livenessProbe })] })
    driver.probe(false).pass(10).probe(false)
    expect(driver.events.at(-1)).toBe('Normal Killing Container main failed liveness probe, will be restarted')
    expect(driver.take('stop')).toMatchObject([{ container: 'main', graceMs: 3_000 }])
    expect(driver.exit('main', 0).start().container()).toBe('running (1)')
  })

  it('holds the other probes back until the startup probe has succeeded', () => {
    const container = aContainer({ startupProbe: { httpGet, periodSeconds: 1 }, readinessProbe: { httpGet } })
    const driver = running({ containers: [container] })
    expect(driver.actions).toMatchObject([{ type: 'probe', probe: 'startup' }])
    expect(driver.status.containerStatuses?.[0]?.started).toBe(false)
    driver.probe(true)
    expect(driver.actions).toMatchObject([{ type: 'probe', probe: 'readiness' }])
    expect(driver.probe(true).condition('Ready')).toBe('True')
  })

  it('ignores the late answer of a former attempt', () => {
    const driver = running({ containers: [aContainer({ readinessProbe: { httpGet } })] })
    const [late] = driver.take('probe')
    driver.exit('main', 1).start()
    if (late === undefined) throw new Error('no probe was asked for')
    driver.see({ ...late, type: 'probed', isSuccess: true, message: '' })
    expect(driver.condition('Ready').slice(0, 5)).toBe('False')
  })
})

describe('the end', () => {
  const deleted = (driver: PodDriver, graceSeconds: number): PodDriver => {
    const metadata = {
      ...driver.pod.metadata,
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: graceSeconds,
    }
    driver.pod = { ...driver.pod, metadata }
    return driver.see()
  }

  it('stops the containers of a deleted pod and then asks for the last DELETE once', () => {
    const driver = deleted(running(), 30)
    expect(driver.events.at(-1)).toBe('Normal Killing Stopping container main')
    expect(driver.take('stop')).toMatchObject([{ graceMs: 30_000 }])
    expect(driver.actions).toEqual([])
    driver.pass(1).exit('main', 0)
    expect(driver.status.phase).toBe('Succeeded')
    expect(driver.actions.map(({ type }) => type)).toEqual(['release', 'delete'])
    expect(driver.see().actions).toHaveLength(2)
  })

  it('kills what outlives its grace period, and sooner after a second, shorter DELETE', () => {
    expect(deleted(running(), 30).pass(29).take('kill')).toHaveLength(0)
    expect(deleted(running(), 30).pass(30).take('kill')).toHaveLength(1)
    expect(deleted(deleted(running(), 30).pass(5), 6).pass(1).take('kill')).toHaveLength(1)
  })

  it('deletes at once a pod that never began', () => {
    const driver = deleted(new PodDriver(aPod()), 30)
    expect(driver.actions.map(({ type }) => type)).toContain('delete')
  })

  it('fails a pod past its deadline with the deadline’s words', () => {
    const driver = running({ activeDeadlineSeconds: 60 }).pass(60).exit('main', 143)
    expect(driver.status).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    })
  })
})

describe('what is refused', () => {
  it('shows a configuration error and tries again', () => {
    const driver = new PodDriver(aPod()).prepare()
    const message = 'configmap "absent" not found'
    driver.take('start')
    driver.see({ type: 'startFailed', container: 'main', attempt: 0, reason: 'CreateContainerConfigError', message })
    expect(driver.container()).toBe('waiting CreateContainerConfigError (0)')
    expect(driver.events).toEqual([`Warning Failed Error: ${message}`])
    expect(driver.pass(10).start().container()).toBe('running (0)')
  })

  it('shows an image that cannot be pulled, first as the error, then as back-off', () => {
    const driver = new PodDriver(aPod()).prepare()
    driver.take('start')
    driver.see({ type: 'startFailed', container: 'main', attempt: 0, reason: 'ErrImagePull', message: 'not found' })
    driver.see()
    expect(driver.container()).toBe('waiting ImagePullBackOff (0)')
    expect(driver.pass(9).take('start')).toHaveLength(0)
    expect(driver.pass(1).take('start')).toHaveLength(1)
  })

  it('stays ContainerCreating while volumes cannot be mounted', () => {
    const driver = new PodDriver(aPod())
    const message = 'MountVolume.SetUp failed for volume "app" : configmap "absent" not found'
    driver.take('prepare')
    driver.see({ type: 'prepareFailed', reason: 'FailedMount', message })
    expect([driver.container(), driver.events]).toEqual([
      'waiting ContainerCreating (0)',
      [`Warning FailedMount ${message}`],
    ])
    driver.pass(0.5)
    expect(driver.take('prepare')).toHaveLength(1)
  })
})

describe('a kubelet that was away', () => {
  it('asks again for what was asked of the runtime without an answer', () => {
    const driver = new PodDriver(aPod()).prepare()
    driver.take('start')
    driver.life = resumedLife(driver.life)
    expect(driver.see().take('start')).toMatchObject([{ container: 'main', attempt: 0 }])
    expect(driver.nowMs).toBe(START_MS)
  })
})

describe('a pod that is changed while it runs', () => {
  const asking = (cpu: string, restartPolicy: string): ReturnType<typeof aContainer> =>
    aContainer({ resources: { requests: { cpu } }, resizePolicy: [{ resourceName: 'cpu', restartPolicy }] })

  it('reports other resources at once', () => {
    const driver = running({ containers: [asking('100m', 'NotRequired')] })
    driver.pod = { ...driver.pod, spec: { containers: [asking('200m', 'NotRequired')] } }
    driver.see()
    expect(driver.container()).toBe('running (0)')
    expect(driver.status.containerStatuses?.[0]).toMatchObject({
      allocatedResources: { cpu: '200m' },
      resources: { requests: { cpu: '200m' } },
    })
  })

  it('starts a container anew where its policy says so, and once', () => {
    const driver = running({ containers: [asking('100m', 'RestartContainer')] })
    driver.pod = { ...driver.pod, spec: { containers: [asking('200m', 'RestartContainer')] } }
    driver.see()
    expect(driver.events).toContain('Normal Killing Container main resize requires restart')
    driver.exit('main', 143).start()
    expect(driver.container()).toBe('running (1)')
    driver.see()
    expect(driver.container()).toBe('running (1)')
  })

  it('says of ephemeral containers that they cannot run, once and for all', () => {
    const driver = running()
    const ephemeralContainers = [{ name: 'debug', image: 'busybox' }]
    driver.pod = { ...driver.pod, spec: { containers: [aContainer()], ephemeralContainers } }
    driver.see().pass(60)
    expect(driver.status.ephemeralContainerStatuses).toEqual([
      {
        name: 'debug',
        image: 'busybox',
        imageID: '',
        lastState: {},
        ready: false,
        restartCount: 0,
        state: {
          terminated: {
            exitCode: 128,
            reason: 'StartError',
            message:
              'ephemeral containers are not supported by this node: isolates and simulated pods have no processes to join',
            startedAt: '2026-01-01T00:00:00Z',
            finishedAt: '2026-01-01T00:00:00Z',
          },
        },
      },
    ])
    expect(driver.status.phase).toBe('Running')
  })
})
