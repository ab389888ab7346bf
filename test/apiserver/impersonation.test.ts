/** Impersonation on the way of a request: whose rights count, and what the refusal says. */
import { describe, expect, it } from 'vitest'
import { testApi } from '../support/api.ts'

const PODS = '/api/v1/namespaces/team/pods'

describe('a request with Impersonate headers', () => {
  it('is judged by the rights of whom they name', async () => {
    const { code, body } = await testApi('team').json('GET', PODS, { headers: { 'impersonate-user': 'bob' } })
    expect([code, body['message']]).toEqual([
      403,
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "team"',
    ])
  })

  it('is refused for what it asks for when the caller may not impersonate', async () => {
    const user = { username: 'eve', groups: ['system:authenticated'] }
    const headers = { 'impersonate-user': 'bob' }
    const { code, body } = await testApi('team').json('GET', PODS, { headers, user })
    expect([code, body['message']]).toEqual([
      403,
      'pods is forbidden: User "eve" cannot impersonate-on:user-info:list resource "pods" in API group "" in the ' +
        'namespace "team"',
    ])
  })

  it('is a bad one without a user', async () => {
    const headers = { 'impersonate-extra-scope': 'x' }
    const { status, headers: answered } = await testApi('team').request('GET', PODS, { headers })
    expect([status, answered.get('x-content-type-options')]).toEqual([400, 'nosniff'])
  })
})
