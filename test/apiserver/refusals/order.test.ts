/**
 * What is looked at first where several things are wrong, and what is said of addresses that mean nothing: the order of
 * k8s.io/apiserver pkg/endpoints/handlers/{create,update,delete}.go, pkg/endpoints/request/requestinfo.go and
 * kubernetes/kubernetes pkg/registry/core/serviceaccount/storage/token.go.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { AnyObject } from '../../../src/apimachinery/meta.ts'
import { answerRequest } from '../../../src/apiserver/chain.ts'
import { ManualClock } from '../../../src/lib/clock.ts'
import type { RequestOptions, TestApi } from '../../support/api.ts'
import { ADMIN, itemNames, testApi } from '../../support/api.ts'
import { CONFIG_MAPS, configMap } from './refusal-world.ts'

let api: TestApi

beforeEach(async () => {
  api = testApi('team')
  await api.json('POST', CONFIG_MAPS, { body: configMap('a') })
})

async function answer(method: string, path: string, options?: RequestOptions): Promise<readonly unknown[]> {
  const { code, body } = await api.json(method, path, options)
  return [code, body['message']]
}

describe('a deletion of a collection', () => {
  const begins = 'resourceVersion=x&continue=junk'

  it('reads its selectors before its body, and its body before where the list begins', async () => {
    const body = { propagationPolicy: 'Sideways' }
    const why = 'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": ' +
      'supported values: "Foreground", "Background", "Orphan", "nil"'
    expect(await answer('DELETE', `${CONFIG_MAPS}?${begins}`, { body })).toEqual([422, why])
    expect((await answer('DELETE', `${CONFIG_MAPS}?${begins}`))[0]).toBe(400)
    expect((await answer('DELETE', `${CONFIG_MAPS}?limit=x`, { body }))[1]).toContain('strconv.ParseInt')
    expect((await api.json('GET', `${CONFIG_MAPS}/a`)).code).toBe(200)
  })

  it.each(['', '/a'])('takes options of no other kind: DELETE configmaps%s', async (name) => {
    expect(await answer('DELETE', `${CONFIG_MAPS}${name}`, { body: { kind: 'Junk' } })).toEqual([
      400,
      'no kind "Junk" is registered for version "meta.k8s.io/v1" in scheme ' +
      '"k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"',
    ])
  })
})

describe('the query', () => {
  it.each(['limit=1;continue=x', 'limit=1;', 'limit=%zz', ';', '%'])(
    'is read without what Go cannot read in it: ?%s',
    async (query) => {
      await api.json('POST', CONFIG_MAPS, { body: configMap('b') })
      const { code, body } = await api.json('GET', `${CONFIG_MAPS}?${query}&labelSelector=!x`)
      expect([code, itemNames(body)]).toEqual([200, ['a', 'b']])
    },
  )
})

describe('the type of a body', () => {
  it.each(['application/json; =', 'application/json; x', 'application/json; a=b; ='])(
    'has parameters with names, but for a patch: %s',
    async (type) => {
      const headers = { 'content-type': type }
      expect((await answer('PUT', `${CONFIG_MAPS}/a`, { headers, body: configMap('a') }))[0]).toBe(415)
      const ofPatch = { 'content-type': type.replace('json', 'merge-patch+json') }
      expect((await answer('PATCH', `${CONFIG_MAPS}/a`, { headers: ofPatch, body: {} }))[0]).toBe(200)
    },
  )

  it('comes after the options of an update, and before those of a create', async () => {
    const options = { headers: { 'content-type': 'text/x' }, body: configMap('a') }
    expect((await answer('PUT', `${CONFIG_MAPS}/a?dryRun=x`, options))[0]).toBe(422)
    expect((await answer('POST', `${CONFIG_MAPS}?dryRun=x`, options))[0]).toBe(415)
    expect((await answer('PUT', `${CONFIG_MAPS}/a`, options))[0]).toBe(415)
  })

  it('comes before a body that is too large, which is taken nevertheless: its client reads why', async () => {
    const headers = { 'content-type': 'application/json' }
    const bytes = new Uint8Array(4_000_000)
    let left = bytes.byteLength
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(bytes.subarray(0, 100_000))
        left -= 100_000
        if (left === 0) controller.close()
      },
    })
    // Node.js wants to be told that it need not read an answer first; the runtime's types know no such thing.
    const init = { method: 'POST', headers, body, duplex: 'half' }
    const request = new Request(`https://test${CONFIG_MAPS}`, init)
    const response = await answerRequest(api.scope.host, request, ADMIN)
    expect([response.status, left]).toEqual([413, 0])
  })
})

describe('a list as of a revision that is not there yet', () => {
  it.each([
    ['resourceVersionMatch=Exact', 1],
    ['resourceVersionMatch=Exact&fieldSelector=metadata.name%3Da', undefined],
    ['limit=1&fieldSelector=metadata.name%3Da', undefined],
    ['resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3Da', 1],
  ])('is to be asked for again, but where one object is read as of it: %s', async (query, seconds) => {
    const { code, body } = await api.json('GET', `${CONFIG_MAPS}?resourceVersion=99&${query}`)
    expect([code, body['details']?.['retryAfterSeconds']]).toEqual([504, seconds])
  })
})

describe('a token', () => {
  it('is asked for with fields that somebody owns', async () => {
    const asked: unknown[] = []
    const issueToken = (account: AnyObject, request: AnyObject): Promise<AnyObject> => {
      asked.push(request.metadata.managedFields)
      return Promise.resolve({ ...request, metadata: account.metadata, status: { token: '' } })
    }
    const cluster = testApi('team', { clock: new ManualClock(), calls: { issueToken } })
    const accounts = '/api/v1/namespaces/team/serviceaccounts'
    await cluster.json('POST', accounts, { body: { metadata: { name: 'a' } } })
    const headers = { 'user-agent': 'tool/1' }
    const { code } = await cluster.json('POST', `${accounts}/a/token`, { headers, body: { spec: { audiences: ['x'] } } })
    expect([code, asked]).toEqual([201, [[{
      manager: 'tool',
      operation: 'Update',
      apiVersion: 'authentication.k8s.io/v1',
      time: '2026-01-01T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:audiences': {}, 'f:expirationSeconds': {} } },
      subresource: 'token',
    }]]])
  })

  it('is refused to whoever names another account or namespace before the account is looked for', async () => {
    const path = '/api/v1/namespaces/team/serviceaccounts/none/token'
    expect(await answer('POST', path, { body: { metadata: { name: 'other' }, spec: {} } })).toEqual([
      422,
      'TokenRequest.authentication.k8s.io "none" is invalid: metadata.name: Invalid value: "other": must match the ' +
      'service account name if specified',
    ])
    expect(await answer('POST', path, { body: { metadata: { namespace: 'other' }, spec: {} } })).toEqual([
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ])
    expect(await answer('POST', path, { body: { spec: {} } })).toEqual([404, 'serviceaccounts "none" not found'])
  })
})

describe('an address', () => {
  it.each(['/api/v1/watch', '/api/v1/proxy/', '/apis/apps/v1/watch', '/apis/nobody.example/v1/watch?limit=1'])(
    'of a verb without anything that it is about means nothing: %s',
    async (path) => {
      const response = await api.request('GET', path)
      const { headers } = response
      expect([response.status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
        500,
        'text/plain; charset=utf-8',
        null,
      ])
      expect(await response.text()).toBe(
        `Internal Server Error: "${path}": failed to create RequestInfo: ` +
          `unable to determine kind and namespace from url, ${path}\n`,
      )
    },
  )

  it('is answered with an audit ID of our own where the one sent is empty', async () => {
    const { headers } = await api.request('GET', '/version', { headers: { 'audit-id': '' } })
    expect(headers.get('audit-id')).toMatch(/^[\da-f-]{36}$/)
  })

  it('without a namespace makes an object that is invalid', async () => {
    const cluster = testApi('')
    const path = '/api/v1/namespaces//configmaps'
    const { code, body } = await cluster.json('POST', path, { body: configMap('a') })
    expect([code, body['message']]).toEqual([422, 'ConfigMap "a" is invalid: metadata.namespace: Required value'])
    expect(cluster.scope.store.revision).toBe(0)
    expect((await cluster.json('DELETE', path)).body['message']).toBe('Namespace parameter required.')
  })

  it('names objects as Go quotes text, also what no object is called', async () => {
    expect(await answer('GET', `${CONFIG_MAPS}/a%00%22`)).toEqual([404, String.raw`configmaps "a\x00\"" not found`])
  })

  it('with a per cent sign in a name is looked at after the name of the object that is put there', async () => {
    const path = `${CONFIG_MAPS}/a%25b`
    expect(await answer('PUT', path, { body: configMap('a') })).toEqual([
      400,
      'the name of the object (a) does not match the name on the URL (a%b)',
    ])
    const why = 'Name parameter invalid: "a%b": may not contain \'%\''
    expect(await answer('PUT', path, { body: configMap('a%b') })).toEqual([400, why])
    expect(await answer('GET', path)).toEqual([400, why])
  })
})
