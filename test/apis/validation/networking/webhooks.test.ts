/** Webhook configurations: given → want, texts of pkg/apis/admissionregistration/validation/validation.go. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const validating = new Subject('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration')
const mutating = new Subject('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration')
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
const hook = {
  name: 'a.b.example',
  rules: [rule],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  clientConfig: { service: { name: 'a', namespace: 'b' } },
}
const hooks = (...webhooks: readonly object[]): object => ({ metadata: { name: 'x' }, webhooks })
const withRule = (more: object): object => hooks({ ...hook, rules: [{ ...rule, ...more }] })
const AT = 'webhooks[0]'
const RULE = `${AT}.rules[0]`
const resources = (...list: readonly string[]): object => withRule({ resources: list })

const ROWS: readonly Row[] = [
  { what: 'a plain one is fine', given: hooks(hook), want: [] },
  { what: 'none at all is fine', given: {}, want: [] },
  {
    what: 'what must be said is told at once',
    given: hooks({}),
    want: [
      `${AT}.name: Required value`,
      `${AT}.sideEffects: Required value: must specify one of None, NoneOnDryRun`,
      `${AT}.clientConfig: Required value: exactly one of url or service is required`,
      `${AT}.admissionReviewVersions: Required value: must specify one of v1, v1beta1`,
    ],
  },
  {
    what: 'names have three segments, and are there once',
    given: hooks({ ...hook, name: 'a.b' }, hook, hook),
    want: [
      `${AT}.name: Invalid value: "a.b": should be a domain with at least three segments separated by dots`,
      'webhooks[2].name: Duplicate value: "a.b.example"',
    ],
  },
  {
    what: 'policies are known, and time is limited',
    given: hooks({ ...hook, failurePolicy: 'A', matchPolicy: 'B', sideEffects: 'Some', timeoutSeconds: 31 }),
    want: [
      `${AT}.failurePolicy: Unsupported value: "A": supported values: "Fail", "Ignore"`,
      `${AT}.matchPolicy: Unsupported value: "B": supported values: "Equivalent", "Exact"`,
      `${AT}.sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"`,
      `${AT}.timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds`,
    ],
  },
  {
    what: 'a rule says of what it is',
    given: hooks({ ...hook, rules: [{ scope: 'Any' }] }),
    want: [
      `${RULE}.operations: Required value`,
      `${RULE}.apiGroups: Required value`,
      `${RULE}.apiVersions: Required value`,
      `${RULE}.resources: Required value`,
      `${RULE}.scope: Unsupported value: "Any": supported values: "*", "Cluster", "Namespaced"`,
    ],
  },
  {
    what: 'everything stands alone',
    given: withRule({ operations: ['*', 'READ'], apiGroups: ['*', 'a'], apiVersions: ['*', ''] }),
    want: [
      `${RULE}.operations: Invalid value: ["*","READ"]: if '*' is present, must not specify other operations`,
      `${RULE}.operations[1]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"`,
      `${RULE}.apiGroups: Invalid value: ["*","a"]: if '*' is present, must not specify other API groups`,
      `${RULE}.apiVersions: Invalid value: ["*",""]: if '*' is present, must not specify other API versions`,
      `${RULE}.apiVersions[1]: Required value`,
    ],
  },
  {
    what: 'resources that others cover are not named',
    given: resources('pods/*', 'pods/log', '*/scale', 'a/scale', ''),
    want: [
      `${RULE}.resources[1]: Invalid value: "pods/log": if 'pods/*' is present, must not specify pods/log`,
      `${RULE}.resources[3]: Invalid value: "a/scale": if '*/scale' is present, must not specify a/scale`,
      `${RULE}.resources[4]: Required value`,
    ],
  },
  {
    what: 'nor beside all of them',
    given: resources('*', '*/*', 'pods'),
    want: [
      `${RULE}.resources: Invalid value: ["*","*/*","pods"]: if '*/*' is present, must not specify other resources`,
      `${RULE}.resources: Invalid value: ["*","*/*","pods"]: if '*' is present, must not specify other resources without subresources`,
    ],
  },
  {
    what: 'it is called by HTTPS',
    given: hooks({ ...hook, clientConfig: { url: 'http://a.example' } }),
    want: [
      `${AT}.clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
    ],
  },
  {
    what: 'the path to it is cut at bytes, as Go does',
    given: hooks({ ...hook, clientConfig: { service: { name: 'a', namespace: 'b', path: 'é' } } }),
    want: [
      `${AT}.clientConfig.service.path: Invalid value: "é": must start with a '/'`,
      `${AT}.clientConfig.service.path: Invalid value: "é": segment[0]: ${SUBDOMAIN}`,
    ],
  },
  {
    what: 'reviews are of a version that is known, once each',
    given: hooks({ ...hook, admissionReviewVersions: ['v2', 'v2'] }),
    want: [
      `${AT}.admissionReviewVersions[1]: Invalid value: "v2": duplicate version`,
      `${AT}.admissionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1`,
    ],
  },
  {
    what: 'conditions have a name of their own and an expression',
    given: hooks({ ...hook, matchConditions: [{ name: 'a', expression: ' ' }, { name: 'a', expression: 'true' }, {}] }),
    want: [
      `${AT}.matchConditions[0].expression: Required value`,
      `${AT}.matchConditions[1].name: Duplicate value: "a"`,
      `${AT}.matchConditions[2].expression: Required value`,
      `${AT}.matchConditions[2].name: Required value`,
    ],
  },
]

const old = { ...hook, sideEffects: 'Some', admissionReviewVersions: ['v2'] }
const UPDATES: readonly UpdateRow[] = [
  { what: 'what it had already may stay', from: hooks(old, old), to: hooks(old, old), want: [] },
  {
    what: 'what was well stays so',
    from: hooks(hook),
    to: hooks(old),
    want: [
      `${AT}.sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"`,
      `${AT}.admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1`,
    ],
  },
]

describe('validation of webhook configurations', () => {
  it.each(ROWS)('$what', ({ given, want }) => {
    expect(validating.onCreate(given)).toEqual(want)
    expect(mutating.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('on update, $what', ({ from, to, want }) => {
    expect(validating.onUpdate(from, to)).toEqual(want)
    expect(mutating.onUpdate(from, to)).toEqual(want)
  })

  it('a mutating one says whether it is called again', () => {
    expect(mutating.onCreate(hooks({ ...hook, reinvocationPolicy: 'Always' }))).toEqual([
      `${AT}.reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"`,
    ])
  })

  it('warns of names that are reserved', () => {
    expect(validating.warnings({ metadata: { name: 'a.static.k8s.io' } })).toEqual([
      'metadata.name: names ending with ".static.k8s.io" are reserved for static manifest-based configurations and cannot be managed via the API',
    ])
  })
})
