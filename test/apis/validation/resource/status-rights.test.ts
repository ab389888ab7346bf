/**
 * Who may write which part of a claim's status (pkg/registry/resource/utils.go, AuthorizedForBinding,
 * AuthorizedForDeviceStatus).
 */
import { beforeEach, describe, expect, it } from 'vitest'
import { answerRequest } from '../../../../src/apiserver/chain.ts'
import type { UserInfo } from '../../../../src/auth/user.ts'
import { systemClock } from '../../../../src/lib/clock.ts'
import { seededRandom } from '../../../../src/lib/random.ts'
import { ADMIN } from '../../../support/api.ts'
import { ScopesApi } from '../../../support/scopes-api.ts'

const CLAIM = '/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/c'
const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/ns'
const NODE = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }
const DEVICE = { driver: 'a.example.com', pool: 'p', device: 'd' }
const ALLOCATION = {
  devices: { results: [{ ...DEVICE, request: 'b' }] },
  nodeSelector: { nodeSelectorTerms: [NODE] },
}
const SCHEDULER: UserInfo = { username: 'system:kube-scheduler', groups: ['system:authenticated'] }
const DRIVER: UserInfo = { username: 'system:serviceaccount:ns:driver', groups: ['system:authenticated'] }
const onNode = (name: string): UserInfo => ({ ...DRIVER, extra: { 'authentication.kubernetes.io/node-name': [name] } })

const status = { resources: ['resourceclaims/status'], verbs: ['update', 'patch'] }
const driverOf = (verb: string, name: string): object => ({
  resources: ['resourceclaims/driver'], verbs: [verb], resourceNames: [name],
})

describe('the status of a claim', () => {
  let api: ScopesApi

  async function send(user: UserInfo, method: string, path: string, body: object, type = 'application/json') {
    const request = new Request(`https://test${path}`, {
      method,
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    })
    const response = await answerRequest(api.scope('ns').host, request, user)
    return { code: response.status, body: await response.json<{ message?: string }>() }
  }

  /** The driver's ServiceAccount may do this in its namespace. */
  async function allow(...rules: object[]): Promise<void> {
    const metadata = { name: 'driver' }
    const withGroup = rules.map((rule) => ({ apiGroups: ['resource.k8s.io'], ...rule }))
    await send(ADMIN, 'POST', `${RBAC}/roles`, { metadata, rules: withGroup })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'driver' }
    const subjects = [{ kind: 'ServiceAccount', name: 'driver', namespace: 'ns' }]
    const bound = await send(ADMIN, 'POST', `${RBAC}/rolebindings`, { metadata, roleRef, subjects })
    expect(bound.code).toBe(201)
  }

  const put = (user: UserInfo, written: object) =>
    send(user, 'PUT', `${CLAIM}/status`, { metadata: { name: 'c' }, spec: {}, status: written })

  beforeEach(async () => {
    api = new ScopesApi(systemClock, seededRandom(1))
    await api.ready
    const devices = { requests: [{ name: 'b', exactly: { deviceClassName: 'gpu' } }] }
    await send(ADMIN, 'POST', CLAIM.replace(/\/c$/, ''), { metadata: { name: 'c' }, spec: { devices } })
  })

  it('is given devices by whoever may bind claims everywhere', async () => {
    expect(await put(SCHEDULER, { allocation: ALLOCATION })).toMatchObject({ code: 200 })
    await allow(status)
    const reservedFor = [{ resource: 'pods', name: 'p', uid: 'u' }]
    const refused = await put(DRIVER, { allocation: ALLOCATION, reservedFor })
    const why =
      'changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="update" ' +
      'permission: resourceclaims.resource.k8s.io is forbidden: User "system:serviceaccount:ns:driver" cannot update ' +
      'resource "resourceclaims/binding" in API group "resource.k8s.io" at the cluster scope'
    expect(refused).toMatchObject({
      code: 422,
      body: { details: { causes: [{ field: 'status.allocation', message: `Forbidden: ${why}` }] } },
    })
  })

  it.each([
    ['nobody', [], DRIVER, '[arbitrary-node:update]'],
    ['one for any node', [driverOf('arbitrary-node:update', 'a.example.com')], DRIVER, undefined],
    ['one for another driver', [driverOf('arbitrary-node:update', 'b.example.com')], DRIVER, '[arbitrary-node:update]'],
    ['one for its node, on the node', [driverOf('associated-node:update', 'a.example.com')], onNode('n1'), undefined],
    [
      'one for its node, elsewhere',
      [driverOf('associated-node:update', 'a.example.com')],
      onNode('n2'),
      '[arbitrary-node:update]',
    ],
    ['one on the node without a right', [], onNode('n1'), '[associated-node:update arbitrary-node:update]'],
    ['one on the node for any', [driverOf('arbitrary-node:update', 'a.example.com')], onNode('n1'), undefined],
  ])('is told of a device by its driver: %s', async (_who, rights, user, verbs) => {
    await put(ADMIN, { allocation: ALLOCATION })
    await allow(status, ...rights)
    const devices = [{ ...DEVICE, data: { a: 1 } }]
    const answer = await put(user, { allocation: ALLOCATION, devices })
    if (verbs === undefined) return expect(answer).toMatchObject({ code: 200 })
    const first = /\w+-node:update/.exec(verbs)?.[0] ?? ''
    const why =
      `changing status.devices requires resource="resourceclaims/driver", verb="${verbs}" permission: ` +
      `resourceclaims.resource.k8s.io "a.example.com" is forbidden: User "${DRIVER.username}" cannot ${first} ` +
      'resource "resourceclaims/driver" in API group "resource.k8s.io" in the namespace "ns"'
    return expect(answer).toMatchObject({
      code: 422,
      body: { details: { causes: [{ field: 'status.devices', message: `Forbidden: ${why}` }] } },
    })
  })

  it('asks nothing of who changes nothing, and of a patch by its own verb', async () => {
    await put(ADMIN, { allocation: ALLOCATION, devices: [DEVICE] })
    await allow(status)
    expect(await put(DRIVER, { allocation: ALLOCATION, devices: [DEVICE] })).toMatchObject({ code: 200 })
    const patch = { status: { devices: null } }
    const refused = await send(DRIVER, 'PATCH', `${CLAIM}/status`, patch, 'application/merge-patch+json')
    expect(refused.body.message).toContain('verb="[arbitrary-node:patch]"')
  })
})
