/**
 * DELETE over HTTP: grace periods, propagation, finalizers, dry runs and collections (k8s.io/apiserver pkg/registry/
 * rest/delete.go, generic/registry/store.go; kubernetes/kubernetes pkg/registry/core/pod/strategy.go).
 */
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import type { Json, TestApi } from '../support/api.ts'
import { testApi } from '../support/api.ts'

const PODS = '/api/v1/namespaces/team/pods'
const CONFIG_MAPS = '/api/v1/namespaces/team/configmaps'
const NOW = '2026-01-01T00:00:00Z'
const at = (seconds: number): string => `${new Date(Date.parse(NOW) + seconds * 1_000).toISOString().slice(0, 19)}Z`

interface World {
  readonly api: TestApi
  /** The time that is written; commits do not wait for it. */
  nowMs: number
}

function aWorld(): World {
  const world = { nowMs: Date.parse(NOW) }
  const api = testApi('team', { clock: { now: () => world.nowMs, after: systemClock.after } })
  return Object.assign(world, { api })
}

interface PodShape {
  readonly nodeName?: string
  readonly phase?: string
  readonly finalizers?: readonly string[]
  readonly grace?: number
}

async function givePod({ api }: World, { nodeName = 'n', phase, finalizers, grace = 30 }: PodShape = {}): Promise<void> {
  const spec = { containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: grace, nodeName }
  const metadata = { name: 'p', ...(finalizers === undefined ? {} : { finalizers }) }
  // The account that pods run as is the API's to make; here nobody does.
  await api.json('POST', '/api/v1/namespaces/team/serviceaccounts', { body: { metadata: { name: 'default' } } })
  const { code, body } = await api.json('POST', PODS, { body: { metadata, spec } })
  if (code !== 201) throw new Error(JSON.stringify(body))
  if (phase === undefined) return
  const headers = { 'content-type': 'application/merge-patch+json' }
  await api.json('PATCH', `${PODS}/p/status`, { body: { status: { phase } }, headers })
}

const remove = ({ api }: World, query = ''): Promise<{ code: number; body: Json }> =>
  api.json('DELETE', `${PODS}/p${query}`)

const marks = (body: Json): unknown => {
  const { metadata } = body
  return [metadata?.['deletionTimestamp'], metadata?.['deletionGracePeriodSeconds']]
}

const isThere = async ({ api }: World, path = `${PODS}/p`): Promise<boolean> => (await api.json('GET', path)).code === 200

describe('grace of pods', () => {
  it.each<[what: string, pod: PodShape, query: string, seconds: number | 'gone']>([
    ['the grace of its spec', {}, '', 30],
    ['the grace asked for', {}, '?gracePeriodSeconds=5', 5],
    ['the shortest grace for a negative one', {}, '?gracePeriodSeconds=-1', 1],
    ['the shortest grace for a negative one in its spec', { grace: -1 }, '', 1],
    ['none when none is asked for', {}, '?gracePeriodSeconds=0', 'gone'],
    ['none while it is on no node', { nodeName: '' }, '?gracePeriodSeconds=5', 'gone'],
    ['none once it has failed', { phase: 'Failed' }, '', 'gone'],
    ['none once it has succeeded', { phase: 'Succeeded' }, '?gracePeriodSeconds=5', 'gone'],
    ['none but a mark while a finalizer holds it', { nodeName: '', finalizers: ['example.com/hold'] }, '', 0],
  ])('gives a pod %s', async (_, pod, query, seconds) => {
    const world = aWorld()
    await givePod(world, pod)
    const { code, body } = await remove(world, query)
    expect(code).toBe(200)
    if (seconds !== 'gone') expect(marks(body)).toEqual([at(seconds), seconds])
    expect(body['kind']).toBe('Pod')
    expect(await isThere(world)).toBe(seconds !== 'gone')
  })

  it('lets a second request shorten the grace, and nothing else', async () => {
    const world = aWorld()
    await givePod(world)
    await remove(world)
    const longer = await remove(world, '?gracePeriodSeconds=60&propagationPolicy=Orphan')
    expect(marks(longer.body)).toEqual([at(30), 30])
    expect(longer.body['metadata']?.['finalizers']).toBeUndefined()
    expect(marks((await remove(world)).body)).toEqual([at(30), 30])
    world.nowMs += 2_000
    expect(marks((await remove(world, '?gracePeriodSeconds=10')).body)).toEqual([at(10), 10])
    world.nowMs += 20_000
    expect(marks((await remove(world, '?gracePeriodSeconds=5')).body)).toEqual([at(22), 1])
    await remove(world, '?gracePeriodSeconds=0')
    expect(await isThere(world)).toBe(false)
  })

  it('keeps a pod whose last finalizer goes while its grace runs', async () => {
    const world = aWorld()
    await givePod(world, { finalizers: ['example.com/hold'] })
    await remove(world)
    const headers = { 'content-type': 'application/merge-patch+json' }
    await world.api.json('PATCH', `${PODS}/p`, { body: { metadata: { finalizers: null } }, headers })
    expect(await isThere(world)).toBe(true)
  })
})

describe('propagation', () => {
  const give = async (world: World, finalizers: readonly string[] = []): Promise<void> => {
    await world.api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'one', finalizers } } })
  }
  const DELETE = (world: World, body: object | undefined, query = ''): Promise<{ code: number; body: Json }> =>
    world.api.json('DELETE', `${CONFIG_MAPS}/one${query}`, body === undefined ? {} : { body })

  it.each([
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ])('%s leaves the object to the garbage collector', async (propagationPolicy, finalizers) => {
    const world = aWorld()
    await give(world)
    const { code, body } = await DELETE(world, { propagationPolicy })
    expect(code).toBe(200)
    expect(body['metadata']).toMatchObject({ finalizers, deletionTimestamp: NOW, deletionGracePeriodSeconds: 0 })
  })

  it('Background deletes at once, also when another policy was asked for before', async () => {
    const world = aWorld()
    await give(world)
    await DELETE(world, { propagationPolicy: 'Foreground' })
    await DELETE(world, undefined)
    expect(await isThere(world, `${CONFIG_MAPS}/one`)).toBe(true)
    await DELETE(world, { propagationPolicy: 'Background' })
    expect(await isThere(world, `${CONFIG_MAPS}/one`)).toBe(false)
  })

  it('leaves finalizers in their order that say already what follows', async () => {
    const world = aWorld()
    await give(world, ['foregroundDeletion', 'example.com/hold'])
    const { body } = await DELETE(world, { propagationPolicy: 'Foreground' })
    expect(body['metadata']?.['finalizers']).toEqual(['foregroundDeletion', 'example.com/hold'])
  })

  it('means nothing to Events, whose dependents nobody looks for', async () => {
    const world = aWorld()
    const path = '/api/v1/namespaces/team/events'
    const metadata = { name: 'one', finalizers: ['orphan'] }
    await world.api.json('POST', path, { body: { metadata, involvedObject: { namespace: 'team' } } })
    const { body } = await world.api.json('DELETE', `${path}/one`, { body: { propagationPolicy: 'Orphan' } })
    expect([body['status'], await isThere(world, `${path}/one`)]).toEqual(['Success', false])
  })

  it('shows an object of which nothing is set where it only tried to take the last finalizer', async () => {
    const world = aWorld()
    await give(world, ['orphan'])
    const { code, body } = await DELETE(world, { propagationPolicy: 'Background', dryRun: ['All'] })
    expect([code, body]).toEqual([200, { kind: 'ConfigMap', apiVersion: 'v1', metadata: {} }])
    expect(await isThere(world, `${CONFIG_MAPS}/one`)).toBe(true)
  })

  it('refuses a revision of what the last finalizer goes from with the deletion, as upstream does', async () => {
    const world = aWorld()
    await give(world, ['orphan'])
    const preconditions = { resourceVersion: '1' }
    const { code, body } = await DELETE(world, { propagationPolicy: 'Background', preconditions })
    expect([code, body['message']]).toEqual([409, expect.stringContaining(
      'Key: /registry/configmaps/team/one, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ' +
        'ResourceVersion in precondition: , ResourceVersion in object meta: 1',
    )])
  })

  it('of a Service takes its Endpoints along, whoever made them', async () => {
    const { api } = aWorld()
    const BASE = '/api/v1/namespaces/team'
    const spec = { type: 'ExternalName', externalName: 'a.b' }
    await api.json('POST', `${BASE}/services`, { body: { metadata: { name: 's' }, spec } })
    await api.json('POST', `${BASE}/endpoints`, { body: { metadata: { name: 's' } } })
    await api.json('DELETE', `${BASE}/services/s`)
    expect((await api.json('GET', `${BASE}/endpoints/s`)).code).toBe(404)
  })

  it('answers 202 to the old way of asking when the object is still there', async () => {
    const world = aWorld()
    await give(world, ['example.com/hold'])
    expect((await DELETE(world, { orphanDependents: false })).code).toBe(202)
  })

  it('takes DeleteOptions of any group, and then nothing of the query', async () => {
    const world = aWorld()
    await give(world)
    await DELETE(world, { kind: 'DeleteOptions', apiVersion: 'apps/v1' }, '?dryRun=All&propagationPolicy=Orphan')
    expect(await isThere(world, `${CONFIG_MAPS}/one`)).toBe(false)
  })

  it('changes nothing in a dry run, by the query as by the body', async () => {
    const world = aWorld()
    await give(world)
    expect((await DELETE(world, undefined, '?dryRun=All')).body['status']).toBe('Success')
    expect((await DELETE(world, { dryRun: ['All'] })).body['status']).toBe('Success')
    expect(await isThere(world, `${CONFIG_MAPS}/one`)).toBe(true)
    expect(world.api.scope.store.revision).toBe(1)
  })
})

describe('deletecollection', () => {
  const names = (body: Json): unknown => {
    const items = body['items'] as unknown as { metadata: { name: string } }[]
    return items.map(({ metadata }) => metadata.name)
  }
  const give = async ({ api }: World): Promise<void> => {
    for (const name of ['a', 'b', 'c', 'd']) {
      const labels = { even: String(name === 'b' || name === 'd') }
      await api.json('POST', CONFIG_MAPS, { body: { metadata: { name, labels } } })
    }
  }

  it('deletes what its selector shows, and answers with the list of it as it was', async () => {
    const world = aWorld()
    await give(world)
    const { code, body } = await world.api.json('DELETE', `${CONFIG_MAPS}?labelSelector=even%3Dtrue`)
    expect(code).toBe(200)
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: '4' } })
    expect(names(body)).toEqual(['b', 'd'])
    expect(names((await world.api.json('GET', CONFIG_MAPS)).body)).toEqual(['a', 'c'])
  })

  it('deletes a page when asked for one, and says where the next begins', async () => {
    const world = aWorld()
    await give(world)
    const { body } = await world.api.json('DELETE', `${CONFIG_MAPS}?limit=3`)
    expect(names(body)).toEqual(['a', 'b', 'c'])
    expect(body['metadata']?.['continue']).toBeTypeOf('string')
    expect(names((await world.api.json('GET', CONFIG_MAPS)).body)).toEqual(['d'])
  })

  it('goes on from where a page ended, and says how many follow', async () => {
    const world = aWorld()
    await give(world)
    const first = await world.api.json('DELETE', `${CONFIG_MAPS}?limit=1`)
    expect([names(first.body), first.body['metadata']?.['remainingItemCount']]).toEqual([['a'], 3])
    const token = first.body['metadata']?.['continue'] ?? ''
    const second = await world.api.json('DELETE', `${CONFIG_MAPS}?limit=2&continue=${token}`)
    expect([names(second.body), second.body['metadata']?.['resourceVersion']]).toEqual([['b', 'c'], '4'])
    expect(names((await world.api.json('GET', CONFIG_MAPS)).body)).toEqual(['d'])
  })

  it('takes DeleteOptions for each, and leaves what they hold', async () => {
    const world = aWorld()
    await give(world)
    const body = { propagationPolicy: 'Orphan', preconditions: { resourceVersion: '1' } }
    const { code, body: answer } = await world.api.json('DELETE', `${CONFIG_MAPS}?fieldSelector=metadata.name%3Da`, { body })
    expect([code, names(answer)]).toEqual([200, ['a']])
    const left = (await world.api.json('GET', `${CONFIG_MAPS}/a`)).body['metadata']
    expect([left?.['finalizers'], typeof left?.['deletionTimestamp']]).toEqual([['orphan'], 'string'])
    const refused = await world.api.json('DELETE', CONFIG_MAPS, { body })
    expect([refused.code, refused.body['message']]).toEqual([
      409,
      expect.stringMatching(/^Operation cannot be fulfilled on ConfigMap "\w": the ResourceVersion in the precondition \(1\)/),
    ])
  })

  it('stops at the first that may not be deleted', async () => {
    const world = aWorld()
    await give(world)
    const uid = (await world.api.json('GET', `${CONFIG_MAPS}/b`)).body['metadata']?.['uid']
    const { code } = await world.api.json('DELETE', CONFIG_MAPS, { body: { preconditions: { uid } } })
    expect([code, names((await world.api.json('GET', CONFIG_MAPS)).body)]).toEqual([409, ['a', 'b', 'c', 'd']])
  })

  it('deletes what was there at the version that it names, as a page of it would show', async () => {
    const world = aWorld()
    await give(world)
    const { body } = await world.api.json('DELETE', `${CONFIG_MAPS}?resourceVersion=2`, { body: {} })
    expect([names(body), body['metadata']?.['resourceVersion']]).toEqual([['a', 'b'], '2'])
    expect(names((await world.api.json('GET', CONFIG_MAPS)).body)).toEqual(['c', 'd'])
  })

  it('is refused for its selection before its options are looked at', async () => {
    const { api } = aWorld()
    const wrong = await api.json('DELETE', `${CONFIG_MAPS}?resourceVersionMatch=Exact&propagationPolicy=Some`)
    expect(wrong.body['message']).toBe(
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: ' +
        'resourceVersionMatch is forbidden unless resourceVersion is provided',
    )
    const options = await api.json('DELETE', `${CONFIG_MAPS}?propagationPolicy=Some`)
    expect(options.body['message']).toBe(
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Some": ' +
        'supported values: "Foreground", "Background", "Orphan", "nil"',
    )
  })

  it.each([
    ['resourceVersion=2', ['a', 'b']],
    ['resourceVersion=2&limit=0', ['a', 'b']],
    ['resourceVersion=2&limit=1', ['a']],
    ['resourceVersion=2&limit=-1', ['a', 'b', 'c', 'd']],
    ['resourceVersion=2&resourceVersionMatch=NotOlderThan', ['a', 'b', 'c', 'd']],
    ['resourceVersion=0', ['a', 'b', 'c', 'd']],
    ['resourceVersion=2&fieldSelector=metadata.name%3Dd', ['d']],
  ])('of ?%s deletes what there was in that version, as it reads page by page', async (query, want) => {
    const world = aWorld()
    await give(world)
    // With a body the version is no precondition.
    const { body } = await world.api.json('DELETE', `${CONFIG_MAPS}?${query}`, { body: {} })
    expect(names(body)).toEqual(want)
    const left = ['a', 'b', 'c', 'd'].filter((name) => !want.includes(name))
    expect(names((await world.api.json('GET', CONFIG_MAPS)).body)).toEqual(left)
  })

  it('deletes nothing in a dry run', async () => {
    const world = aWorld()
    await give(world)
    await world.api.json('DELETE', `${CONFIG_MAPS}?dryRun=All`)
    expect(names((await world.api.json('GET', CONFIG_MAPS)).body)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('the write that takes the last finalizer', () => {
  it('is answered with what was written, empty lists and all', async () => {
    const { api } = aWorld()
    const ROLES = '/apis/rbac.authorization.k8s.io/v1/namespaces/team/roles'
    const metadata = { name: 'r', finalizers: ['example.com/hold'] }
    await api.json('POST', ROLES, { body: { metadata, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] } })
    await api.json('DELETE', `${ROLES}/r`)
    const { body } = await api.json('PUT', `${ROLES}/r`, { body: { metadata: { name: 'r' }, rules: [] } })
    expect([body['rules'], (await api.json('GET', `${ROLES}/r`)).code]).toEqual([[], 404])
  })
})
