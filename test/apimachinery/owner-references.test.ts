/** Owner references: by uid, without repeats. */
import { describe, expect, it } from 'vitest'
import {
  controllerReference, deduplicateOwners, isControlledBy, isOwnedBy, ownerReference,
} from '../../src/apimachinery/owner-references.ts'

const REPLICA_SET = { group: 'apps', version: 'v1', kind: 'ReplicaSet' }
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web', uid: 'u1' } }
const pod = (uid: string) => ({
  apiVersion: 'v1', kind: 'Pod',
  metadata: { ownerReferences: [{ ...controllerReference(owner, REPLICA_SET), uid }] },
})

describe('owner references', () => {
  it('name the owner and, for a controller, block its deletion', () => {
    expect(controllerReference(owner, REPLICA_SET)).toEqual({
      apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u1', controller: true, blockOwnerDeletion: true,
    })
    expect(ownerReference(owner, REPLICA_SET)).not.toHaveProperty('controller')
  })

  it('hold by uid, not by name', () => {
    expect(isControlledBy(pod('u1'), owner)).toBe(true)
    expect(isControlledBy(pod('u2'), owner)).toBe(false)
    expect(isOwnedBy(pod('u2'), 'u2')).toBe(true)
    expect(isOwnedBy({ apiVersion: 'v1', kind: 'Pod', metadata: {} }, 'u2')).toBe(false)
  })

  it('lose repeats, with a warning that names them', () => {
    const reference = ownerReference(owner, REPLICA_SET)
    const { owners, warning } = deduplicateOwners([reference, { ...reference }, { ...reference, uid: 'u2' }])
    expect(owners.map(({ uid }) => uid)).toEqual(['u1', 'u2'])
    expect(warning).toMatch(/duplicate UID\(s\) observed: u1$/)
    expect(deduplicateOwners([reference]).warning).toBeUndefined()
  })
})
