/** What an owner's Events say of its pods when the API takes some of the writes and refuses others. */
import { describe, expect, it } from 'vitest'
import type { StatusDetails } from '../../../src/apimachinery/status-error.ts'
import type { OperationResult } from '../../../src/client/client.ts'
import type { PodControlPorts } from '../../../src/controllers/pods/pod-control.ts'
import { createPods, deletePods } from '../../../src/controllers/pods/pod-control.ts'
import { aPod, aReplicaSet } from '../builders.ts'

const owner = aReplicaSet(3)
const refused = (reason: string, message: string, details: StatusDetails = {}): OperationResult => ({
  error: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, message, details },
})
const done = (name: string): OperationResult => ({ object: aPod({ name }) })
const pods = ['a', 'b', 'c'].map((name) => aPod({ name }))

/** Answers the operations of all batches in turn. */
function portsThatAnswer(...answers: readonly OperationResult[]): PodControlPorts & { readonly told: string[] } {
  const left = [...answers]
  const told: string[] = []
  return {
    told,
    namespace: 'ns',
    client: { batch: (_namespace, operations) => Promise.resolve(left.splice(0, operations.length)) },
    events: {
      record: (subject, type, reason, message) => {
        told.push(`${subject.metadata.name ?? ''}: ${type} ${reason}: ${message}`)
        return Promise.resolve()
      },
    },
  }
}

describe('the pods of an owner', () => {
  it('are said to be created, and which were refused; the first refusal is handed back', async () => {
    const ports = portsThatAnswer(done('a'), refused('Forbidden', 'quota'), refused('Forbidden', 'quota again'))
    expect((await createPods(ports, owner, pods))?.message).toBe('quota')
    expect(ports.told).toEqual([
      'web: Normal SuccessfulCreate: Created pod: a',
      'web: Warning FailedCreate: Error creating: quota',
      'web: Warning FailedCreate: Error creating: quota again',
    ])
  })

  it('are not missed in a namespace that is going', async () => {
    const causes = [{ reason: 'NamespaceTerminating', message: 'namespace ns is being terminated' }]
    const ports = portsThatAnswer(refused('Forbidden', 'going', { causes }))
    expect(await createPods(ports, owner, pods)).toBeUndefined()
    expect(ports.told).toEqual([])
  })

  it('are said to be deleted, and which could not be; one that is gone already is not told', async () => {
    const ports = portsThatAnswer(done('a'), refused('NotFound', 'no "b"'), refused('Conflict', 'other uid'))
    expect((await deletePods(ports, owner, pods))?.message).toBe('other uid')
    expect(ports.told).toEqual([
      'web: Normal SuccessfulDelete: Deleted pod: a',
      'web: Warning FailedDelete: Error deleting: other uid',
    ])
  })
})
