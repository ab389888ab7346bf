/**
 * Requests refused for whose they are: users without the right, and tokens that are wrong, expired or foreign.
 */
import { describe, expect, it } from 'vitest'
import { answerError } from '../../../src/apiserver/answer.ts'
import { createAuthenticator } from '../../../src/auth/authenticate.ts'
import { generateServiceAccountKey, loadServiceAccountKeys } from '../../../src/auth/service-account/service-account-keys.ts'
import { signToken } from '../../../src/auth/service-account/service-account-token.ts'
import { ManualClock } from '../../../src/lib/clock.ts'
import type { TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import type { Refusal } from './refusal-world.ts'
import { CONFIG_MAPS, LEASES, configMap, lease, refuses } from './refusal-world.ts'

async function apiWithOne(): Promise<TestApi> {
  const api = testApi('team')
  await api.json('POST', CONFIG_MAPS, { body: configMap('one', { data: { a: '1' } }) })
  return api
}

describe('a user without the right', () => {
  const eve = { username: 'eve', groups: ['system:authenticated'] }
  const forbidden = (request: string, what: string, name = ''): Refusal => ({
    what: request,
    request,
    options: {
      user: eve,
      ...(request.startsWith('GET') || request.startsWith('DELETE') ? {} : { body: configMap(name) }),
    },
    code: 403,
    reason: 'Forbidden',
    message: what,
    details: { ...(name === '' ? {} : { name }), kind: 'configmaps' },
    headers: { 'x-content-type-options': 'nosniff' },
  })
  const cannot = (verb: string): string =>
    `User "eve" cannot ${verb} resource "configmaps" in API group "" in the namespace "team"`
  refuses(apiWithOne, [
    forbidden(`GET ${CONFIG_MAPS}/one`, `configmaps "one" is forbidden: ${cannot('get')}`, 'one'),
    forbidden(`GET ${CONFIG_MAPS}/none`, `configmaps "none" is forbidden: ${cannot('get')}`, 'none'),
    forbidden(`GET ${CONFIG_MAPS}`, `configmaps is forbidden: ${cannot('list')}`),
    forbidden(`GET ${CONFIG_MAPS}?watch=1`, `configmaps is forbidden: ${cannot('watch')}`),
    forbidden(
      `GET ${CONFIG_MAPS}?fieldSelector=metadata.name%3Done`,
      `configmaps "one" is forbidden: ${cannot('list')}`,
      'one',
    ),
    forbidden(`DELETE ${CONFIG_MAPS}`, `configmaps is forbidden: ${cannot('deletecollection')}`),
    {
      what: 'a path',
      request: 'GET /metrics',
      options: { user: eve },
      code: 403,
      reason: 'Forbidden',
      message: 'forbidden: User "eve" cannot get path "/metrics"',
      details: {},
    },
  ])

  it('may not make by PUT what it may only update', async () => {
    const api = testApi('team')
    const rules = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['update', 'get'] }
    const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/team'
    await api.json('POST', `${RBAC}/roles`, { body: { metadata: { name: 'r' }, rules: [rules] } })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }
    const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'eve' }]
    await api.json('POST', `${RBAC}/rolebindings`, { body: { metadata: { name: 'r' }, roleRef, subjects } })
    const put = { body: lease('new'), user: eve }
    const { code, body } = await api.json('PUT', `${LEASES}/new`, put)
    expect({ code, message: body['message'] }).toEqual({
      code: 403,
      message:
        'leases.coordination.k8s.io "new" is forbidden: User "eve" cannot create resource "leases" in API group ' +
        '"coordination.k8s.io" in the namespace "team"',
    })
    expect((await api.json('GET', `${LEASES}/new`)).code).toBe(404)
    await api.json('POST', LEASES, { body: lease('new') })
    const { body: made } = await api.json('GET', `${LEASES}/new`, { user: eve })
    expect((await api.json('PUT', `${LEASES}/new`, { ...put, body: made })).code).toBe(200)
  })
})

describe('a token that is not good', async () => {
  const keys = await loadServiceAccountKeys(await generateServiceAccountKey())
  const otherKeys = await loadServiceAccountKeys(await generateServiceAccountKey())
  const clock = new ManualClock()
  const seconds = clock.now() / 1_000
  const issuerOf = (cluster: string): string => `https://issuer.test/${cluster}`
  const authenticator = createAuthenticator({
    bootstrapUser: () => [],
    serviceAccountKeys: keys,
    issuerOfCluster: issuerOf,
    isBoundObjectLive: () => Promise.resolve(true),
    clock,
  })
  const claims = (cluster: string, expiresInSeconds: number): Parameters<typeof signToken>[1] => ({
    iss: issuerOf(cluster),
    aud: [issuerOf(cluster)],
    sub: 'system:serviceaccount:team:web',
    iat: seconds - 7_200,
    nbf: seconds - 7_200,
    exp: seconds + expiresInSeconds,
    jti: 'j',
    'kubernetes.io': { namespace: 'team', serviceaccount: { name: 'web', uid: 'u' } },
  })

  /** As the Worker does it: who it is first, or what is wrong. */
  async function get(token: string): Promise<Response> {
    try {
      const user = await authenticator.authenticate({
        cluster: 'default',
        authorization: `Bearer ${token}`,
        isSecure: true,
      })
      return await (await apiWithOne()).request('GET', `${CONFIG_MAPS}/one`, { user })
    } catch (error) {
      return answerError(error)
    }
  }

  it.each([
    ['wrong', () => Promise.resolve('nonsense')],
    ['expired', () => signToken(keys, claims('default', -60))],
    ['signed by somebody else', () => signToken(otherKeys, claims('default', 3_600))],
    ['of another logical cluster', () => signToken(keys, claims('blue', 3_600))],
  ])('gets 401 and no reason when it is %s', async (_, token) => {
    const response = await get(await token())
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(await response.json()).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    })
  })

  it('gets as far as its roles when it is good', async () => {
    const response = await get(await signToken(keys, claims('default', 3_600)))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      message: expect.stringContaining('User "system:serviceaccount:team:web" cannot get resource') as string,
    })
  })
})
