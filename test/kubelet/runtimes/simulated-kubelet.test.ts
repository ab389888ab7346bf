import { describe, expect, it } from 'vitest'
import type { V1Pod } from '../../../src/apis/generated/types.ts'
import { POD } from '../../../src/kubelet/pod-kind.ts'
import type { SimulatedKubelet } from '../../../src/kubelet/runtimes/simulated/simulated-kubelet.ts'
import { createSimulatedKubelet } from '../../../src/kubelet/runtimes/simulated/simulated-kubelet.ts'
import { seededRandom } from '../../../src/lib/random.ts'
import { ScopesApi } from '../../support/scopes-api.ts'
import { SteppedClock } from '../../support/stepped-clock.ts'
import { aContainer, aPod } from '../lifecycle/pod-driver.ts'

class World {
  readonly clock = new SteppedClock()
  readonly api = new ScopesApi(this.clock, seededRandom(7))
  readonly events: string[] = []
  readonly errors: unknown[] = []
  kubelet: SimulatedKubelet = this.newKubelet()

  newKubelet(): SimulatedKubelet {
    const events = {
      record: (_pod: V1Pod, type: string, reason: string, message: string, fieldPath = ''): Promise<void> => {
        this.events.push(`${type} ${reason} ${message} ${fieldPath}`.trimEnd())
        return Promise.resolve()
      },
    }
    const hostIPs = (): string[] => ['10.1.0.1']
    const onError = (error: unknown): void => void this.errors.push(error)
    return createSimulatedKubelet({ client: this.api, clock: this.clock, events, hostIPs, onError })
  }

  async create(simulate?: string, spec: Parameters<typeof aPod>[0] = {}, name = 'web'): Promise<void> {
    const annotations = simulate === undefined ? {} : { 'workernetes.dev/simulate': simulate }
    await this.api.create(POD, aPod(spec, { name, annotations }))
    await this.observe(name)
  }

  pod(name = 'web'): Promise<V1Pod> {
    return this.api.get(POD, { namespace: 'default', name })
  }

  async observe(name = 'web'): Promise<void> {
    await this.kubelet.observe([await this.pod(name)])
  }

  async pass(seconds: number): Promise<void> {
    const endMs = this.clock.now() + seconds * 1_000
    while (this.kubelet.wakeAtMs <= endMs) {
      this.clock.advance(Math.max(0, this.kubelet.wakeAtMs - this.clock.now()))
      await this.kubelet.wake()
    }
    this.clock.advance(endMs - this.clock.now())
  }

  /** Phase, state and restart count of the first container. */
  async shown(name = 'web'): Promise<string> {
    const { status } = await this.pod(name)
    const { state, restartCount, ready } = status?.containerStatuses?.[0] ?? {}
    const what = state?.waiting?.reason ?? state?.terminated?.reason ?? 'running'
    return `${status?.phase ?? ''} ${what} ${String(restartCount)}${ready === true ? ' ready' : ''}`
  }
}

async function read(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text()
}

const LOG = { container: 'main', isFollowed: false, isPrevious: false, hasTimestamps: false }

describe('the simulated kubelet', () => {
  it('has a pod Running and ready with one write', async () => {
    const world = new World()
    await world.create()
    expect(await world.shown()).toBe('Running running 0 ready')
    expect(world.api.writes).toEqual(['ADDED pods/web', 'MODIFIED pods/web'])
    const { status } = await world.pod()
    expect(status?.podIP).toMatch(/^10\.(6[4-9]|7[0-9])\.\d+\.\d+$/)
    expect(status?.hostIP).toBe('10.1.0.1')
    expect(world.events.at(-1)).toBe('Normal Started Container started spec.containers{main}')
  })

  it('writes nothing when a pod is seen again, nor while time passes', async () => {
    const world = new World()
    await world.create()
    const writes = world.api.writes.length
    await world.observe()
    await world.pass(3_600)
    expect(world.api.writes).toHaveLength(writes)
  })

  const stories: readonly [string, string | undefined, Parameters<typeof aPod>[0], number, string][] = [
    ['a job’s pod ends well', undefined, { restartPolicy: 'Never' }, 1, 'Succeeded Completed 0'],
    ['a slow start', 'start after 5s', {}, 4, 'Pending ContainerCreating 0'],
    ['a slow start, later', 'start after 5s', {}, 5, 'Running running 0 ready'],
    ['a crash', 'crash after 3s', {}, 3, 'Running running 1 ready'],
    ['a second crash', 'crash after 3s', {}, 6, 'Running CrashLoopBackOff 1'],
    ['a crash that is final', 'crash after 1s', { restartPolicy: 'Never' }, 1, 'Failed Error 0'],
    ['a chosen exit code', 'exit-0 after 2s', { restartPolicy: 'OnFailure' }, 2, 'Succeeded Completed 0'],
    ['out of memory', 'oom after 1s', { restartPolicy: 'Never' }, 1, 'Failed OOMKilled 0'],
    ['no image', 'image-pull-error', {}, 0, 'Pending ImagePullBackOff 0'],
    ['no image, later', 'image-pull-error', {}, 11, 'Pending ImagePullBackOff 0'],
    ['no configuration', 'config-error', {}, 0, 'Pending CreateContainerConfigError 0'],
    ['no volume', 'mount-error', {}, 60, 'Pending ContainerCreating 0'],
    ['never ready', 'never-ready', {}, 60, 'Running running 0'],
    ['a stage nobody knows', 'dance', {}, 0, 'Pending CreateContainerConfigError 0'],
    [
      'not alive',
      'not-alive after 1s',
      { containers: [aContainer({ livenessProbe: { periodSeconds: 1, tcpSocket: { port: 80 } } })] },
      4,
      'Running running 1 ready',
    ],
  ]
  it.each(stories)('%s', async (_name, simulate, spec, seconds, want) => {
    const world = new World()
    await world.create(simulate, spec)
    await world.pass(seconds)
    expect(await world.shown()).toBe(want)
  })

  it('takes stages for one container from the annotation of its name', async () => {
    const world = new World()
    const pod = aPod({ containers: [aContainer(), aContainer({ name: 'other' })] })
    pod.metadata.annotations = { 'simulate.workernetes.dev/other': 'never-ready' }
    await world.api.create(POD, pod)
    await world.observe()
    const { status } = await world.pod()
    expect(status?.containerStatuses?.map(({ ready }) => ready)).toEqual([true, false])
  })

  it('ends a deleted pod with the last DELETE, and a stubborn one only after its grace period', async () => {
    const world = new World()
    await world.create()
    await world.create('stubborn', {}, 'stubborn')
    for (const name of ['web', 'stubborn']) {
      await world.api.delete(POD, { namespace: 'default', name }, { gracePeriodSeconds: 5 })
      await world.observe(name)
    }
    expect(await world.api.find(POD, { namespace: 'default', name: 'web' })).toBeUndefined()
    await world.pass(4)
    expect(await world.shown('stubborn')).toBe('Running running 0 ready')
    await world.pass(1)
    expect(await world.api.find(POD, { namespace: 'default', name: 'stubborn' })).toBeUndefined()
  })

  it('goes on from the pods’ statuses when all else is forgotten, in the middle of a back-off too', async () => {
    const world = new World()
    await world.create('crash after 3s')
    await world.pass(8)
    expect(await world.shown()).toBe('Running CrashLoopBackOff 1')
    world.kubelet = world.newKubelet()
    await world.observe()
    await world.pass(7)
    expect(await world.shown()).toBe('Running CrashLoopBackOff 1')
    await world.pass(1)
    expect(await world.shown()).toBe('Running running 2 ready')
  })

  it('looks again at a pod that somebody else wrote meanwhile', async () => {
    const world = new World()
    await world.api.create(POD, aPod())
    const stale = await world.pod()
    await world.api.patch(POD, { namespace: 'default', name: 'web' }, 'merge', { metadata: { labels: { a: 'b' } } })
    await world.kubelet.observe([stale])
    expect(await world.shown()).toBe('Running running 0 ready')
    expect((await world.pod()).metadata.labels).toEqual({ a: 'b' })
  })

  it('has 500 pods Running with one batch', async () => {
    const world = new World()
    for (let index = 0; index < 500; index++) await world.api.create(POD, aPod({}, { name: `web-${String(index)}` }))
    const { items } = await world.api.list(POD, { namespace: 'default' })
    await world.kubelet.observe(items)
    expect(world.api.batches).toEqual([500])
    expect(await world.shown('web-499')).toBe('Running running 0 ready')
  })

  it('says in the log that it is simulated', async () => {
    const who = 'container main of pod default/web on node n1'
    const world = new World()
    await world.create('crash after 3s')
    await world.pass(3)
    const pod = await world.pod()
    expect(await read(world.kubelet.logs(pod, LOG))).toBe(
      `simulated: ${who} has started; nothing really runs in it\n`,
    )
    const previous = await read(
      world.kubelet.logs(pod, { ...LOG, isPrevious: true, hasTimestamps: true, tailLines: 1 }),
    )
    expect(previous).toBe(
      `2026-01-01T00:00:03.000000000Z simulated: ${who} has ended with exit code 1\n`,
    )
  })

  it('refuses the log of a container that waits, in upstream’s words', async () => {
    const world = new World()
    await world.create('start after 5s')
    const pod = await world.pod()
    expect(() => world.kubelet.logs(pod, LOG)).toThrow(
      'container "main" in pod "web" is waiting to start: ContainerCreating',
    )
    expect(() => world.kubelet.logs(pod, { ...LOG, isPrevious: true })).toThrow(
      'previous terminated container "main" in pod "web" not found',
    )
  })
})
