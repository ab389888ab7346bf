/** Reads of a store for controllers: shared, parsed once, and never stale. */
import { expect, it } from 'vitest'
import { configMap } from '../../src/apis/core/config-map/config-map.ts'
import { createLister } from '../../src/reconcile/lister.ts'
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
