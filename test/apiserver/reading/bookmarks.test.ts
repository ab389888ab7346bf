/**
 * The objects of bookmarks: nothing is set in them, so they are what upstream's own types print of nothing
 * (k8s.io/apiserver pkg/storage/cacher, kubernetes/kubernetes pkg/apis/apps/v1/conversion.go).
 */
import { describe, expect, test } from 'vitest'
import { EventReader } from '../../support/watch-events.ts'
import { testApi } from '../../support/api.ts'

const INITIAL = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
const template = { metadata: {}, spec: { containers: null } }

async function bookmarkOf(path: string, headers: Record<string, string> = {}) {
  const api = testApi(path.includes('/namespaces/') ? 'team' : '')
  const reader = new EventReader(await api.request('GET', `${path}?${INITIAL}`, { headers }))
  const [event] = await reader.take(1)
  await reader.close()
  expect(event?.type).toBe('BOOKMARK')
  return event?.object ?? {}
}

describe('the object of a bookmark', () => {
  test.each([
    ['deployments', { spec: { replicas: 0, selector: null, template, strategy: {} }, status: {} }],
    ['replicasets', { spec: { replicas: 0, selector: null, template }, status: { replicas: 0 } }],
    [
      'statefulsets',
      {
        spec: { replicas: 0, selector: null, template, serviceName: '', updateStrategy: {} },
        status: { replicas: 0, availableReplicas: 0 },
      },
    ],
  ])('of %s wants no replicas', async (resource, want) => {
    const { spec, status } = await bookmarkOf(`/apis/apps/v1/namespaces/team/${resource}`)
    expect({ spec, status }).toEqual(want)
    expect(Object.keys(spec ?? {})[0]).toBe('replicas')
  })

  test('of DaemonSets has the annotation that stands for a field', async () => {
    const { metadata } = await bookmarkOf('/apis/apps/v1/namespaces/team/daemonsets')
    expect(metadata?.['annotations']).toEqual({
      'deprecated.daemonset.template.generation': '0',
      'k8s.io/initial-events-end': 'true',
    })
  })
})

describe('the row of a bookmark', () => {
  test.each([
    ['/apis/autoscaling/v1/namespaces/team/horizontalpodautoscalers', ['', '/', '<none>', '<unset>', 0, 0, '<unknown>']],
    ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', ['', '0001-01-01T00:00:00Z']],
    ['/apis/resource.k8s.io/v1/deviceclasses', ['', '<unknown>']],
  ])('of %s is of an object without anything', async (path, cells) => {
    expect((await bookmarkOf(path, TABLE))['rows']).toMatchObject([{ cells }])
  })
})

describe('the end of the initial events', () => {
  const OLD = '/api/v1/watch/namespaces/team/configmaps'
  const CONFIG_MAPS = '/api/v1/namespaces/team/configmaps'
  // pkg/apis/meta/internalversion/defaults.go: options say themselves whether they watch
  test.each([
    [`${CONFIG_MAPS}?watch=1&allowWatchBookmarks=true`, 'BOOKMARK'],
    [`${CONFIG_MAPS}?watch=1&allowWatchBookmarks=true&resourceVersion=0`, 'BOOKMARK'],
    [`${CONFIG_MAPS}?watch=1&allowWatchBookmarks=true&resourceVersion=00`, 'ADDED'],
    [`${OLD}?watch=1&allowWatchBookmarks=true`, 'BOOKMARK'],
    [`${OLD}?allowWatchBookmarks=true`, 'ADDED'],
    [`${OLD}?allowWatchBookmarks=true&resourceVersion=0`, 'ADDED'],
  ])('is told to who asks for a watch in the query: %s', async (path, second) => {
    const api = testApi('team')
    const create = (name: string) =>
      api.json('POST', CONFIG_MAPS, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } })
    await create('before')
    const reader = new EventReader(await api.request('GET', path))
    await reader.take(1)
    await create('after')
    expect((await reader.take(1))[0]?.type).toBe(second)
    await reader.close()
  })
})
