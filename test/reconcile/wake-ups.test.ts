/** Which changes wake the controllers of a namespace: an ordinary write that concerns nobody must wake nobody. */
import { describe, expect, it } from 'vitest'
import { namespaceControllers } from '../../src/controllers/controllers.ts'
import { concernsAny } from '../../src/reconcile/wake-ups.ts'
import type { Change } from '../../src/store/object-store.ts'

const unused = (): never => {
  throw new Error('nothing is reconciled here')
}
const addressBook = { restore: unused, release: unused }
const controllers = namespaceControllers({ addressBook, readScale: unused, rootCertificates: unused, isEnding: unused })

function aChange(resource: string, name: string): Change {
  const selectable = { labels: {}, fields: {} }
  const text = JSON.stringify({ metadata: { name } })
  return { resource, name, revision: 1, text, selectable, type: 'ADDED', timeMs: 0, previousSelectable: undefined }
}

describe('a change', () => {
  it.each([
    ['configmaps', 'kube-root-ca.crt', true],
    ['configmaps', 'settings', false],
    ['serviceaccounts', 'default', true],
    ['serviceaccounts', 'builder', false],
    ['secrets', 'password', false],
    ['deployments.apps', 'web', true],
  ])('of %s %s wakes a controller: %s', (resource, name, isConcerned) => {
    expect(concernsAny(controllers, aChange(resource, name))).toBe(isConcerned)
  })
})
