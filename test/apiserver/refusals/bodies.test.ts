/**
 * Bodies that the API refuses: what cannot be read, is of another type, has fields that are wrong, unknown or there
 * twice, or is too large. Texts: k8s.io/apiserver pkg/endpoints/handlers, k8s.io/apimachinery pkg/runtime/serializer.
 */
import { describe, expect, it } from 'vitest'
import { MAX_BODY_BYTES } from '../../../src/apiserver/writing/body.ts'
import type { TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import type { Refusal } from './refusal-world.ts'
import {
  CONFIG_MAPS,
  JSON_PATCH,
  MERGE_PATCH,
  STRATEGIC_PATCH,
  YAML,
  configMap,
  invalidDetails,
  refuses,
} from './refusal-world.ts'

const DEPLOYMENTS = '/apis/apps/v1/namespaces/team/deployments'
const SCALERS = '/apis/autoscaling/v2/namespaces/team/horizontalpodautoscalers'

async function apiWithOne(): Promise<TestApi> {
  const api = testApi('team')
  await api.json('POST', CONFIG_MAPS, { body: configMap('one', { data: { a: '1' } }) })
  return api
}

/** A create of a ConfigMap whose body is refused with 400 BadRequest. */
const create = (what: string, body: unknown, message: string, headers: Record<string, string> = {}): Refusal => ({
  what,
  request: `POST ${CONFIG_MAPS}`,
  options: { body, headers },
  code: 400,
  reason: 'BadRequest',
  message,
})

const unrecognized = (why: string): string =>
  `the object provided is unrecognized (must be of type ConfigMap): ${why}`
const noJson = (why: string): string => unrecognized(`couldn't get version/kind; json parse error: ${why}`)
const unhandled = (why: string): string => `ConfigMap in version "v1" cannot be handled as a ConfigMap: ${why}`
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
const SCHEME = 'in scheme "pkg/api/legacyscheme/scheme.go:30"'

describe('a body that is no object', () => {
  refuses(apiWithOne, [
    create('JSON that ends too early', '{"kind"', noJson('unexpected end of JSON input ({"kind")')),
    create('nothing at all', '', noJson('unexpected end of JSON input (<empty>)')),
    create(
      'a character that is not JSON',
      '{"kind":"ConfigMap","apiVersion":"v1",}',
      noJson(
        'invalid character \'}\' looking for beginning of object key string ({"kind":"ConfigMap","apiVersio ...)',
      ),
    ),
    create('a list', '[]', noJson(`json: cannot unmarshal array into Go value of type ${TYPE_META} (5b5d)`)),
    create(
      'a kind that is no text',
      '{"kind":5}',
      noJson('json: cannot unmarshal number into Go struct field .kind of type string ({"kind":5})'),
    ),
    create(
      'YAML that cannot be read',
      'a: b: c',
      unrecognized('yaml: mapping values are not allowed in this context (613a20623a2063)'),
      YAML,
    ),
    create(
      'YAML that aliases multiply',
      ['x', '*a', '*b', '*c', '*d'].map((item, at) => {
        const name = String.fromCodePoint('a'.charCodeAt(0) + at)
        return `${name}: &${name} [${Array.from({ length: 10 }, () => item).join(',')}]`
      }).join('\n'),
      unrecognized(
        'yaml: document contains excessive aliasing ' +
          '(613a202661205b782c782c782c782c782c782c782c782c782c785d0a623a ...)',
      ),
      YAML,
    ),
    create(
      'JSON that nests without end',
      `{"apiVersion":"v1","kind":"ConfigMap","data":${'['.repeat(1_001)}${']'.repeat(1_001)}}`,
      noJson('exceeded max depth ({"apiVersion":"v1","kind":"Con ...)'),
    ),
    create(
      'protobuf that is none',
      'hello',
      unrecognized(
        'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (68656c6c6f)',
      ),
      { 'content-type': 'application/vnd.kubernetes.protobuf' },
    ),
  ])
})

describe('a body of another type', () => {
  refuses(apiWithOne, [
    create(
      'another kind',
      configMap('x', { kind: 'Pod' }),
      'Pod in version "v1" cannot be handled as a ConfigMap: ' +
        'converting (v1.Pod) to (core.ConfigMap): unknown conversion',
    ),
    create(
      'a kind that nobody knows',
      configMap('x', { kind: 'Thing' }),
      `Thing in version "v1" cannot be handled as a ConfigMap: no kind "Thing" is registered for version "v1" ${SCHEME}`,
    ),
    create(
      'a version that nobody knows',
      configMap('x', { apiVersion: 'v2' }),
      `ConfigMap in version "v2" cannot be handled as a ConfigMap: ` +
        `no kind "ConfigMap" is registered for version "v2" ${SCHEME}`,
    ),
    create(
      'an apiVersion of three parts',
      configMap('x', { apiVersion: 'a/b/c' }),
      unrecognized('unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c","kind":" ...)'),
    ),
    {
      what: 'the right kind in the version of another address',
      request: `POST ${SCALERS}`,
      options: { body: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'x' } } },
      code: 400,
      reason: 'BadRequest',
      message:
        'the API version in the data (autoscaling/v1) does not match the expected API version (autoscaling/v2)',
    },
  ])
})

describe('a body with wrong fields', () => {
  const strict = `POST ${CONFIG_MAPS}?fieldValidation=Strict`
  refuses(apiWithOne, [
    create(
      'a list where a map belongs',
      configMap('x', { data: [] }),
      unhandled('json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string'),
    ),
    create(
      'a number where a text belongs',
      configMap('x', { data: { a: 5 } }),
      unhandled('json: cannot unmarshal number into Go struct field ConfigMap.data of type string'),
    ),
    {
      what: 'a text where a number belongs',
      request: `POST ${DEPLOYMENTS}`,
      options: { body: { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 'two' } } },
      code: 400,
      reason: 'BadRequest',
      message:
        'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go ' +
        'struct field DeploymentSpec.spec.replicas of type int32',
    },
    {
      ...create(
        'unknown and duplicate fields in the order of the document when asked to be strict',
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","foo":{"b":1,"b":2}},' +
          '"data":{"a":"1","a":"2"},"bar":1,"bar":2,"immutable":true,"immutable":false}',
        unhandled(
          'strict decoding error: unknown field "metadata.foo", duplicate field "data.a", unknown field "bar", ' +
            'duplicate field "immutable"',
        ),
      ),
      request: strict,
    },
    {
      ...create(
        'duplicate keys of YAML by their lines, then unknown fields by their names',
        'apiVersion: v1\nkind: ConfigMap\nzoo: 1\nbar: 1\nmetadata:\n  name: x\n  name: z\ndata:\n  a: "1"\n  a: "2"\n',
        unhandled(
          'strict decoding error: yaml: unmarshal errors:\n  line 7: key "name" already set in map\n' +
            '  line 10: key "a" already set in map, unknown field "bar", unknown field "zoo"',
        ),
        YAML,
      ),
      request: strict,
    },
    {
      ...create(
        'an unknown field whose name has quotes',
        '{"metadata":{"name":"x","a\\"b":1}}',
        unhandled('strict decoding error: unknown field "metadata.a\\"b"'),
      ),
      request: strict,
    },
    create(
      'of several mistakes in YAML the first in the order of names',
      'metadata:\n  name: x\n  labels:\n    a: 1\nbinaryData:\n  b: 2\n',
      unhandled('json: cannot unmarshal number into Go struct field ConfigMap.binaryData of type []uint8'),
      YAML,
    ),
    create(
      'a number of YAML that JSON does not have',
      'data:\n  a: -.inf\n',
      'the object provided is unrecognized (must be of type ConfigMap): json: unsupported value: -Inf ' +
        '(646174613a0a2020613a202d2e696e660a)',
      YAML,
    ),
    {
      what: 'an unknown field of a strict patch',
      request: `PATCH ${CONFIG_MAPS}/one?fieldValidation=Strict`,
      options: { body: '{"data":{"a":"1","a":"2"},"foo":1}', headers: STRATEGIC_PATCH },
      code: 422,
      reason: 'Invalid',
      message:
        ' "" is invalid: patch: Invalid value: "map[data:map[a:2] foo:1]": strict decoding error: ' +
        'duplicate field "data.a", unknown field "foo"',
      details: invalidDetails({}, [
        'Invalid',
        'patch',
        'Invalid value: "map[data:map[a:2] foo:1]": strict decoding error: duplicate field "data.a", ' +
          'unknown field "foo"',
      ]),
    },
  ])

  it.each([
    ['warns of unknown and duplicate fields unless told otherwise', '', ['unknown field "foo"', 'duplicate field "data.a"']],
    ['says nothing of them when told to ignore them', '?fieldValidation=Ignore', []],
  ])('%s', async (_, query, warnings) => {
    const api = testApi('team')
    const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"foo":1,"data":{"a":"1","a":"2"}}'
    const response = await api.request('POST', `${CONFIG_MAPS}${query}`, { body })
    expect(response.status).toBe(201)
    expect(response.headers.get('warning') ?? '').toBe(
      warnings.map((text) => `299 - "${text.replaceAll('"', '\\"')}"`).join(', '),
    )
    expect(await response.json()).toMatchObject({ data: { a: '2' } })
  })
})

describe('a body in a form or of a size that is not taken', () => {
  const large = configMap('x', { data: { a: 'x'.repeat(MAX_BODY_BYTES) } })
  const tooLarge = {
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728',
  }
  refuses(apiWithOne, [
    { what: 'a create over 3 MiB', request: `POST ${CONFIG_MAPS}`, options: { body: large }, ...tooLarge },
    {
      what: 'a body whose bytes, not characters, are over 3 MiB',
      request: `POST ${CONFIG_MAPS}`,
      options: { body: configMap('x', { data: { a: 'ü'.repeat(MAX_BODY_BYTES / 2) } }) },
      ...tooLarge,
    },
    {
      what: 'a patch over 3 MiB',
      request: `PATCH ${CONFIG_MAPS}/one`,
      options: { body: large, headers: MERGE_PATCH },
      ...tooLarge,
    },
    {
      what: 'a JSON patch of 10,001 operations',
      request: `PATCH ${CONFIG_MAPS}/one`,
      options: {
        body: Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'ConfigMap' })),
        headers: JSON_PATCH,
      },
      code: 413,
      reason: 'RequestEntityTooLarge',
      message:
        'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    },
    {
      what: 'a media type that nobody reads',
      request: `POST ${CONFIG_MAPS}`,
      options: { body: configMap('x'), headers: { 'content-type': 'text/html' } },
      code: 415,
      reason: 'UnsupportedMediaType',
      message:
        'the body of the request was in an unknown format - accepted media types include: ' +
        'application/json, application/yaml, application/vnd.kubernetes.protobuf',
    },
    {
      what: 'a patch that says its kind in other letters',
      request: `PATCH ${CONFIG_MAPS}/one`,
      options: { body: '{}', headers: { 'content-type': 'application/Merge-Patch+json' } },
      code: 415,
      reason: 'UnsupportedMediaType',
      message: '415: Unsupported Media Type',
      details: {},
    },
    {
      what: 'a patch that may be of several kinds',
      request: `PATCH ${CONFIG_MAPS}/one`,
      options: { body: '{}', headers: { 'content-type': 'text/plain, application/merge-patch+json' } },
      code: 415,
      reason: 'UnsupportedMediaType',
      message:
        'the body of the request was in an unknown format - accepted media types include: ' +
        'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, ' +
        'application/apply-patch+yaml',
    },
    {
      what: 'a patch that does not say which kind of patch it is',
      request: `PATCH ${CONFIG_MAPS}/one`,
      options: { body: '{}' },
      code: 415,
      reason: 'UnsupportedMediaType',
      message: '415: Unsupported Media Type',
      details: {},
    },
  ])
})

describe('a patch that does not apply', () => {
  const patch = (what: string, headers: Record<string, string>, body: unknown, message: string): Refusal => ({
    what,
    request: `PATCH ${CONFIG_MAPS}/one`,
    options: { body, headers },
    code: 400,
    reason: 'BadRequest',
    message,
  })
  const unmarshal = (from: string, into: string): string => `json: cannot unmarshal ${from} into Go value of type ${into}`
  refuses(apiWithOne, [
    patch('a merge patch that ends too early', MERGE_PATCH, '{', 'error decoding patch: unexpected end of JSON input'),
    patch('a strategic patch that ends too early', STRATEGIC_PATCH, '{', 'unexpected end of JSON input'),
    patch(
      'a merge patch that is a list',
      MERGE_PATCH,
      '[]',
      `error decoding patch: ${unmarshal('array', 'map[string]interface {}')}`,
    ),
    patch('a strategic patch that is a list', STRATEGIC_PATCH, '[]', unmarshal('array', 'map[string]interface {}')),
    patch(
      'a JSON patch that is an object',
      JSON_PATCH,
      '{}',
      `error decoding patch: ${unmarshal('object', '[]handlers.jsonPatchOp')}`,
    ),
    patch(
      'a patch that renames',
      MERGE_PATCH,
      { metadata: { name: 'two' } },
      'the name of the object (two) does not match the name on the URL (one)',
    ),
    {
      ...patch('a JSON patch whose test fails', JSON_PATCH, [{ op: 'test', path: '/data/a', value: '2' }], ''),
      code: 422,
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
      details: {},
    },
    {
      ...patch('a broken patch of what is not there, as not there', MERGE_PATCH, '{', ''),
      request: `PATCH ${CONFIG_MAPS}/none`,
      code: 404,
      reason: 'NotFound',
      message: 'configmaps "none" not found',
      details: { name: 'none', kind: 'configmaps' },
    },
  ])
})
