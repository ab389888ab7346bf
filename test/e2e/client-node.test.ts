/**
 * The JavaScript client library against the running system: lists, watches, and an informer whose cache is right
 * again after the server was away and came back on the same data. The informer is started again by its user on an
 * error, as the library's own documentation has it.
 */
import type { V1ConfigMap } from '@kubernetes/client-node'
import { CoreV1Api, KubeConfig, Watch, makeInformer } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../support/cluster.ts'

const NAMESPACE = 'default'
const PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps`
const WAIT = { timeout: 30_000, interval: 25 }

/** Between two attempts of the informer while there is no server. */
const AGAIN_MS = 100

function configMap(name: string, value: string, labels: Record<string, string> = {}): V1ConfigMap {
  return { metadata: { name, labels }, data: { value } }
}

describe('@kubernetes/client-node', () => {
  let cluster: Cluster
  let config: KubeConfig
  let core: CoreV1Api

  beforeAll(async () => {
    cluster = await Cluster.start()
    config = new KubeConfig()
    config.loadFromFile(cluster.kubeconfig)
    core = config.makeApiClient(CoreV1Api)
  })
  afterAll(async () => cluster.stop())

  it('creates, reads, replaces, lists by label and page, and deletes', async () => {
    for (const name of ['a', 'b', 'c']) {
      const body = configMap(name, 'one', { of: 'lists' })
      expect((await core.createNamespacedConfigMap({ namespace: NAMESPACE, body })).metadata?.uid).toMatch(
        /^[\da-f-]{36}$/,
      )
    }
    const read = await core.readNamespacedConfigMap({ namespace: NAMESPACE, name: 'a' })
    const body = { ...read, data: { value: 'two' } }
    const replaced = await core.replaceNamespacedConfigMap({ namespace: NAMESPACE, name: 'a', body })
    expect(replaced.data).toEqual({ value: 'two' })

    const selection = { namespace: NAMESPACE, labelSelector: 'of=lists' }
    const first = await core.listNamespacedConfigMap({ ...selection, limit: 2 })
    expect(first.items.map(({ metadata }) => metadata?.name)).toEqual(['a', 'b'])
    const { _continue: token = '' } = first.metadata ?? {}
    const second = await core.listNamespacedConfigMap({ ...selection, limit: 2, _continue: token })
    expect(second.items.map(({ metadata }) => metadata?.name)).toEqual(['c'])

    await core.deleteCollectionNamespacedConfigMap(selection)
    expect((await core.listNamespacedConfigMap(selection)).items).toEqual([])
    await expect(core.readNamespacedConfigMap({ namespace: NAMESPACE, name: 'a' })).rejects.toMatchObject({ code: 404 })
  })

  it('is refused a stale write', async () => {
    const old = await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: configMap('stale', '1') })
    const place = { namespace: NAMESPACE, name: 'stale' }
    await core.replaceNamespacedConfigMap({ ...place, body: { ...old, data: { value: '2' } } })
    const late = core.replaceNamespacedConfigMap({ ...place, body: { ...old, data: { value: '3' } } })
    await expect(late).rejects.toMatchObject({ code: 409 })
    await core.deleteNamespacedConfigMap(place)
  })

  it('watches every change from where its list ended, in order', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace: NAMESPACE })
    const seen: string[] = []
    const ended = Promise.withResolvers<unknown>()
    const query = { resourceVersion: metadata?.resourceVersion ?? '', labelSelector: 'of=watch' }
    const watch = await new Watch(config).watch(
      PATH,
      query,
      (type: string, { data }: V1ConfigMap) => void seen.push(`${type} ${data?.['value'] ?? ''}`),
      (error: unknown) => ended.resolve(error),
    )
    const place = { namespace: NAMESPACE, name: 'watched' }
    const made = await core.createNamespacedConfigMap({
      namespace: NAMESPACE,
      body: configMap('watched', '1', { of: 'watch' }),
    })
    await core.replaceNamespacedConfigMap({
      ...place,
      body: { ...made, data: { value: '2' } },
    })
    await core.deleteNamespacedConfigMap(place)
    await expect.poll(() => seen, WAIT).toEqual(['ADDED 1', 'MODIFIED 2', 'DELETED 2'])
    watch.abort()
    await ended.promise
  })

  it('keeps an informer right through a restart of the server on the same data', async () => {
    const events: string[] = []
    const list = () => core.listNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'of=informer' })
    const informer = makeInformer<V1ConfigMap>(config, PATH, list, 'of=informer')
    let isStopped = false
    let failures = 0
    const again = (): void => {
      failures += 1
      if (!isStopped) setTimeout(() => void informer.start().catch(again), AGAIN_MS)
    }
    informer.on('error', again)
    for (const verb of ['add', 'update', 'delete'] as const) {
      informer.on(verb, ({ metadata }) => void events.push(`${verb} ${metadata?.name ?? ''}`))
    }
    const known = () =>
      informer.list(NAMESPACE).map(({ metadata, data }) => `${metadata?.name ?? ''}=${data?.['value'] ?? ''}`)
    const create = (name: string) =>
      core.createNamespacedConfigMap({ namespace: NAMESPACE, body: configMap(name, '1', { of: 'informer' }) })

    await create('before')
    await informer.start()
    await expect.poll(() => known().sort(), WAIT).toEqual(['before=1'])
    await create('live')
    await expect.poll(() => known().sort(), WAIT).toEqual(['before=1', 'live=1'])

    await cluster.restart(async () => {
      // Only a server that is noticed to be away is one that comes back.
      await expect.poll(() => failures, WAIT).toBeGreaterThan(0)
    })
    const read = await core.readNamespacedConfigMap({ namespace: NAMESPACE, name: 'live' })
    await core.replaceNamespacedConfigMap({
      namespace: NAMESPACE,
      name: 'live',
      body: { ...read, data: { value: '2' } },
    })
    await core.deleteNamespacedConfigMap({ namespace: NAMESPACE, name: 'before' })
    await create('after')
    await expect.poll(() => known().sort(), WAIT).toEqual(['after=1', 'live=2'])
    expect(events).toContain('delete before')
    expect(events.filter((event) => event === 'add live')).toHaveLength(1)
    isStopped = true
    await informer.stop()
  })
})
