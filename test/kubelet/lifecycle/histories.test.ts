/**
 * Random histories of pods: whatever happens in whatever order, some things never do. The seed is printed on failure.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { containerLife } from '../../../src/kubelet/lifecycle/pod-life.ts'
import { resumedLife } from '../../../src/kubelet/lifecycle/pod-life.ts'
import { PodDriver, aContainer, aPod } from './pod-driver.ts'

type Event =
  | 'prepare'
  | 'start'
  | 'refuse'
  | 'exit 0'
  | 'exit 1'
  | 'probe good'
  | 'probe bad'
  | 'pass'
  | 'delete'
  | 'evict'
  | 'late'

const events = fc.array(
  fc.constantFrom<Event>(
    'prepare',
    'start',
    'start',
    'refuse',
    'exit 0',
    'exit 1',
    'probe good',
    'probe bad',
    'pass',
    'pass',
    'delete',
    'evict',
    'late',
  ),
  { minLength: 5, maxLength: 60 },
)

const specs = fc.record({
  restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
  hasInit: fc.boolean(),
  hasSidecar: fc.boolean(),
  hasProbes: fc.boolean(),
})

function podOf({
  restartPolicy,
  hasInit,
  hasSidecar,
  hasProbes,
}: {
  restartPolicy: string
  hasInit: boolean
  hasSidecar: boolean
  hasProbes: boolean
}) {
  const probe = { httpGet: { port: 80 }, periodSeconds: 5, failureThreshold: 2 }
  const probes = hasProbes ? { startupProbe: probe, readinessProbe: probe, livenessProbe: probe } : {}
  const init = hasInit ? [aContainer({ name: 'init' })] : []
  const sidecar = hasSidecar ? [aContainer({ name: 'side', restartPolicy: 'Always' })] : []
  return aPod({
    restartPolicy,
    initContainers: [...init, ...sidecar],
    containers: [aContainer(probes), aContainer({ name: 'other' })],
  })
}

function apply(driver: PodDriver, event: Event, names: readonly string[], index: number): void {
  const name = names[index % names.length] ?? 'main'
  switch (event) {
    case 'prepare':
      if (driver.actions.some(({ type }) => type === 'prepare')) driver.prepare()
      return
    case 'start':
      driver.start()
      return
    case 'refuse':
      for (const { container, attempt } of driver.take('start')) {
        driver.see({ type: 'startFailed', container, attempt, reason: 'CreateContainerConfigError', message: 'no' })
      }
      return
    case 'exit 0':
    case 'exit 1':
      driver.exit(name, Number(event.slice(5)))
      return
    case 'probe good':
    case 'probe bad':
      driver.probe(event === 'probe good')
      return
    case 'pass':
      driver.pass(1 + (index % 40))
      return
    case 'delete':
      driver.pod = {
        ...driver.pod,
        metadata: { ...driver.pod.metadata, deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 },
      }
      driver.see()
      return
    case 'evict':
      driver.life = resumedLife(driver.life)
      driver.actions.length = 0
      driver.see()
      return
    case 'late': {
      const attempt = containerLife(driver.life, name).restartCount - 1
      driver.see({ type: 'exited', container: name, attempt, exit: { exitCode: 1, finishedAtMs: driver.nowMs } })
    }
  }
}

describe('random histories of a pod', () => {
  it('never lead back from an end, never lose a restart, and never start what runs', () => {
    fc.assert(
      fc.property(specs, events, (spec, history) => {
        const driver = new PodDriver(podOf(spec))
        const names = Object.keys(driver.life.containers)
        const counts = new Map<string, number>()
        let ended: string | undefined
        let releases = 0
        for (const [index, event] of history.entries()) {
          const known = driver.actions.length
          apply(driver, event, names, index)
          const { phase, containerStatuses = [], initContainerStatuses = [] } = driver.status
          if (ended !== undefined) expect(phase).toBe(ended)
          if (phase === 'Succeeded' || phase === 'Failed') ended = phase
          for (const { name, restartCount, state = {}, ready } of [...containerStatuses, ...initContainerStatuses]) {
            expect(restartCount).toBeGreaterThanOrEqual(counts.get(name) ?? 0)
            counts.set(name, restartCount)
            expect(Object.keys(state)).toHaveLength(1)
            if (ready && !name.startsWith('init')) expect(state.running).toBeDefined()
          }
          for (const { type } of driver.actions.slice(Math.min(known, driver.actions.length)))
            if (type === 'release') releases += 1
          for (const action of driver.actions) {
            if (action.type !== 'start' || event === 'evict') continue
            expect(['starting', 'exited', 'waiting']).toContain(containerLife(driver.life, action.container).state)
          }
          if (ended !== undefined) {
            for (const name of names)
              expect(['running', 'starting', 'stopping']).not.toContain(containerLife(driver.life, name).state)
          }
        }
        expect(releases).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1_000 },
    )
  })

  it('come to an end in bounded time once the pod is deleted and its containers obey', () => {
    fc.assert(
      fc.property(specs, events, (spec, history) => {
        const driver = new PodDriver(podOf(spec))
        const names = Object.keys(driver.life.containers)
        for (const [index, event] of history.entries()) apply(driver, event, names, index)
        apply(driver, 'delete', names, 0)
        for (let round = 0; round < 10; round++) {
          driver.start()
          const told = [...driver.take('stop'), ...driver.take('kill')]
          for (const { container } of told) driver.exit(container, 143)
          driver.pass(30)
        }
        for (const name of names) if (containerLife(driver.life, name).state === 'stopping') driver.exit(name, 137)
        driver.pass(31)
        expect(['Succeeded', 'Failed']).toContain(driver.status.phase)
        expect(driver.take('delete').length).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })
})
