/**
 * Who owns the fields of what is answered and never stored: the field manager of upstream's create handler
 * (k8s.io/apiserver pkg/endpoints/handlers/create.go) does not ask what becomes of an object.
 */
import { describe, expect, it } from 'vitest'
import { testApi } from '../../support/api.ts'

const AUTHORIZATION = '/apis/authorization.k8s.io/v1'
const nonResourceAttributes = { path: '/x', verb: 'get' }
const asked = { '.': {}, 'f:path': {}, 'f:verb': {} }
const headers = { 'user-agent': 'curl/8' }

describe('what is answered and never stored', () => {
  it.each([
    [`${AUTHORIZATION}/selfsubjectaccessreviews`, { spec: { nonResourceAttributes } }, asked],
    [`${AUTHORIZATION}/subjectaccessreviews`, { spec: { user: 'u', nonResourceAttributes } }, asked],
  ])('belongs to who asked: %s', async (path, body, want) => {
    const { code, body: answer } = await testApi('').json('POST', path, { body, headers })
    expect([code, answer['metadata']]).toMatchObject([201, {
      managedFields: [{
        manager: 'curl',
        operation: 'Update',
        apiVersion: 'authorization.k8s.io/v1',
        fieldsV1: { 'f:spec': { 'f:nonResourceAttributes': want } },
      }],
    }])
  })

  it('shows it where metadata that must be empty is refused', async () => {
    const body = { metadata: { labels: { a: 'b' } }, spec: { nonResourceAttributes } }
    const answer = await testApi('').json('POST', `${AUTHORIZATION}/selfsubjectaccessreviews`, { body, headers })
    expect(answer.body['message']).toContain('{"labels":{"a":"b"},"managedFields":[{"manager":"curl",')
  })

  it('belongs to who asked for a token, the default included', async () => {
    const requests: unknown[] = []
    const api = testApi('default', {
      calls: {
        issueToken(_account, request) {
          requests.push(request.metadata.managedFields)
          return Promise.resolve(request)
        },
      },
    })
    const accounts = '/api/v1/namespaces/default/serviceaccounts'
    await api.request('POST', accounts, { body: { metadata: { name: 'a' } } })
    await api.request('POST', `${accounts}/a/token`, { body: { spec: {} }, headers })
    expect(requests).toMatchObject([[{
      manager: 'curl',
      apiVersion: 'authentication.k8s.io/v1',
      fieldsV1: { 'f:spec': { 'f:expirationSeconds': {} } },
      subresource: 'token',
    }]])
  })
})
