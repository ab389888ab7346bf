/**
 * Answers of conversion webhooks: given → want, texts of k8s.io/apiextensions-apiserver
 * pkg/apiserver/conversion/webhook_converter.go and of the readers that it uses.
 */
import { expect, it } from 'vitest'
import { convertedObjects, readReview, unreadableObject } from '../../../src/apiserver/custom/review-answer.ts'

const V1 = 'apiextensions.k8s.io/v1'
const REVIEW = { apiVersion: V1, kind: 'ConversionReview' }
const FINE = { uid: 'u', result: { status: 'Success' }, convertedObjects: [{ kind: 'A' }] }
const STRUCT =
  'Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; ' +
  'Kind string "json:\\"kind,omitempty\\"" }'
const NOT_JSON = "couldn't get version/kind; json parse error:"
const SCHEME = 'in scheme "k8s.io/apiserver/pkg/util/webhook/client.go:71"'
const EXPECTED = `expected webhook response of ${V1}, Kind=ConversionReview, got`

it.each<[string, unknown, string]>([
  ['is cut off', '{"apiVersion":', `${NOT_JSON} unexpected end of JSON input`],
  ['is prose', '<html></html>', `${NOT_JSON} json: cannot unmarshal string into ${STRUCT}`],
  ['is a number', '12', `${NOT_JSON} json: cannot unmarshal number into ${STRUCT}`],
  ['is no YAML', 'a: b: c', 'yaml: mapping values are not allowed in this context'],
  ['is a list', [], `${NOT_JSON} json: cannot unmarshal array into ${STRUCT}`],
  ['says nothing', {}, `${EXPECTED} /, Kind=`],
  ['is null', null, `${EXPECTED} /, Kind=`],
  ['is of no type', { response: FINE }, `${EXPECTED} /, Kind=`],
  ['is something else', { ...REVIEW, kind: 'Other' }, `no kind "Other" is registered for version "${V1}" ${SCHEME}`],
  ['is of another group', { ...REVIEW, apiVersion: 'x/v1' },
    `no kind "ConversionReview" is registered for version "x/v1" ${SCHEME}`],
  ['is a Status', { apiVersion: 'v1', kind: 'Status', status: 'Failure' },
    'converting (v1.Status) to (v1.ConversionReview): unknown conversion'],
  ['is in another version than asked', { ...REVIEW, apiVersion: 'apiextensions.k8s.io/v1beta1' },
    'converting (v1beta1.ConversionReview) to (v1.ConversionReview): unknown conversion'],
  ['is the question', REVIEW, 'no response provided'],
  ['has prose for a response', { ...REVIEW, response: 'x' },
    'json: cannot unmarshal string into Go struct field ConversionReview.response of type v1.ConversionResponse'],
  ['says not what it is, and has prose for a response', { response: 'x' },
    'json: cannot unmarshal string into Go struct field ConversionReview.response of type v1.ConversionResponse'],
  ['has prose for a result', { ...REVIEW, response: { ...FINE, result: 'x' } },
    'json: cannot unmarshal string into Go struct field ConversionResponse.response.result of type v1.Status'],
  ['has a number for its version', { ...REVIEW, apiVersion: 5 },
    `${NOT_JSON} json: cannot unmarshal number into Go struct field .apiVersion of type string`],
  ['has no version that can be read', { ...REVIEW, apiVersion: 'a/b/c' }, 'unexpected GroupVersion string: a/b/c'],
  ['is a definition', { ...REVIEW, kind: 'CustomResourceDefinition' },
    'converting (v1.CustomResourceDefinition) to (v1.ConversionReview): unknown conversion'],
  ['has a number for its uid', { ...REVIEW, response: { ...FINE, uid: 5 } },
    'json: cannot unmarshal number into Go struct field ConversionResponse.response.uid of type types.UID'],
  ['has a number for its status', { ...REVIEW, response: { ...FINE, result: { status: 5 } } },
    'json: cannot unmarshal number into Go struct field Status.response.result.status of type string'],
  ['has a number for metadata of its result', { ...REVIEW, response: { ...FINE, result: { status: 'Success', metadata: 5 } } },
    'json: cannot unmarshal number into Go struct field Status.response.result.metadata of type v1.ListMeta'],
  ['is to a quoted question', { ...REVIEW, response: { ...FINE, uid: 'a"b' } }, String.raw`got "a\"b"`],
  ['is to another question', { ...REVIEW, response: { ...FINE, uid: 'v' } }, 'expected response.uid="u", got "v"'],
  ['has no result', { ...REVIEW, response: { ...FINE, result: null } },
    "response.result.status was '', not 'Success'"],
])('one that %s is refused', (_what, answer, want) => {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
  expect(() => convertedObjects(readReview(text, V1), { apiVersion: V1, uid: 'u' })).toThrow(want)
})

it('one in v1beta1 need not say what it is, nor to which question', () => {
  const objectsOf = (answer: object, apiVersion: string): readonly unknown[] =>
    convertedObjects(readReview(JSON.stringify(answer), apiVersion), { apiVersion, uid: 'u' })
  expect(objectsOf({ response: { ...FINE, uid: '' } }, 'apiextensions.k8s.io/v1beta1')).toEqual([{ kind: 'A' }])
  expect(objectsOf({ ...REVIEW, response: FINE }, V1)).toEqual([{ kind: 'A' }])
})

it('one in YAML is read as well', () => {
  const text = `apiVersion: ${V1}
kind: ConversionReview
response: {uid: u, result: {status: Success}, convertedObjects: [{kind: A}]}
`
  expect(convertedObjects(readReview(text, V1), { apiVersion: V1, uid: 'u' })).toEqual([{ kind: 'A' }])
})

it.each<[unknown, string | undefined]>([
  [null, 'unexpected end of JSON input'],
  ['x', 'json: cannot unmarshal string into Go value of type map[string]interface {}'],
  [1, 'json: cannot unmarshal number into Go value of type map[string]interface {}'],
  [{ apiVersion: 'v1' }, `Object 'Kind' is missing in '{"apiVersion":"v1"}'`],
  [{ apiVersion: 'a/b/c', kind: 'A' }, `Object 'Kind' is missing in '{"apiVersion":"a/b/c","kind":"A"}'`],
  [{ kind: 'A' }, undefined],
])('%j in the place of an object', (value, want) => {
  expect(unreadableObject(value)).toBe(want)
})
