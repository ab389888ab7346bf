/** What client libraries and the programs built on them lean on: client-go, controller-runtime, Argo CD, Helm, kubelet. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../../src/apis/kinds.ts'
import type { KindDefinition } from '../../../src/apis/define-kind.ts'
import { formatGroupVersion } from '../../../src/apimachinery/meta.ts'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import { EventReader } from '../../support/watch-events.ts'

const TEAM = '/api/v1/namespaces/team'
const CONFIG_MAPS = `${TEAM}/configmaps`
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/team/leases'
const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const MERGE = { 'content-type': 'application/merge-patch+json' }
const EVE = { username: 'eve', groups: ['system:authenticated'] }

const pathOf = ({ group, version, scope, resource }: KindDefinition): string => {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return scope === 'Namespaced' ? `${root}/namespaces/team/${resource}` : `${root}/${resource}`
}

describe('every kind whose discovery says list and watch', () => {
  const listed = KINDS.filter(({ verbs }) => verbs.includes('list') && verbs.includes('watch'))

  it.each(listed.map((kind) => [`${formatGroupVersion(kind)} ${kind.resource}`, kind] as const))(
    '%s is listed, as objects and as a Table, and watched from there',
    async (_, kind) => {
      const api = testApi(kind.scope === 'Namespaced' ? 'team' : '')
      const { code, body } = await api.json('GET', pathOf(kind))
      const version = body['metadata']?.['resourceVersion']
      expect([code, body['kind'], body['apiVersion'], version]).toEqual([
        200,
        kind.listKind,
        formatGroupVersion(kind),
        '1',
      ])
      const headers = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
      expect((await api.json('GET', pathOf(kind), { headers })).body['kind']).toBe('Table')
      const response = await api.request('GET', `${pathOf(kind)}?watch=1&resourceVersion=${String(version)}`)
      expect(response.status).toBe(200)
      await response.body?.cancel()
    },
  )
})

describe('roles that name objects', () => {
  async function apiWithRole(): Promise<TestApi> {
    const api = testApi('team')
    const rules = [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['s'], verbs: ['list', 'watch', 'get'] }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }
    const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'eve' }]
    await api.json('POST', `${RBAC}/namespaces/team/roles`, { body: { metadata: { name: 'r' }, rules } })
    const binding = { metadata: { name: 'r' }, roleRef, subjects }
    await api.json('POST', `${RBAC}/namespaces/team/rolebindings`, { body: binding })
    await api.json('POST', `${TEAM}/secrets`, { body: { metadata: { name: 's' } } })
    return api
  }

  it.each([
    ['the one object', 'fieldSelector=metadata.name%3Ds', 200],
    ['the one object and more about it', 'fieldSelector=metadata.name%3Ds,type%3DOpaque', 200],
    ['the one object, watched', 'watch=1&fieldSelector=metadata.name%3Ds', 200],
    ['another object', 'fieldSelector=metadata.name%3Dt', 403],
    ['all but the object', 'fieldSelector=metadata.name!%3Ds', 403],
    ['everything', '', 403],
  ])('allow lists and watches of %s as the field selector says', async (_, query, code) => {
    const response = await (await apiWithRole()).request('GET', `${TEAM}/secrets?${query}`, { user: EVE })
    expect(response.status).toBe(code)
    await response.body?.cancel()
  })
})

describe('PUT', () => {
  it.each([
    ['a Secret', `${TEAM}/secrets`, { data: { a: 'Yg==' } }],
    ['a ConfigMap', CONFIG_MAPS, { data: { a: 'b' } }],
    ['a ServiceAccount', `${TEAM}/serviceaccounts`, { automountServiceAccountToken: false }],
    ['a Role', `${RBAC}/namespaces/team/roles`, { rules: [] }],
  ])('of %s needs no resourceVersion', async (_, path, more) => {
    const api = testApi('team')
    await api.json('POST', path, { body: { metadata: { name: 'one' } } })
    expect((await api.json('PUT', `${path}/one`, { body: { metadata: { name: 'one' }, ...more } })).code).toBe(200)
  })

  const address = { subsets: [] }
  it.each([
    ['a Lease', LEASES, { spec: {} }],
    ['a Service', `${TEAM}/services`, { spec: { ports: [{ port: 80 }], clusterIP: '10.0.0.9', clusterIPs: ['10.0.0.9'] } }],
    ['Endpoints', `${TEAM}/endpoints`, address],
    ['an Event', `${TEAM}/events`, { involvedObject: { namespace: 'team' }, reason: 'R', message: 'm', type: 'Normal' }],
    ['a Role', `${RBAC}/namespaces/team/roles`, { rules: [] }],
  ])('of %s makes it when it is not there, also from a copy of an earlier one', async (_, path, more) => {
    const api = testApi('team')
    const body = { metadata: { name: 'one', resourceVersion: '7' }, ...more }
    const { code, body: made } = await api.json('PUT', `${path}/one`, { body })
    expect([code, made['metadata']?.['name'], made['metadata']?.['resourceVersion']]).toEqual([201, 'one', '1'])
    const other = { metadata: { name: 'two', uid: 'u' }, ...more }
    expect((await api.json('PUT', `${path}/two`, { body: other })).code).toBe(409)
  })

  it('ignores what it says of creation and deletion', async () => {
    const api = testApi('team')
    const finalizers = ['example.com/x']
    const { body } = await api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'a', finalizers } } })
    const { body: marked } = await api.json('DELETE', `${CONFIG_MAPS}/a`)
    const { resourceVersion } = marked['metadata'] as unknown as { resourceVersion: string }
    const said = { name: 'a', resourceVersion, creationTimestamp: '2001-01-01T00:00:00Z', finalizers }
    const put = await api.json('PUT', `${CONFIG_MAPS}/a`, { body: { metadata: said, data: { k: 'v' } } })
    expect(put.body['metadata']).toMatchObject({
      creationTimestamp: body['metadata']?.['creationTimestamp'],
      deletionTimestamp: marked['metadata']?.['deletionTimestamp'],
      deletionGracePeriodSeconds: 0,
    })
  })
})

describe('a merge patch', () => {
  it('with the resourceVersion it was made from is a condition', async () => {
    const api = testApi('team')
    await api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'a' } } })
    const patch = (resourceVersion: string, value: string): Promise<{ code: number; body: Json }> =>
      api.json('PATCH', `${CONFIG_MAPS}/a`, {
        body: { metadata: { resourceVersion }, data: { k: value } },
        headers: MERGE,
      })
    expect((await patch('1', 'x')).code).toBe(200)
    expect((await patch('1', 'y')).body).toMatchObject({ code: 409, reason: 'Conflict' })
  })

  it('with the uid of another object is refused as a change of it, which controllers that adopt take for gone', async () => {
    const api = testApi('')
    await api.json('POST', '/api/v1/nodes', { body: { metadata: { name: 'n' } } })
    const body = { metadata: { uid: 'other' }, status: { phase: 'Running' } }
    const { code } = await api.json('PATCH', '/api/v1/nodes/n/status', {
      body,
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
    })
    expect(code).toBe(422)
  })
})

describe('a deletion', () => {
  /** DeleteOptions as client-go sends them for built-in kinds. */
  function deleteOptions(uid: string): Uint8Array<ArrayBuffer> {
    const text = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
      writer.tag(field, WireType.LengthDelimited).string(value)
    const message = (writer: BinaryWriter, field: number, value: Uint8Array): BinaryWriter =>
      writer.tag(field, WireType.LengthDelimited).bytes(value)
    const preconditions = text(new BinaryWriter(), 1, uid).finish()
    const raw = message(new BinaryWriter().tag(1, WireType.Varint).int64(0), 2, preconditions).finish()
    const type = text(text(new BinaryWriter(), 1, 'policy/v1'), 2, 'DeleteOptions').finish()
    const envelope = message(message(new BinaryWriter(), 1, type), 2, raw).finish()
    return new Uint8Array([0x6b, 0x38, 0x73, 0, ...envelope])
  }

  it('takes its options in protobuf, of any group, and answers with what is gone', async () => {
    const api = testApi('team')
    const { body } = await api.json('POST', LEASES, { body: { metadata: { name: 'a' }, spec: {} } })
    const uid = String(body['metadata']?.['uid'])
    const remove = (wanted: string): Promise<{ code: number; body: Json }> =>
      api.json('DELETE', `${LEASES}/a`, {
        bytes: deleteOptions(wanted),
        headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
      })
    expect((await remove('other')).code).toBe(409)
    expect(await remove(uid)).toEqual({
      code: 200,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'a', group: 'coordination.k8s.io', kind: 'leases', uid },
      },
    })
  })
})

describe('what comes back', () => {
  const create = async (path: string, body: object, namespace = 'team'): Promise<Json> => {
    const answer = await testApi(namespace).json('POST', path, { body })
    if (answer.code !== 201) throw new Error(JSON.stringify(answer.body))
    return answer.body
  }

  it('has quantities, times and micro times in their one form', async () => {
    const spec = { acquireTime: '2026-01-01T01:00:00.5+01:00', renewTime: '2026-01-01T00:00:00.123456Z' }
    // A MicroTime has six digits and no fewer.
    const lease = await create(LEASES, { metadata: { name: 'a' }, spec: { renewTime: spec.renewTime } })
    expect(lease['spec']).toEqual({ renewTime: '2026-01-01T00:00:00.123456Z' })
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '0.5', memory: '1024Ki' } } }] },
    }
    const body = { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } }
    const deployment = await create('/apis/apps/v1/namespaces/team/deployments', body)
    expect(JSON.stringify(deployment)).toContain('"requests":{"cpu":"500m","memory":"1Mi"}')
    const event = await create(`${TEAM}/events`, {
      metadata: { name: 'e' },
      involvedObject: { namespace: 'team' },
      firstTimestamp: spec.acquireTime,
    })
    expect(event['firstTimestamp']).toBe('2026-01-01T00:00:00Z')
  })

  it('has the fields that Go prints also when they are empty', async () => {
    expect(await create(`${RBAC}/clusterroles`, { metadata: { name: 'r' } }, '')).toMatchObject({ rules: null })
    const slices = '/apis/discovery.k8s.io/v1/namespaces/team/endpointslices'
    const slice = await create(slices, { metadata: { name: 's' }, addressType: 'IPv4' })
    expect([slice['endpoints'], slice['ports']]).toEqual([null, null])
  })

  it('has a second in year 1 as no time at all', async () => {
    const involvedObject = { namespace: 'team' }
    const body = { metadata: { name: 'e' }, involvedObject, firstTimestamp: '0001-01-01T00:00:00Z' }
    expect((await create(`${TEAM}/events`, body))['firstTimestamp']).toBeNull()
  })

  it('has nothing of fields whose feature is off, and no complaint about them', async () => {
    const body = {
      metadata: { name: 'd' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [{ name: 'c', image: 'i' }], schedulingGroup: { podGroupName: 'g' } },
        },
      },
    }
    const path = '/apis/apps/v1/namespaces/team/deployments?fieldValidation=Strict'
    const { spec } = await create(path, body)
    expect(JSON.stringify(spec)).not.toContain('schedulingGroup')
  })
})

describe('Events', () => {
  it('of core and of events.k8s.io are the same objects', async () => {
    const api = testApi('team')
    const NEW = '/apis/events.k8s.io/v1/namespaces/team/events'
    const watch = new EventReader(await api.request('GET', `${NEW}?watch=1&resourceVersion=1`))
    await api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'first' } } })
    const involvedObject = { kind: 'Pod', namespace: 'team', name: 'p' }
    await api.json('POST', `${TEAM}/events`, {
      body: { metadata: { name: 'e' }, involvedObject, reason: 'Started', message: 'it runs', type: 'Normal' },
    })
    const { body } = await api.json('GET', `${NEW}/e`)
    expect(body).toMatchObject({
      kind: 'Event',
      apiVersion: 'events.k8s.io/v1',
      regarding: involvedObject,
      note: 'it runs',
      reason: 'Started',
    })
    expect(body).not.toHaveProperty('involvedObject')
    const selected = await api.json('GET', `${NEW}?fieldSelector=reason%3DStarted`)
    expect(selected.body['items']).toHaveLength(1)
    const [event] = await watch.take(1)
    expect(event?.object).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'it runs' })
    await watch.close()
    await api.json('DELETE', `${NEW}/e`)
    expect((await api.json('GET', `${TEAM}/events/e`)).code).toBe(404)
  })
})
