import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { AnyObject, KubeObject } from '../../src/apimachinery/meta.ts'
import { ApiStatusError } from '../../src/apimachinery/status-error.ts'
import type { BoundObjectSource } from '../../src/auth/service-account/bound-object.ts'
import { areBoundObjectsLive, isBoundToNode } from '../../src/auth/service-account/bound-object.ts'
import { generateServiceAccountKey, loadServiceAccountKeys } from '../../src/auth/service-account/service-account-keys.ts'
import { verifyToken } from '../../src/auth/service-account/service-account-token.ts'
import { answerTokenRequest } from '../../src/auth/service-account/token-request.ts'

const keys = await loadServiceAccountKeys(await generateServiceAccountKey())
const NOW = Date.UTC(2026, 0, 1)
const seconds = NOW / 1_000
const ISSUER = 'https://api.test'

const anObject = (name: string, uid: string, rest: Record<string, unknown> = {}): AnyObject => ({
  apiVersion: 'v1',
  kind: 'X',
  metadata: { name, uid, namespace: 'shop' },
  ...rest,
})

const account = anObject('web', 'u-web')
const objects: Record<string, KubeObject> = {
  'pods/p': anObject('p', 'u-p', { spec: { serviceAccountName: 'web', nodeName: 'n' } }),
  'pods/fresh': anObject('fresh', 'u-f', { spec: { serviceAccountName: 'web' } }),
  'pods/lost': anObject('lost', 'u-l', { spec: { serviceAccountName: 'web', nodeName: 'gone' } }),
  'pods/other': anObject('other', 'u-o', { spec: { serviceAccountName: 'mail' } }),
  'secrets/s': anObject('s', 'u-s'),
  'nodes/n': anObject('n', 'u-n'),
}

function answer(spec: Record<string, unknown> | undefined, metadata: Record<string, unknown> = {}): Promise<AnyObject> {
  const request: AnyObject = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata,
    ...(spec === undefined ? {} : { spec }),
  }
  const source = {
    find: (resource: string, name: string) => objects[`${resource}/${name}`],
    findNode: (name: string) => Promise.resolve(objects[`nodes/${name}`]),
  }
  return answerTokenRequest(
    { keys, issuer: ISSUER, audiences: [ISSUER], source, nowMs: NOW, uuid: () => 'j-1' },
    account,
    request,
  )
}

function claimsOf({ status }: AnyObject): Record<string, unknown> {
  return decodeJwt((status as { token: string }).token)
}

describe('TokenRequest', () => {
  it('is answered with its defaults filled in and a token that verifies', async () => {
    const answered = await answer(undefined)
    expect(answered).toMatchObject({
      kind: 'TokenRequest',
      metadata: { name: 'web', namespace: 'shop', uid: 'u-web', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { audiences: [ISSUER], expirationSeconds: 3_600, boundObjectRef: null },
      status: { expirationTimestamp: '2026-01-01T01:00:00Z' },
    })
    const { token } = answered.status as { token: string }
    const { claims } = await verifyToken(keys, token, { issuer: ISSUER, audiences: [ISSUER], nowMs: NOW })
    expect(claims).toEqual({
      iss: ISSUER,
      aud: [ISSUER],
      sub: 'system:serviceaccount:shop:web',
      iat: seconds,
      nbf: seconds,
      exp: seconds + 3_600,
      jti: 'j-1',
      'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'web', uid: 'u-web' } },
    })
  })

  const base = { namespace: 'shop', serviceaccount: { name: 'web', uid: 'u-web' } }
  const bound: [string, Record<string, unknown>, Record<string, unknown>][] = [
    [
      'a pod, with its node',
      { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'u-p' },
      { pod: { name: 'p', uid: 'u-p' }, node: { name: 'n', uid: 'u-n' } },
    ],
    ['a pod without a node', { kind: 'Pod', apiVersion: 'v1', name: 'fresh' }, { pod: { name: 'fresh', uid: 'u-f' } }],
    [
      'a pod whose node is gone',
      { kind: 'Pod', apiVersion: 'v1', name: 'lost' },
      { pod: { name: 'lost', uid: 'u-l' }, node: { name: 'gone' } },
    ],
    ['a secret', { kind: 'Secret', apiVersion: 'v1', name: 's' }, { secret: { name: 's', uid: 'u-s' } }],
    ['a node', { kind: 'Node', apiVersion: 'v1', name: 'n' }, { node: { name: 'n', uid: 'u-n' } }],
  ]
  it.each(bound)('is bound to %s', async (_, boundObjectRef, want) => {
    expect(claimsOf(await answer({ boundObjectRef }))['kubernetes.io']).toEqual({ ...base, ...want })
  })

  it('lives on for a year when a projected volume asks for it', async () => {
    const answered = await answer(
      { expirationSeconds: 3_607, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'fresh' } },
    )
    expect(claimsOf(answered)).toMatchObject(
      { exp: seconds + 31_536_000, 'kubernetes.io': { warnafter: seconds + 3_607 } },
    )
    expect(answered.status).toMatchObject({ expirationTimestamp: '2026-01-01T01:00:07Z' })
  })

  it.each([
    [
      'for another audience',
      {
        audiences: ['vault'],
        expirationSeconds: 3_607,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'fresh' },
      },
    ],
    ['without a pod', { expirationSeconds: 3_607 }],
  ])('lives no longer than asked %s', async (_, spec) => {
    expect(claimsOf(await answer(spec)).exp).toBe(seconds + 3_607)
  })

  const invalidMessage = (what: string): string =>
    'TokenRequest.authentication.k8s.io "" is invalid: ' +
    `spec.expirationSeconds: Invalid value: ${what}`
  const refusals: [string, Record<string, unknown>, Record<string, unknown>, number, string][] = [
    [
      'a short life',
      { expirationSeconds: 599 },
      {},
      422,
      invalidMessage('599: may not specify a duration less than 10 minutes'),
    ],
    [
      'an endless life',
      { expirationSeconds: 2 ** 33 },
      {},
      422,
      invalidMessage('8589934592: may not specify a duration larger than 2^32 seconds'),
    ],
    [
      'another uid',
      {},
      { uid: 'x' },
      409,
      'Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "web": the UID in the token request ' +
        '(x) does not match the UID of the service account (u-web)',
    ],
    [
      'a pod that is not there',
      { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'x' } },
      {},
      404,
      'pods "x" not found',
    ],
    [
      'a pod of another account',
      { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'other' } },
      {},
      400,
      'cannot bind token for serviceaccount "web" to pod running with different serviceaccount name.',
    ],
    [
      'a pod with another uid',
      { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'x' } },
      {},
      409,
      'Operation cannot be fulfilled on Pod "p": the UID in the bound object reference (x) does not match the UID ' +
        'in record. The object might have been deleted and then recreated',
    ],
    [
      'a secret that is not there',
      { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'x' } },
      {},
      404,
      'secrets "x" not found',
    ],
    [
      'a node that is not there',
      { boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'x' } },
      {},
      404,
      'nodes "x" not found',
    ],
    [
      'another kind of the core',
      { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' } },
      {},
      400,
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ],
    [
      'another kind',
      { boundObjectRef: { kind: 'Deployment', apiVersion: 'apps/v1', name: 'x' } },
      {},
      400,
      'cannot bind token to object of type apps/v1, Kind=Deployment',
    ],
  ]
  it.each(refusals)('is refused for %s', async (_, spec, metadata, code, message) => {
    const error = await answer(spec, metadata).then(() => undefined, (reason: unknown) => reason)
    expect(error).toBeInstanceOf(ApiStatusError)
    expect(error).toMatchObject({ httpCode: code, message })
  })
})

describe('what a token is bound to', () => {
  const bound = { namespace: 'shop', serviceaccount: { name: 'web', uid: 'u-web' } }
  const withPod = { ...bound, pod: { name: 'p', uid: 'u-p' } }
  const source = (changes: Record<string, KubeObject | undefined> = {}): BoundObjectSource => {
    const all: Record<string, KubeObject | undefined> = { ...objects, 'serviceaccounts/web': account, ...changes }
    return { find: (resource, name) => all[`${resource}/${name}`] }
  }
  const deletedAt = (name: string, uid: string, deletionTimestamp: string): AnyObject => ({
    ...anObject(name, uid),
    metadata: { name, uid, deletionTimestamp },
  })

  it.each([
    ['an account that is there', bound, {}, true],
    ['an account that is gone', bound, { 'serviceaccounts/web': undefined }, false],
    ['an account made again', bound, { 'serviceaccounts/web': anObject('web', 'u-new') }, false],
    ['a pod that is there', withPod, {}, true],
    ['a pod that is gone', withPod, { 'pods/p': undefined }, false],
    ['a pod made again', withPod, { 'pods/p': anObject('p', 'u-new') }, false],
    ['a pod that was deleted a moment ago', withPod, { 'pods/p': deletedAt('p', 'u-p', '2025-12-31T23:59:30Z') }, true],
    ['a pod that was deleted long ago', withPod, { 'pods/p': deletedAt('p', 'u-p', '2025-12-31T23:58:00Z') }, false],
    ['a secret that is gone', { ...bound, secret: { name: 'x', uid: 'u-x' } }, {}, false],
  ])('lives or not: %s', (_, claims, changes, want) => {
    expect(areBoundObjectsLive(claims, source(changes), NOW)).toBe(want)
  })

  it('asks for the node only where nothing else is bound', () => {
    const node = { name: 'n', uid: 'u-n' }
    expect(
      [isBoundToNode({ ...bound, node }), isBoundToNode({ ...withPod, node }), isBoundToNode(bound)],
    ).toEqual([true, false, false])
  })
})
