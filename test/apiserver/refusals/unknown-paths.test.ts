/**
 * Addresses and methods that lead nowhere. The expected side is k8s.io/apiserver pkg/server/handler.go (which router
 * looks at which path), pkg/util/notfoundhandler and go-restful's answers as pkg/server/config.go writes them.
 */
import { describe, expect, it } from 'vitest'
import { testApi } from '../../support/api.ts'

const NOT_FOUND = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'the server could not find the requested resource',
  reason: 'NotFound',
  details: {},
  code: 404,
}

const NOT_ALLOWED = {
  ...NOT_FOUND,
  message: 'the server does not allow this method on the requested resource',
  reason: 'MethodNotAllowed',
  code: 405,
}

describe('an address of nothing', () => {
  it.each([
    '/api/v1/namespaces/team/things',
    '/api/v1/namespaces/team/pods/p/things',
    '/api/v2/pods',
    '/api/v2',
    '/apis/apps/v1/namespaces/team/things',
    '/apis/apps/v9/namespaces/team/deployments',
    '/apis/apps/v9',
  ])('is a Status below the paths of built-in groups: %s', async (path) => {
    const { code, body } = await testApi('team').json('GET', path)
    expect([code, body]).toEqual([404, NOT_FOUND])
  })

  it.each([
    '/apis/example.com/v1/namespaces/team/things',
    '/apis/example.com/v1/things/x',
    '/apis/example.com/v1',
    '/apis/example.com',
    '/things',
    '/apes',
  ])('is plain text anywhere else: %s', async (path) => {
    const response = await testApi('team').request('GET', path)
    expect([response.status, await response.text()]).toEqual([404, '404 page not found\n'])
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['//api/v1/configmaps', '//apis/apps/v1/deployments', '/apis//apps/v1/deployments'])(
    'is plain text where no router begins: %s',
    async (path) => {
      const response = await testApi('').request('GET', path)
      expect([response.status, await response.text()]).toEqual([404, '404 page not found\n'])
    },
  )

  // The routes of pkg/endpoints/installer.go, to which a step may be empty in the middle and slashes at the end are none.
  it.each([
    ['GET', '/api//v1/configmaps'],
    ['GET', '/api/v1//configmaps'],
    ['POST', '/api/v1/namespaces/team//configmaps'],
    ['GET', '/api/v1/namespaces/team/configmaps/a%2Fb'],
    ['GET', '/api/v1/configmaps/x'],
    ['GET', '/api/v1/watch/configmaps/x'],
    ['GET', '/api/v1/watch/namespaces/team/pods/p/status'],
    ['GET', '/api/v1/bindings'],
    ['POST', '/api/v1/bindings'],
    ['GET', '/apis/authorization.k8s.io/v1/subjectaccessreviews/x'],
    ['GET', '/api/v1/namespaces/team/nodes'],
    ['GET', '/api/v1/namespaces/team/pods/p/status/x'],
    ['GET', '/api/v1/proxy/namespaces/team/pods/p'],
  ])('is not found by any method: %s %s', async (method, path) => {
    for (const one of [method, 'HEAD', 'OPTIONS', 'DELETE']) {
      const response = await testApi(path.includes('/team/') ? 'team' : '').request(one, path)
      const body: unknown = one === 'HEAD' ? undefined : await response.json()
      expect([one, response.status, body]).toEqual([one, 404, one === 'HEAD' ? undefined : NOT_FOUND])
    }
  })

  it('is not told to those who may not ask', async () => {
    const user = { username: 'jane', groups: [] }
    const { code } = await testApi('team').json('GET', '/apis/example.com/v1/namespaces/team/things', { user })
    expect(code).toBe(403)
  })
})

describe('a method that is not served', () => {
  const PODS = '/api/v1/namespaces/team/pods'
  const MAPS = '/api/v1/namespaces/team/configmaps'

  it.each([
    ['OPTIONS', PODS],
    ['OPTIONS', `${PODS}/p`],
    ['PATCH', PODS],
    ['PUT', PODS],
    ['POST', `${PODS}/p`],
    ['POST', `${PODS}/p/status`],
    ['DELETE', `${PODS}/p/log`],
    ['POST', '/api/v1/pods'],
    ['GET', '/api/v1/namespaces/team/bindings'],
    ['PUT', '/api/v1/configmaps//'],
    ['POST', `${PODS}//status`],
    ['DELETE', `${PODS}/p/exec`],
    ['POST', '/api/v1/watch/namespaces/team/pods/p'],
    ['PROPFIND', '/api/v1/namespaces'],
    ['GET', '/apis/authorization.k8s.io/v1/subjectaccessreviews'],
    ['DELETE', '/api/v1/watch/pods'],
  ])('%s %s', async (method, path) => {
    const api = testApi(path.startsWith(PODS) || path.includes('/team/') ? 'team' : '')
    const response = await api.request(method, path)
    expect([response.status, await response.json()]).toEqual([405, NOT_ALLOWED])
  })

  it('is not looked for where a name is missing', async () => {
    const api = testApi('team')
    for (const method of ['GET', 'PUT', 'PATCH']) {
      const headers = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }
      const { code, body } = await api.json(method, `${PODS}//status`, { headers })
      expect([code, body['message']]).toEqual([400, 'name must be provided'])
    }
  })

  it('slashes at the end are none', async () => {
    const api = testApi('team')
    const { code } = await api.json('POST', `${MAPS}//`, { body: { metadata: { name: 'one' } } })
    expect(code).toBe(201)
    expect((await api.json('GET', `${MAPS}/one//`)).code).toBe(200)
  })

  it('bytes that are no text name nothing', async () => {
    const { code, body } = await testApi('team').json('GET', `${MAPS}/%ff`)
    expect([code, body['reason'], body['details']?.['name']]).toEqual([404, 'NotFound', '\ufffd'])
  })

  it.each([PODS, `${PODS}/p`, `${PODS}/p/exec`])('HEAD is that of no resource: %s', async (path) => {
    const response = await testApi('team').request('HEAD', path)
    expect([response.status, response.headers.get('content-type')]).toEqual([405, 'application/json'])
  })

  it('HEAD takes the right to get, and other methods that of all verbs', async () => {
    const user = { username: 'jane', groups: [] }
    const head = await testApi('team').request('HEAD', `${PODS}/p`, { user })
    expect(head.status).toBe(403)
    const { body } = await testApi('team').json('OPTIONS', `${PODS}/p`, { user })
    expect(body['message']).toBe(
      'pods "p" is forbidden: User "jane" cannot  resource "pods" in API group "" in the namespace "team"',
    )
  })

  it('documents are read, not written', async () => {
    const ports = { documents: () => Promise.resolve(new Response('a document')) }
    for (const path of ['/api', '/apis/apps/v1', '/version', '/openid/v1/jwks']) {
      const { code, body } = await testApi('', { ports }).json('POST', path)
      expect([path, code, body]).toEqual([path, 405, NOT_ALLOWED])
    }
    for (const path of ['/openapi/v2', '/apis', '/apis/apps']) {
      expect((await testApi('', { ports }).request('POST', path)).status).toBe(200)
    }
  })
})
