/**
 * The contract of PodRuntime as code: every runtime is driven by the same kubelet through the same lives. A runtime
 * that cannot do something says so with a reason, and that test is skipped with it.
 */
import { describe, expect, it } from 'vitest'
import { hasReason } from '../../src/apimachinery/status-error.ts'
import { POD } from '../../src/kubelet/pod-kind.ts'
import { aPod } from './lifecycle/pod-driver.ts'
import { podRuntimeLives } from './pod-runtime-lives.ts'
import type { RuntimeSubject } from './suite-world.ts'
import { SuiteWorld } from './suite-world.ts'

const LOG = { container: 'main', isFollowed: false, isPrevious: false, hasTimestamps: false }

export function podRuntimeSuite(name: string, subject: RuntimeSubject): void {
  describe(`the pod runtime ${name}`, () => {
    it('says what a node of it offers', () => {
      const { clock, api: client, store } = new SuiteWorld(subject)
      const runtime = subject.open({ clock, client, store })
      expect(runtime.name).toBe(name)
      expect(Object.keys(runtime.capacity())).toEqual(expect.arrayContaining(['cpu', 'memory', 'pods']))
    })

    it('runs a pod until it is Ready, with an address and container ids of its own', async () => {
      const world = new SuiteWorld(subject)
      await world.create(await subject.serves(aPod(), world.api))
      expect(await world.shown()).toBe('Running running 0 ready')
      const { status } = (await world.pod()) ?? {}
      expect(status?.podIP).toMatch(/^10\./)
      expect(status?.containerStatuses?.[0]?.containerID).toMatch(/^[a-z]+:\/\/.+/)
      expect(world.errors).toEqual([])
    })

    it('takes no notice of what the pod was before', async () => {
      const world = new SuiteWorld(subject)
      const created = await world.create(await subject.serves(aPod(), world.api))
      const before = (await world.pod())?.status
      await world.kubelet.observe(created)
      await world.kubelet.settled()
      // The API prints a few fields more than the kubelet said.
      expect(before).toMatchObject({ ...world.kubelet.pod?.status })
      expect((await world.pod())?.status).toEqual(before)
      const pod = world.kubelet.pod ?? created
      await expect(world.kubelet.sandbox?.logs(pod, LOG)).resolves.toBeInstanceOf(ReadableStream)
    })

    it.each([
      [0, 'Succeeded Completed 0'],
      [1, 'Failed Error 0'],
    ] as const)('reports exit code %d once, as the end of the pod', async (exitCode, want) => {
      const world = new SuiteWorld(subject)
      await world.create(await subject.exits(aPod({ restartPolicy: 'Never' }), world.api, exitCode))
      await world.pass(1)
      await world.until(want)
      const { status } = (await world.pod()) ?? {}
      expect(status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(exitCode)
    })

    it('starts what failed anew, each attempt with its own id, and backs off', async () => {
      const world = new SuiteWorld(subject)
      await world.create(await subject.exits(aPod(), world.api, 1))
      await world.pass(2)
      await world.until('Running CrashLoopBackOff 1')
      await world.pass(11)
      await world.until('Running CrashLoopBackOff 2')
      const { lastState } = (await world.pod())?.status?.containerStatuses?.[0] ?? {}
      expect(lastState?.terminated?.containerID).toMatch(/\/2$/)
    })

    it('refuses a start with a reason, and starts when it can', async () => {
      const world = new SuiteWorld(subject)
      await world.create(await subject.refusesStart(aPod(), world.api))
      expect(await world.shown()).toBe('Pending CreateContainerConfigError 0')
      expect(world.events.at(-1)).toMatch(/^Warning Failed Error: /)
    })

    it('refuses volumes that cannot be made with FailedMount', async () => {
      const world = new SuiteWorld(subject)
      await world.create(await subject.refusesMount(aPod(), world.api))
      expect(await world.shown()).toBe('Pending ContainerCreating 0')
      expect(world.events[0]).toMatch(/^Warning FailedMount MountVolume.SetUp failed for volume /)
    })

    it('ends a deleted pod, and takes no notice of being told twice', async () => {
      const world = new SuiteWorld(subject)
      await world.create(await subject.serves(aPod(), world.api))
      const sandbox = world.kubelet.sandbox
      await world.api.delete(POD, { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 30 })
      await world.observe()
      await world.pass(1)
      expect(await world.pod()).toBeUndefined()
      await sandbox?.stop('main', 0)
      await sandbox?.kill('main')
      expect(world.errors).toEqual([])
    })

    it('shows a log, and refuses one of a container that waits or has no former life', async () => {
      const world = new SuiteWorld(subject)
      await world.create(await subject.serves(aPod(), world.api))
      const pod = (await world.pod()) ?? aPod()
      const stream = await world.kubelet.sandbox?.logs(pod, LOG)
      expect(typeof (await new Response(stream).text())).toBe('string')
      const former = world.kubelet.sandbox?.logs(pod, { ...LOG, isPrevious: true })
      await expect(former).rejects.toThrow('previous terminated container "main" in pod "web" not found')
      const foreign = world.kubelet.sandbox?.logs(pod, { ...LOG, container: 'absent' })
      await expect(foreign).rejects.toThrow('container "absent" in pod "web" is not available')
    })

    it('refuses exec, and a port on which nothing listens', async () => {
      const world = new SuiteWorld(subject)
      await world.create(await subject.exits(aPod({ restartPolicy: 'Never' }), world.api, 0))
      await world.pass(1)
      await world.until('Succeeded Completed 0')
      const refused: unknown = await world.kubelet.sandbox?.exec('main', ['sh']).catch((error: unknown) => error)
      expect(hasReason(refused, 'MethodNotAllowed')).toBe(true)
      expect((await world.kubelet.sandbox?.fetch(1, new Request('http://pod/')))?.status).toBe(502)
    })

    it.skipIf(subject.skips.fetch !== undefined)(
      `answers requests into the pod${because(subject.skips.fetch)}`,
      async () => {
        const world = new SuiteWorld(subject)
        await world.create(await subject.serves(aPod(), world.api))
        const response = await world.kubelet.sandbox?.fetch(8080, new Request('http://pod/path'))
        expect(await response?.text()).toBe('served /path')
      },
    )

    it.skipIf(subject.skips.fetch !== undefined)(
      `serves those who still ask a deleted pod, and ends it soon after the last${because(subject.skips.fetch)}`,
      async () => {
        const world = new SuiteWorld(subject)
        await world.create(await subject.serves(aPod(), world.api))
        const ask = async (): Promise<string | undefined> =>
          (await world.kubelet.sandbox?.fetch(8080, new Request('http://pod/late')))?.text()
        await ask()
        await world.api.delete(POD, { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 30 })
        await world.observe()
        for (let late = 0; late < 3; late++) {
          await world.pass(0.4)
          expect(await ask()).toBe('served /late')
        }
        await world.pass(0.4)
        expect((await world.pod())?.metadata.deletionTimestamp).toBeDefined()
        await world.pass(0.2)
        expect(await world.pod()).toBeUndefined()
      },
    )

    it.skipIf(subject.skips.fetch !== undefined)(
      `ends a deleted pod after a while though requests go on to come${because(subject.skips.fetch)}`,
      async () => {
        const world = new SuiteWorld(subject)
        await world.create(await subject.serves(aPod(), world.api))
        await world.api.delete(POD, { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 30 })
        const ask = () => world.kubelet.sandbox?.fetch(8080, new Request('http://pod/late'))
        await ask()
        await world.observe()
        for (let passed = 0; passed < 9.6; passed += 0.4) {
          await world.pass(0.4)
          expect((await ask())?.status).toBe(200)
        }
        await world.pass(0.4)
        expect(await world.pod()).toBeUndefined()
      },
    )

    it.skipIf(subject.skips.eviction !== undefined)(
      `goes on after an eviction${because(subject.skips.eviction)}`,
      async () => {
        const world = new SuiteWorld(subject)
        await world.create(await subject.serves(aPod(), world.api))
        await world.pass(1)
        const writes = world.api.writes.length
        world.kubelet = world.newKubelet()
        await world.observe()
        expect(await world.shown()).toBe('Running running 0 ready')
        expect(world.api.writes).toHaveLength(writes)
        const response = await world.kubelet.sandbox?.fetch(8080, new Request('http://pod/again'))
        expect(await response?.text()).toBe('served /again')
      },
    )

    podRuntimeLives(subject)
  })
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (skipped: ${reason})`
}
