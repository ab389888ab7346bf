/**
 * Which form an Accept header gets (k8s.io/apiserver pkg/endpoints/handlers/negotiation/negotiate.go), of an
 * endpoint that has everything, of one of custom resources, and of one whose objects are never stored.
 */
import { describe, expect, it } from 'vitest'
import { checkStreamable, negotiate, negotiateError } from '../../../src/apiserver/negotiate.ts'

const BUILT_IN = { hasProtobuf: true, hasTable: true }
const CUSTOM = { hasProtobuf: false, hasTable: true }
const REVIEW = { hasProtobuf: true, hasTable: false }

const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const META = 'g=meta.k8s.io;v=v1'

const table = (version: string): string => `as=Table;v=${version};g=meta.k8s.io`
const metadataClient = (shape: string): string =>
  `${PROTOBUF};as=${shape};${META},application/json;as=${shape};${META},application/json`

const wishes = (accept: string): Parameters<typeof negotiate>[0] => ({ headers: new Headers({ accept }), pretty: null })

function formOf(accept: string, endpoint: typeof BUILT_IN): string {
  const { mediaType, shape, metaVersion } = negotiate(wishes(accept), endpoint)
  const name = { 'application/json': 'json', 'application/yaml': 'yaml', [PROTOBUF]: 'protobuf' }[mediaType]
  return shape === 'object' ? name : `${name} ${shape} ${metaVersion}`
}

describe('an answer', () => {
  it.each<[accept: string, want: string]>([
    ['', 'json'],
    ['*/*', 'json'],
    ['*', 'json'],
    ['application/*', 'json'],
    ['application/json', 'json'],
    ['application/yaml', 'yaml'],
    [PROTOBUF, 'protobuf'],
    // client-go's typed clients, and those of Kubernetes itself
    [`${PROTOBUF},application/json`, 'protobuf'],
    ['application/json, */*', 'json'],
    [`${PROTOBUF}, */*`, 'protobuf'],
    // quality, and then what is said more exactly
    ['application/yaml;q=0.5,application/json;q=0.9', 'json'],
    [`application/json;q=0.5,${PROTOBUF}`, 'protobuf'],
    ['application/yaml;q=0.5, */*;q=0.1', 'yaml'],
    ['*/*,application/yaml', 'yaml'],
    ['application/*,application/yaml', 'yaml'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
    ['application/json;q=x,application/yaml;q=0.1', 'yaml'],
    ['application/yaml;q=0', 'yaml'],
    // what cannot be read is passed over
    ['json,application/yaml', 'yaml'],
    ['application/yaml/x,application/json', 'json'],
    ['application/yaml;as=,application/json', 'yaml'],
    // kubectl
    [`application/json;${table('v1')},application/json;${table('v1beta1')},application/json`, 'json table v1'],
    [`application/json;${table('v2')},application/json;${table('v1beta1')}`, 'json table v1beta1'],
    [`application/yaml;as=Table;${META}`, 'yaml table v1'],
    [`${PROTOBUF};as=Table;${META},application/json;as=Table;${META}`, 'json table v1'],
    // controller-runtime's and client-go's metadata clients
    [metadataClient('PartialObjectMetadata'), 'protobuf partial v1'],
    [metadataClient('PartialObjectMetadataList'), 'protobuf partialList v1'],
    [`*/*;as=PartialObjectMetadata;${META}`, 'json partial v1'],
    // as without a group and version that it is of
    ['application/json;as=Table;g=meta.k8s.io,application/yaml', 'yaml'],
    ['application/json;as=Table;v=v1,application/yaml', 'yaml'],
    ['application/json;g=meta.k8s.io;v=v1,application/yaml', 'yaml'],
    [`application/json;as=constructor;${META},application/yaml`, 'yaml'],
    // streams, versions, and what means nothing
    [`${PROTOBUF};stream=watch,application/json;stream=watch`, 'protobuf'],
    ['application/yaml;stream=watch,application/json;stream=watch', 'json'],
    ['application/json;stream=other,application/yaml', 'yaml'],
    ['application/json;sv=v2,application/yaml;sv=v1', 'yaml'],
    ['application/json;charset=utf-8', 'json'],
  ])('to "%s" is %s', (accept, want) => {
    expect(formOf(accept, BUILT_IN)).toBe(want)
  })

  it.each<[accept: string, want: string]>([
    [`${PROTOBUF},application/json`, 'json'],
    [`${PROTOBUF};as=PartialObjectMetadata;${META},application/json`, 'protobuf partial v1'],
    [`application/json;as=Table;${META}`, 'json table v1'],
  ])('of custom resources to "%s" is %s', (accept, want) => {
    expect(formOf(accept, CUSTOM)).toBe(want)
  })

  it('has no Table of what is never stored', () => {
    expect(formOf(`application/json;as=Table;${META},application/json`, REVIEW)).toBe('json')
    expect(formOf(`${PROTOBUF};as=PartialObjectMetadata;${META}`, REVIEW)).toBe('protobuf partial v1')
  })

  const ALL = `only the following media types are accepted: application/json, application/yaml, ${PROTOBUF}`
  it.each<[accept: string, endpoint: typeof BUILT_IN]>([
    ['text/html', BUILT_IN],
    ['Application/JSON', BUILT_IN],
    [`${PROTOBUF};as=Table;${META}`, BUILT_IN],
    ['application/json;as=Table;g=meta.k8s.io;v=v2', BUILT_IN],
    ['application/json;as=Table;g=apps;v=v1', BUILT_IN],
    ['application/json;stream=none', BUILT_IN],
    [PROTOBUF, CUSTOM],
    [`application/json;as=Table;${META}`, REVIEW],
  ])('to "%s" there is none', (accept, endpoint) => {
    expect(() => negotiate(wishes(accept), endpoint)).toThrow(ALL)
  })

  it('is indented where a clause or the query asks for it', () => {
    expect(negotiate(wishes('application/json;pretty=1'), BUILT_IN).isPretty).toBe(true)
    expect(negotiate(wishes('application/json;pretty=0'), BUILT_IN).isPretty).toBe(false)
    expect(negotiate({ ...wishes('application/json'), pretty: 'true' }, BUILT_IN).isPretty).toBe(true)
  })
})

describe('a stream', () => {
  it('is never YAML', () => {
    expect(() => checkStreamable(negotiate(wishes('application/yaml'), BUILT_IN))).toThrow(
      'only the following media types are accepted: ' + `application/json;stream=watch, ${PROTOBUF};stream=watch`,
    )
    expect(() => checkStreamable(negotiate(wishes(PROTOBUF), BUILT_IN))).not.toThrow()
  })
})

describe('an error', () => {
  it.each<[accept: string, mediaType: string, isPretty: boolean]>([
    ['', 'application/json', false],
    ['*/*', 'application/json', false],
    [`${PROTOBUF},application/json`, PROTOBUF, false],
    ['application/yaml', 'application/yaml', false],
    // A Status has no other shape: such clauses are passed over, and without others it is for people to read.
    [`application/json;as=Table;${META},application/yaml`, 'application/yaml', false],
    [`${PROTOBUF};as=PartialObjectMetadata;${META}`, 'application/json', true],
    ['text/html', 'application/json', true],
    ['application/json;sv=v1', 'application/json', true],
  ])('to "%s" is %s', (accept, mediaType, isPretty) => {
    expect(negotiateError(wishes(accept))).toMatchObject({ mediaType, isPretty })
  })
})
