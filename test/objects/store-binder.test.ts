/** The scheduler's hands: what a bind and a report write. */
import { describe, expect, it } from 'vitest'
import type { V1Pod } from '../../src/apis/generated/types.ts'
import type { Operation } from '../../src/client/client.ts'
import { storeBinder } from '../../src/objects/calls/store-binder.ts'

const ref = { namespace: 'team', name: 'web', uid: 'u1' }
const pod: V1Pod = { apiVersion: 'v1', kind: 'Pod', metadata: ref }

async function writtenBy(act: (binder: ReturnType<typeof storeBinder>) => Promise<unknown>): Promise<Operation[]> {
  const written: Operation[] = []
  await act(
    storeBinder(() => ({
      batch: (_user, operations) => {
        written.push(...operations)
        return Promise.resolve(operations.map(() => ({ object: pod })))
      },
    })),
  )
  return written
}

describe('the store binder', () => {
  it('writes a binding and its Event as an events.k8s.io recorder does', async () => {
    const bound = [{ ...ref, nodeName: 'n1' }]
    const [bind, ...more] = await writtenBy((binder) => binder.bind('team', bound))
    const [event] = await writtenBy((binder) => binder.announce('team', bound))
    expect(more).toEqual([])
    expect(bind).toMatchObject({ verb: 'create', object: { target: { kind: 'Node', name: 'n1' } } })
    expect(event).toMatchObject({
      object: {
        metadata: { name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) as unknown, namespace: 'team' },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', ...ref },
        type: 'Normal',
        reason: 'Scheduled',
        action: 'Binding',
        message: 'Successfully assigned team/web to n1',
        reportingComponent: 'default-scheduler',
        eventTime: expect.stringMatching(/\.\d{6}Z$/) as unknown,
      },
    })
    expect(event).not.toHaveProperty('object.count')
    expect(event).not.toHaveProperty('object.source')
  })

  it('says at full length in the condition and cut to 1,024 bytes in the Event why a pod fits nowhere', async () => {
    const message = `0/9 nodes are available: ${'é'.repeat(600)}.`
    const pending = { ...pod, metadata: { ...ref, generation: 3 } }
    const failure = { ...ref, pod: pending, reason: 'Unschedulable', message }
    const [patch, event] = await writtenBy((binder) => binder.report('team', [failure]))
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', observedGeneration: 3, message }
    expect(patch).toMatchObject({ patch: { status: { conditions: [condition] } } })
    expect(event).toMatchObject({ object: { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling' } })
    const note = (event as unknown as { object: { message: string } }).object.message
    expect(note).toMatch(/^0\/9 nodes are available: é+ \.\.\.$/)
    expect(new TextEncoder().encode(note).length).toBeLessThanOrEqual(1_024)
    expect(new TextEncoder().encode(note).length).toBeGreaterThan(1_020)
  })
})
