/** Reads of a store for controllers: shared, parsed once, and never stale. */
import { expect, it, vi } from 'vitest'
import { configMap } from '../../src/apis/core/config-map/config-map.ts'
import { createLister } from '../../src/reconcile/lister.ts'
import type { ListPage } from '../../src/store/object-store.ts'
import { testApi } from '../support/api.ts'

const PATH = '/api/v1/namespaces/team/configmaps'
const aConfigMap = (name: string): object => ({ body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } })

it('a whole list is made once for each state of the store, and anew after a write or a wipe', async () => {
  const { scope, json } = testApi('team')
  const lister = createLister(scope.store)
  const names = (): unknown => lister.list(configMap).map(({ metadata }) => metadata.name)
  await json('POST', PATH, aConfigMap('a'))
  const [first] = lister.list(configMap)
  expect(lister.list(configMap)[0]).toBe(first)
  // Whoever changes the list that it was given changes nobody else's.
  lister.list(configMap).pop()
  expect(names()).toEqual(['a'])
  await json('POST', PATH, aConfigMap('b'))
  expect(names()).toEqual(['a', 'b'])
  await json('DELETE', `${PATH}/a`)
  expect(names()).toEqual(['b'])
  scope.store.wipe()
  expect(names()).toEqual([])
})

it('reads the text of an object once a revision, whatever it is selected by', async () => {
  const { scope, json } = testApi('team')
  for (const name of ['a', 'b', 'c']) await json('POST', PATH, aConfigMap(name))
  const list = vi.spyOn(scope.store, 'list')
  const lister = createLister(scope.store)
  const names = (...wanted: string[]): unknown =>
    lister.list(configMap, (_selectable, name) => wanted.includes(name)).map(({ metadata }) => metadata.name)
  expect(names('b')).toEqual(['b'])
  expect(names('a', 'b', 'c')).toEqual(['a', 'b', 'c'])
  expect(names('a', 'b', 'c')).toEqual(['a', 'b', 'c'])
  const patch = { data: { k: 'v' } }
  await json('PATCH', `${PATH}/b`, { body: patch, headers: { 'content-type': 'application/merge-patch+json' } })
  expect(names('a', 'b', 'c')).toEqual(['a', 'b', 'c'])
  const read = list.mock.results.flatMap(({ value }) => (value as ListPage).objects.map(({ name }) => name))
  expect(read).toEqual(['b', 'a', 'c', 'b'])
})
