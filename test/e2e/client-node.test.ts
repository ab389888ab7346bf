/**
 * The JavaScript client library against the running system: lists, watches, and an informer whose cache is right
 * again after the server was away and came back on the same data. The informer is started again by its user on an
 * error, as the library's own documentation has it.
 */
import type { KubernetesObject, V1ConfigMap, V1Deployment } from '@kubernetes/client-node'
import {
  ApiextensionsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  Watch,
  makeInformer,
} from '@kubernetes/client-node'
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

  it('does the same with objects of any kind, which it asks discovery about', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config)
    const spec = {
      replicas: 0,
      selector: { matchLabels: { app: 'any' } },
      template: { metadata: { labels: { app: 'any' } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } },
    }
    const header = { apiVersion: 'apps/v1', kind: 'Deployment' }
    const any = { ...header, metadata: { name: 'any', namespace: NAMESPACE } }
    const made = await objects.create<V1Deployment>({ ...any, spec })
    expect(made.spec?.strategy?.type).toBe('RollingUpdate')
    const read = await objects.read<V1Deployment>(any)
    expect(read.metadata?.uid).toBe(made.metadata?.uid)

    const containers = [{ name: 'side', image: 'side' }]
    const patched = await objects.patch<V1Deployment>({ ...any, spec: { ...spec, template: { spec: { containers } } } })
    expect(patched.spec?.template.spec?.containers.map(({ name }) => name).sort()).toEqual(['main', 'side'])
    const labelled = { ...any, metadata: { ...any.metadata, labels: { of: 'any' } } }
    const applied = await objects.patch<V1Deployment>(
      labelled, undefined, undefined, 'applier', true, PatchStrategy.ServerSideApply,
    )
    expect(applied.metadata?.managedFields).toContainEqual(
      expect.objectContaining({ manager: 'applier', operation: 'Apply' }),
    )
    const no = undefined
    const list = await objects.list<V1Deployment>('apps/v1', 'Deployment', NAMESPACE, no, no, no, no, 'of=any')
    expect(list.items.map(({ metadata }) => metadata?.name)).toEqual(['any'])
    await objects.delete(any, undefined, undefined, 0, undefined, 'Background')
    await expect(objects.read(any)).rejects.toMatchObject({ code: 404 })
  })

  it('keeps an informer of a kind that somebody defined', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config)
    const place = { group: 'js.example.com', version: 'v1', plural: 'balls', namespace: NAMESPACE }
    const spec = { type: 'object', properties: { size: { type: 'integer' } } }
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } }
    const names = { plural: 'balls', kind: 'Ball' }
    const versions = [{ name: 'v1', served: true, storage: true, schema }]
    const metadata = { name: 'balls.js.example.com' }
    await config.makeApiClient(ApiextensionsV1Api).createCustomResourceDefinition({
      body: { metadata, spec: { group: 'js.example.com', scope: 'Namespaced', names, versions } },
    })
    interface Ball extends KubernetesObject {
      readonly spec: { readonly size: number }
    }
    const custom = config.makeApiClient(CustomObjectsApi)
    const list = () => custom.listNamespacedCustomObject(place) as Promise<{ items: Ball[]; metadata: object }>
    await expect.poll(() => list().then(({ items }) => items.length, () => -1), WAIT).toBe(0)
    const informer = makeInformer<Ball>(config, `/apis/js.example.com/v1/namespaces/${NAMESPACE}/balls`, list)
    await informer.start()
    const shown = (one: Ball) => `${one.metadata?.name ?? ''}=${String(one.spec.size)}`
    const sizes = () => informer.list(NAMESPACE).map(shown).sort()
    const ball = (name: string, size: number) => ({
      apiVersion: 'js.example.com/v1', kind: 'Ball', metadata: { name, namespace: NAMESPACE }, spec: { size },
    })
    for (const name of ['one', 'two']) await objects.create(ball(name, 1))
    await expect.poll(sizes, WAIT).toEqual(['one=1', 'two=1'])
    await objects.patch(ball('one', 2), undefined, undefined, undefined, undefined, PatchStrategy.MergePatch)
    await objects.delete(ball('two', 1))
    await expect.poll(sizes, WAIT).toEqual(['one=2'])
    await informer.stop()
    await objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata })
    await expect.poll(() => list().then(() => 200, (error: { code: number }) => error.code), WAIT).toBe(404)
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
