/** Actors' client across objects. */
import { describe, expect, it } from 'vitest'
import { pod } from '../../src/apis/core/pod/pod.ts'
import { RemoteClient } from '../../src/objects/calls/remote-client.ts'

describe('a list over all namespaces', () => {
  it("has items that say what they are, though the API's own do not", async () => {
    const client = new RemoteClient({
      user: { username: 'system:kube-controller-manager', groups: [] },
      listAll: () => Promise.resolve(JSON.stringify({ metadata: {}, items: [{ metadata: { name: 'a' } }] })),
      stubOf() {
        throw new Error('no namespace is asked')
      },
    })
    const { items } = await client.list(pod)
    expect(items).toEqual([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }])
  })
})
