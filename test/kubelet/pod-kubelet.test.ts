/** What a kubelet owes to its successor: it may end at any moment, and the pod must not be forgotten. */
import { expect, it } from 'vitest'
import type { PodMemory } from '../../src/kubelet/pod-kubelet.ts'
import { PodKubelet } from '../../src/kubelet/pod-kubelet.ts'
import { POD } from '../../src/kubelet/pod-kind.ts'
import { SimulatedRuntime } from '../../src/kubelet/runtimes/simulated/simulated-runtime.ts'
import { SandboxStore } from '../../src/kubelet/runtimes/isolates/sandbox-store.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { nodeSqlite } from '../support/sql/node-sqlite.ts'
import { ScopesApi } from '../support/scopes-api.ts'
import { SteppedClock } from '../support/stepped-clock.ts'
import { aPod } from './lifecycle/pod-driver.ts'

/** Two kubelets of one pod, one after the other, on one memory; the alarm outlives the first. */
class Succession {
  readonly clock = new SteppedClock()
  readonly api = new ScopesApi(this.clock, seededRandom(5))
  readonly memory: PodMemory = new SandboxStore(nodeSqlite())
  alarmMs: number | undefined

  kubelet(): PodKubelet {
    return new PodKubelet({
      client: this.api,
      clock: this.clock,
      runtime: new SimulatedRuntime(this.clock),
      memory: this.memory,
      events: { record: () => Promise.resolve() },
      wakeAt: (timeMs) => {
        this.alarmMs = timeMs
      },
      onError: (error) => {
        throw error
      },
    })
  }
}

it('is woken again though it ended while a container was being started', async () => {
  const world = new Succession()
  const pod = aPod()
  pod.metadata.annotations = { 'workernetes.dev/simulate': 'start after 60s' }
  const created = await world.api.create(POD, pod)
  const first = world.kubelet()
  await first.observe(created)
  await first.wake()
  const { alarmMs = Infinity } = world
  expect(alarmMs - world.clock.now()).toBeLessThanOrEqual(5_000)

  // The first is gone, with the start that it waited for.
  world.clock.advance(5_000)
  const second = world.kubelet()
  await second.wake()
  world.clock.advance(60_000)
  await second.settled()
  const found = await world.api.find(POD, { namespace: 'default', name: created.metadata.name ?? '' })
  expect(found?.status?.containerStatuses?.[0]?.state?.running).toBeDefined()
})

it('waits for nothing once everything runs', async () => {
  const world = new Succession()
  const kubelet = world.kubelet()
  await kubelet.observe(await world.api.create(POD, aPod()))
  await kubelet.settled()
  expect(world.alarmMs).toBeUndefined()
})
