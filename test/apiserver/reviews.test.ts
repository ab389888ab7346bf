import { describe, expect, it } from 'vitest'
import type { AnyObject } from '../../src/apimachinery/meta.ts'
import { ApiStatusError } from '../../src/apimachinery/status-error.ts'
import type { ReviewPorts } from '../../src/apiserver/reviews.ts'
import { REVIEWS } from '../../src/apiserver/reviews.ts'
import type { Attributes } from '../../src/auth/authorizer.ts'
import { ManualClock } from '../../src/lib/clock.ts'
import { testApi } from '../support/api.ts'

const asked: Attributes[] = []

const PORTS: ReviewPorts = {
  user: { username: 'ann', uid: 'u', groups: ['dev'], extra: { scope: ['x'] } },
  namespace: '',
  nowMs: Date.UTC(2026, 0, 1),
  authorize(attributes) {
    asked.push(attributes)
    const isAllowed = attributes.user.username === 'ann' && attributes.verb === 'get'
    return { isAllowed, reason: isAllowed ? 'RBAC: allowed by test' : '' }
  },
  rulesFor: () => ({
    rules: [
      { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['p'] },
      { verbs: ['get'], nonResourceURLs: ['/version'] },
    ],
    errors: ['role.rbac.authorization.k8s.io "gone" not found'],
  }),
  reviewToken: (token, audiences) =>
    Promise.resolve(
      token === 'good' ? {
        user: { username: 'bob', groups: ['g'] },
        audiences: audiences.length === 0 ? ['api'] : audiences,
      } : { failure: 'invalid bearer token' },
    ),
}

async function review(
  kind: string,
  spec: Record<string,
  unknown> | undefined,
  given: { metadata?: Record<string, unknown>; namespace?: string } = {},
): Promise<AnyObject> {
  const answer = REVIEWS[kind]
  if (answer === undefined) throw new Error(`no review ${kind}`)
  const group = kind === 'TokenReview' || kind === 'SelfSubjectReview' ? 'authentication' : 'authorization'
  const request: AnyObject = {
    apiVersion: `${group}.k8s.io/v1`,
    kind,
    metadata: given.metadata ?? {},
    ...(spec === undefined ? {} : { spec }),
  }
  return answer(request, { ...PORTS, namespace: given.namespace ?? '' })
}

const UNREAD = 'spec.resourceAttributes.'
const pods = { verb: 'get', resource: 'pods', namespace: 'shop' }

describe('access reviews', () => {
  // pkg/registry/authorization/util/helpers.go, BuildEvaluationError
  it.each<[what: string, selectors: object, want: string | undefined]>([
    [
      'nothing of what can be read',
      { labelSelector: { rawSelector: 'a in (b)' }, fieldSelector: { rawSelector: 'a=b' } },
      undefined,
    ],
    ['what cannot be parsed', { labelSelector: { rawSelector: 'a in (' } }, `${UNREAD}labelSelector ignored`],
    [
      'requirements that are not known',
      {
        fieldSelector: { requirements: [{ key: 'a', operator: 'Exists' }] },
        labelSelector: { requirements: [{ key: 'a', operator: 'Gt' }] },
      },
      `${UNREAD}fieldSelector ignored due to parse error; ${UNREAD}labelSelector ignored`,
    ],
    [
      'some of several',
      {
        fieldSelector: {
          requirements: [{ key: 'a', operator: 'In', values: ['b'] }, { key: 'a', operator: 'In', values: ['b', 'c'] }],
        },
      },
      `${UNREAD}fieldSelector partially ignored`,
    ],
  ])('tell of %s', async (_, selectors, want) => {
    const { status } = await review('SelfSubjectAccessReview', { resourceAttributes: { ...pods, ...selectors } })
    const { evaluationError } = status as { evaluationError?: string }
    expect(evaluationError).toBe(want === undefined ? undefined : `${want} due to parse error`)
  })

  it('answers for the asker, with the request itself', async () => {
    expect(await review('SelfSubjectAccessReview', { resourceAttributes: pods })).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: { resourceAttributes: pods },
      status: { allowed: true, reason: 'RBAC: allowed by test' },
    })
    expect(asked.at(-1)).toEqual({
      isResource: true,
      user: PORTS.user,
      verb: 'get',
      group: '',
      version: '*',
      resource: 'pods',
      subresource: '',
      namespace: 'shop',
      name: '',
    })
  })

  it.each([
    [{ labelSelector: { requirements: [{ key: 'a', operator: 'Like' }] } }, 'labelSelector ignored'],
    [
      { labelSelector: { requirements: [{ key: 'a', operator: 'Like' }, { key: 'b', operator: 'Exists' }] } },
      'labelSelector partially ignored',
    ],
    [{ fieldSelector: { requirements: [{ key: 'a', operator: 'Exists' }] } }, 'fieldSelector ignored'],
    [{ fieldSelector: { rawSelector: 'a' } }, 'fieldSelector ignored'],
  ])('says what it did not understand of %j', async (selectors, what) => {
    const resourceAttributes = { ...pods, ...selectors }
    const { status } = await review('SelfSubjectAccessReview', { resourceAttributes })
    expect(status).toMatchObject({ evaluationError: `spec.resourceAttributes.${what} due to parse error` })
  })

  it('says nothing where it understood everything', async () => {
    const requirements = [{ key: 'a', operator: 'In', values: ['b'] }]
    const resourceAttributes = { ...pods, fieldSelector: { requirements }, labelSelector: { rawSelector: 'a in (b)' } }
    const { status } = await review('SelfSubjectAccessReview', { resourceAttributes })
    expect(status).toEqual({ allowed: true, reason: 'RBAC: allowed by test' })
  })

  it('answers about paths', async () => {
    await review('SelfSubjectAccessReview', { nonResourceAttributes: { verb: 'get', path: '/metrics' } })
    expect(asked.at(-1)).toEqual({ isResource: false, user: PORTS.user, verb: 'get', path: '/metrics' })
  })

  it('answers for somebody else', async () => {
    const spec = { resourceAttributes: pods, user: 'eve', groups: ['a'], uid: '7', extra: { k: ['v'] } }
    expect((await review('SubjectAccessReview', spec)).status).toEqual({ allowed: false })
    expect(asked.at(-1)?.user).toEqual({ username: 'eve', groups: ['a'], uid: '7', extra: { k: ['v'] } })
  })

  it('answers in a namespace', async () => {
    const given = { metadata: { namespace: 'shop' }, namespace: 'shop' }
    expect(
      (await review('LocalSubjectAccessReview', { resourceAttributes: pods, user: 'ann' }, given)).status,
    ).toMatchObject({ allowed: true })
  })

  const both = { resourceAttributes: pods, nonResourceAttributes: { path: '/', verb: 'get' } }
  const local = { metadata: { namespace: 'shop' }, namespace: 'shop' }
  const wrong: [string, string, Record<string, unknown>, Parameters<typeof review>[2], string][] = [
    [
      'a question about nothing',
      'SelfSubjectAccessReview',
      {},
      {},
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes ' +
        'must be specified',
    ],
    [
      'two questions',
      'SelfSubjectAccessReview',
      both,
      {},
      'spec.nonResourceAttributes: Invalid value: {"Path":"/","Verb":"get"}: cannot be specified in combination ' +
        'with resourceAttributes',
    ],
    [
      'nobody',
      'SubjectAccessReview',
      { resourceAttributes: pods },
      {},
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
    [
      'a name',
      'SubjectAccessReview',
      { resourceAttributes: pods, user: 'x' },
      { metadata: { name: 'n' } },
      'metadata: Invalid value: {"name":"n"}: must be empty',
    ],
    [
      'a name beside the namespace',
      'LocalSubjectAccessReview',
      { resourceAttributes: pods, user: 'x' },
      { metadata: { namespace: 'shop', name: 'n' }, namespace: 'shop' },
      'metadata: Invalid value: {"name":"n","namespace":"shop"}: must be empty except for namespace',
    ],
    [
      'another namespace',
      'LocalSubjectAccessReview',
      { resourceAttributes: { ...pods, namespace: 'else' }, user: 'x' },
      local,
      'spec.resourceAttributes.namespace: Invalid value: "else": must match metadata.namespace',
    ],
    [
      'a path in a namespace',
      'LocalSubjectAccessReview',
      { nonResourceAttributes: { path: '/' }, user: 'x' },
      local,
      'spec.nonResourceAttributes: Invalid value: {"Path":"/","Verb":""}: disallowed on this kind of request',
    ],
    [
      'an empty selector',
      'SelfSubjectAccessReview',
      { resourceAttributes: { ...pods, fieldSelector: {} } },
      {},
      'spec.resourceAttributes.fieldSelector.requirements: Required value: when ' +
        'spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required',
    ],
    [
      'two selectors in one',
      'SelfSubjectAccessReview',
      { resourceAttributes: { ...pods, labelSelector: { rawSelector: 'a', requirements: [{ key: 'k' }] } } },
      {},
      'spec.resourceAttributes.labelSelector.rawSelector: Invalid value: "a": may not specified at the same time ' +
        'as requirements',
    ],
    [
      'a field without a name and an operator without values, but no operator that is new',
      'SubjectAccessReview',
      {
        resourceAttributes: {
          ...pods,
          fieldSelector: { requirements: [{ operator: 'In' }, { key: 'a', operator: 'Gt' }] },
          labelSelector: {
            requirements: [{ key: 'a', operator: 'Exists', values: ['v'] }, { key: 'b', operator: 'New' }],
          },
        },
        user: 'x',
      },
      {},
      '[spec.resourceAttributes.fieldSelector.requirements[0].key: Required value: must be specified, ' +
        'spec.resourceAttributes.fieldSelector.requirements[0].values: Required value: must be specified when ' +
        "`operator` is 'In' or 'NotIn', spec.resourceAttributes.labelSelector.requirements[0].values: Forbidden: may " +
        "not be specified when `operator` is 'Exists' or 'DoesNotExist']",
    ],
    [
      'a value that no label has',
      'SelfSubjectAccessReview',
      {
        resourceAttributes: {
          ...pods,
          labelSelector: { requirements: [{ key: 'a', operator: 'In', values: ['-'] }] },
        },
      },
      {},
      'spec.resourceAttributes.labelSelector.requirements[0].values[0]: Invalid value: "-": a valid label must be an ' +
        "empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
        "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
        "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ]
  it.each(wrong)('refuses %s', async (_, kind, spec, given, message) => {
    await expect(review(kind, spec, given)).rejects.toMatchObject(
      { httpCode: 422, message: `.authorization.k8s.io "" is invalid: ${message}` },
    )
  })

  it('refuses a namespace that is not the path\'s', async () => {
    const given = { metadata: { namespace: 'shop' }, namespace: 'else' }
    await expect(
      review('LocalSubjectAccessReview', { resourceAttributes: pods, user: 'x' }, given),
    ).rejects.toMatchObject({
      httpCode: 400,
      message: 'spec.resourceAttributes.namespace must match namespace: else',
    })
  })
})

describe('SelfSubjectRulesReview', () => {
  it('lists rules on resources and on paths, and says what could not be resolved', async () => {
    expect(await review('SelfSubjectRulesReview', { namespace: 'shop' })).toMatchObject({
      spec: {},
      status: {
        resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['p'] }],
        nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/version'] }],
        incomplete: false,
        evaluationError: 'role.rbac.authorization.k8s.io "gone" not found',
      },
    })
  })

  it('needs a namespace', async () => {
    await expect(review('SelfSubjectRulesReview', {})).rejects.toMatchObject(
      { httpCode: 400, message: 'no namespace on request' },
    )
  })
})

describe('SelfSubjectReview', () => {
  it('says who asks', async () => {
    expect(await review('SelfSubjectReview', undefined)).toEqual({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      status: { userInfo: { username: 'ann', uid: 'u', groups: ['dev'], extra: { scope: ['x'] } } },
    })
  })
})

describe('TokenReview', () => {
  it('says whose token it is', async () => {
    expect((await review('TokenReview', { token: 'good', audiences: ['vault'] })).status).toEqual({
      authenticated: true,
      user: { username: 'bob', groups: ['g'] },
      audiences: ['vault'],
    })
  })

  it('says what is wrong with one', async () => {
    expect((await review('TokenReview', { token: 'bad' })).status).toEqual({ user: {}, error: 'invalid bearer token' })
  })

  it('needs a token', async () => {
    const error: unknown = await review('TokenReview', {}).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ApiStatusError)
    expect(error).toMatchObject({ httpCode: 400, message: 'token is required for TokenReview in authentication' })
  })
})

describe('what is posted to be reviewed', () => {
  it('says who owns its fields, as whatever is created, and nothing that no new object may say', async () => {
    const api = testApi('', { clock: new ManualClock(PORTS.nowMs) })
    const { code, body } = await api.json('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      body: {
        metadata: { uid: 'u', creationTimestamp: '2020-01-01T00:00:00Z' },
        spec: { user: 'a', resourceAttributes: { verb: 'get' } },
      },
      headers: { 'user-agent': 'tool/1' },
    })
    expect([code, body['metadata']]).toEqual([201, {
      managedFields: [{
        manager: 'tool',
        operation: 'Update',
        apiVersion: 'authorization.k8s.io/v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:resourceAttributes': { '.': {}, 'f:verb': {} }, 'f:user': {} } },
      }],
    }])
  })
})
