/**
 * Requests as Go clients send them, header for header: the typed, dynamic, metadata and scale clients of client-go, and
 * the client of controller-runtime. Protobuf is compared as what it says; its bytes are proved elsewhere.
 */
import { PROTOBUF } from '../../wire/protobuf-client.ts'
import type { Asked, Entry, Table } from '../entry.ts'
import {
  APPLY_PATCH,
  CONFIG_MAPS,
  LEASES,
  MANAGER,
  MERGE_PATCH,
  PODS,
  REVISION,
  STRATEGIC_PATCH,
  UID,
  WIDGETS,
  configMap,
  failure,
  invalid,
  lease,
  managed,
  metadata,
  post,
  revisionOf,
  untyped,
  wantConfigMap,
  wantWidget,
  widget,
} from '../entry.ts'
import { expect } from 'vitest'

const JSON_TYPE = 'application/json'

/** rest/request.go, UseProtobufAsDefault; controller-runtime's apiutil says the content type only. */
export const TYPED = { accept: `${PROTOBUF},${JSON_TYPE}` }
export const OF_CONTROLLER_RUNTIME = { accept: `${PROTOBUF}, */*` }
export const DYNAMIC = { accept: JSON_TYPE }
const OF_JSON_CONFIG = { accept: `${JSON_TYPE}, */*` }

/** metadata/metadata.go */
const metadataOnly = (shape: string): Record<string, string> => {
  const as = `as=${shape};g=meta.k8s.io;v=v1`
  return { accept: `${PROTOBUF};${as},${JSON_TYPE};${as},${JSON_TYPE}` }
}
export const METADATA = metadataOnly('PartialObjectMetadata')
export const METADATA_LIST = metadataOnly('PartialObjectMetadataList')

export const IN_PROTOBUF = { 'content-type': PROTOBUF }

const get = (path: string, headers: Record<string, string>): Asked => ({ request: `GET ${path}`, headers })
const write = (request: string, headers: Record<string, string>, body: unknown): Asked => ({ request, headers, body })
const OPTIONS = { kind: 'DeleteOptions', apiVersion: 'v1' }

export const listOf = (kind: string, apiVersion: string, items: readonly object[], more: object = {}): object => ({
  kind,
  apiVersion,
  metadata: { resourceVersion: REVISION, ...more },
  items,
})

/** Whoever asks for metadata gets that of the object, managed fields and all. */
export const onlyMetadata = (object: object): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: (object as { readonly metadata: object }).metadata,
})

const gone = (details: object): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { ...details, uid: UID },
})

const CONFIG_MAP = `${CONFIG_MAPS}/one`
const MINE = `fieldManager=${MANAGER}`
const SENT = { ...TYPED, ...IN_PROTOBUF }

const missing = failure(404, 'NotFound', 'configmaps "one" not found', { name: 'one', kind: 'configmaps' })
const ONE = [post(CONFIG_MAPS, configMap('one'))]
const A_WIDGET = [post(WIDGETS, widget('one'))]

const CONTROLLERS = '/api/v1/namespaces/ns/replicationcontrollers'
const CONTROLLER = {
  metadata: { name: 'one' },
  spec: {
    replicas: 2,
    selector: { a: 'b' },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
}

const wantScale = (replicas: number): object => ({
  kind: 'Scale',
  apiVersion: 'autoscaling/v1',
  metadata: metadata('one'),
  spec: { replicas },
  status: { replicas: 0, selector: 'a=b' },
})

const EVENT = {
  kind: 'Event',
  apiVersion: 'v1',
  metadata: { name: 'one.1', namespace: 'ns' },
  involvedObject: { kind: 'ConfigMap', namespace: 'ns', name: 'one', apiVersion: 'v1' },
  reason: 'Seen',
  message: 'it was seen',
  source: { component: 'app' },
  firstTimestamp: '2026-11-26T12:00:00Z',
  lastTimestamp: '2026-11-26T12:00:00Z',
  count: 1,
  type: 'Normal',
}
const FIELDS_OF_EVENT = {
  'f:count': {},
  'f:firstTimestamp': {},
  'f:involvedObject': {},
  'f:lastTimestamp': {},
  'f:message': {},
  'f:reason': {},
  'f:source': { 'f:component': {} },
  'f:type': {},
}

const typed: readonly Entry[] = [
  {
    what: 'a typed client creates',
    asked: write(`POST ${CONFIG_MAPS}`, SENT, configMap('one')),
    want: { status: 201, headers: IN_PROTOBUF, body: wantConfigMap('one') },
  },
  {
    what: 'a typed client gets',
    given: ONE,
    asked: get(CONFIG_MAP, TYPED),
    want: { status: 200, headers: IN_PROTOBUF, body: wantConfigMap('one') },
  },
  {
    what: 'controller-runtime gets',
    given: ONE,
    asked: get(CONFIG_MAP, OF_CONTROLLER_RUNTIME),
    want: { status: 200, headers: IN_PROTOBUF, body: wantConfigMap('one') },
  },
  {
    what: 'a typed client of JSON gets',
    given: ONE,
    asked: get(CONFIG_MAP, OF_JSON_CONFIG),
    want: { status: 200, body: wantConfigMap('one') },
  },
  {
    what: 'a typed client gets what is not there',
    asked: get(CONFIG_MAP, TYPED),
    want: { status: 404, headers: IN_PROTOBUF, body: missing },
  },
  {
    what: 'leader election takes a Lease, its micro times to the digit',
    given: [post(LEASES, lease('one'))],
    asked: ([one]) =>
      write(`PUT ${LEASES}/one`, SENT, {
        ...lease('one', 'me', { resourceVersion: revisionOf(one) }),
        spec: { holderIdentity: 'me', renewTime: '2026-11-26T12:00:02.000001Z', leaseTransitions: 0 },
      }),
    want: {
      status: 200,
      headers: IN_PROTOBUF,
      body: expect.objectContaining({
        kind: 'Lease',
        spec: { holderIdentity: 'me', renewTime: '2026-11-26T12:00:02.000001Z', leaseTransitions: 0 },
      }),
    },
  },
  {
    what: 'leader election comes too late',
    given: [post(LEASES, lease('one')), write(`PATCH ${LEASES}/one`, MERGE_PATCH, { spec: { leaseTransitions: 1 } })],
    asked: ([one]) => write(`PUT ${LEASES}/one`, SENT, lease('one', 'other', { resourceVersion: revisionOf(one) })),
    want: {
      status: 409,
      headers: IN_PROTOBUF,
      body: failure(
        409,
        'Conflict',
        'Operation cannot be fulfilled on leases.coordination.k8s.io "one": the object has been modified; ' +
          'please apply your changes to the latest version and try again',
        { name: 'one', group: 'coordination.k8s.io', kind: 'leases' },
      ),
    },
  },
  {
    what: 'a typed client creates what is invalid',
    asked: write(`POST ${CONFIG_MAPS}`, SENT, configMap('one', { '/': '1' })),
    want: {
      status: 422,
      headers: IN_PROTOBUF,
      body: invalid('ConfigMap', '', 'one', {
        reason: 'FieldValueInvalid',
        message:
          `Invalid value: "/": a valid config key must consist of alphanumeric characters, '-', '_' or '.' ` +
          `(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
        field: 'data[/]',
      }),
    },
  },
  {
    what: 'a typed client patches: in JSON, and reads protobuf',
    given: ONE,
    asked: write(`PATCH ${CONFIG_MAP}`, { ...TYPED, ...STRATEGIC_PATCH }, { data: { b: '2' } }),
    want: {
      status: 200,
      headers: IN_PROTOBUF,
      body: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: metadata('one', { managedFields: [managed('v1', { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } })] }),
        data: { a: '1', b: '2' },
      },
    },
  },
  {
    what: 'a typed client applies',
    asked: write(`PATCH ${CONFIG_MAP}?${MINE}&force=true`, { ...TYPED, ...APPLY_PATCH }, configMap('one')),
    want: {
      status: 201,
      headers: IN_PROTOBUF,
      body: {
        ...wantConfigMap('one'),
        metadata: metadata('one', {
          managedFields: [managed('v1', { 'f:data': { 'f:a': {} } }, { operation: 'Apply' })],
        }),
      },
    },
  },
  {
    what: 'a typed client deletes, its options in protobuf',
    given: ONE,
    asked: write(`DELETE ${CONFIG_MAP}`, SENT, { ...OPTIONS, propagationPolicy: 'Background' }),
    want: { status: 200, headers: IN_PROTOBUF, body: gone({ name: 'one', kind: 'configmaps' }) },
  },
  {
    what: 'a typed client deletes with another’s uid',
    given: ONE,
    asked: write(`DELETE ${CONFIG_MAP}`, SENT, { ...OPTIONS, preconditions: { uid: 'other' } }),
    want: {
      status: 409,
      headers: IN_PROTOBUF,
      body: failure(
        409,
        'Conflict',
        expect.stringMatching(
          'Operation cannot be fulfilled on ConfigMap "one": the UID in the precondition \\(other\\) does not match ' +
            'the UID in record \\([0-9a-f-]{36}\\)\\. The object might have been deleted and then recreated$',
        ) as string,
        { name: 'one', kind: 'ConfigMap' },
      ),
    },
  },
  {
    what: 'a typed client deletes a collection',
    given: ONE,
    asked: write(`DELETE ${CONFIG_MAPS}?labelSelector=a%21%3Db`, SENT, OPTIONS),
    want: {
      status: 200,
      headers: IN_PROTOBUF,
      body: listOf('ConfigMapList', 'v1', [untyped(wantConfigMap('one'))]),
    },
  },
  {
    what: 'a typed client records an event',
    asked: write('POST /api/v1/namespaces/ns/events', SENT, EVENT),
    want: {
      status: 201,
      headers: IN_PROTOBUF,
      body: { ...EVENT, metadata: metadata('one.1', { managedFields: [managed('v1', FIELDS_OF_EVENT)] }) },
    },
  },
  {
    what: 'the scale client reads a scale, in JSON',
    given: [post(CONTROLLERS, CONTROLLER)],
    asked: get(`${CONTROLLERS}/one/scale`, OF_JSON_CONFIG),
    want: { status: 200, body: wantScale(2) },
  },
  {
    what: 'the scale client scales',
    given: [post(CONTROLLERS, CONTROLLER)],
    asked: write(`PATCH ${CONTROLLERS}/one/scale`, { ...OF_JSON_CONFIG, ...MERGE_PATCH }, { spec: { replicas: 3 } }),
    want: { status: 200, body: wantScale(3) },
  },
  {
    what: 'controller-runtime evicts by a sub-resource',
    given: [post(PODS, { metadata: { name: 'one' }, spec: { containers: [{ name: 'c', image: 'i' }] } })],
    asked: write(`POST ${PODS}/one/eviction`, { ...OF_CONTROLLER_RUNTIME, ...IN_PROTOBUF }, {
      kind: 'Eviction',
      apiVersion: 'policy/v1',
      metadata: { name: 'one', namespace: 'ns' },
    }),
    want: {
      status: 201,
      headers: IN_PROTOBUF,
      body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    },
  },
]

const dynamic: readonly Entry[] = [
  {
    what: 'the dynamic client creates',
    asked: write(`POST ${WIDGETS}`, DYNAMIC, `${JSON.stringify(widget('one'))}\n`),
    want: { status: 201, body: wantWidget('one') },
  },
  {
    what: 'the dynamic client gets a built-in',
    given: ONE,
    asked: get(CONFIG_MAP, DYNAMIC),
    want: { status: 200, body: wantConfigMap('one') },
  },
  {
    what: 'the dynamic client updates',
    given: A_WIDGET,
    asked: ([one]) => write(`PUT ${WIDGETS}/one`, DYNAMIC, `${JSON.stringify(one)}\n`),
    want: { status: 200, body: wantWidget('one') },
  },
  {
    what: 'the dynamic client patches',
    given: A_WIDGET,
    asked: write(`PATCH ${WIDGETS}/one`, { ...DYNAMIC, ...MERGE_PATCH }, { spec: { size: 1 } }),
    want: { status: 200, body: wantWidget('one') },
  },
  {
    what: 'the dynamic client applies',
    asked: write(`PATCH ${WIDGETS}/one?${MINE}&force=false`, { ...DYNAMIC, ...APPLY_PATCH }, widget('one')),
    want: {
      status: 201,
      body: {
        ...wantWidget('one'),
        metadata: metadata('one', {
          generation: 1,
          managedFields: [managed('example.com/v1', { 'f:spec': { 'f:size': {} } }, { operation: 'Apply' })],
        }),
      },
    },
  },
  {
    what: 'the dynamic client deletes, its options in JSON',
    given: A_WIDGET,
    asked: write(`DELETE ${WIDGETS}/one`, DYNAMIC, `${JSON.stringify(OPTIONS)}\n`),
    want: { status: 200, body: gone({ name: 'one', group: 'example.com', kind: 'widgets' }) },
  },
  {
    what: 'controller-runtime asks for a custom resource of its own in protobuf or whatever there is',
    given: A_WIDGET,
    asked: get(`${WIDGETS}/one`, OF_CONTROLLER_RUNTIME),
    want: { status: 200, body: wantWidget('one') },
  },
]

const ofMetadata: readonly Entry[] = [
  {
    what: 'the metadata client gets',
    given: ONE,
    asked: get(CONFIG_MAP, METADATA),
    want: { status: 200, headers: IN_PROTOBUF, body: onlyMetadata(wantConfigMap('one')) },
  },
  {
    what: 'the metadata client gets a custom resource, in protobuf like any other',
    given: A_WIDGET,
    asked: get(`${WIDGETS}/one`, METADATA),
    want: { status: 200, headers: IN_PROTOBUF, body: onlyMetadata(wantWidget('one')) },
  },
  {
    // Of its alternatives the last has a form that a Status can have.
    what: 'the metadata client gets what is not there',
    asked: get(CONFIG_MAP, METADATA),
    want: { status: 404, body: missing },
  },
  {
    what: 'the metadata client patches',
    given: A_WIDGET,
    asked: write(`PATCH ${WIDGETS}/one`, { ...METADATA, ...MERGE_PATCH }, { metadata: { uid: null } }),
    want: { status: 200, headers: IN_PROTOBUF, body: onlyMetadata(wantWidget('one')) },
  },
  {
    // Its options are JSON, for definitions' sake; it takes what typed clients take.
    what: 'the metadata client deletes',
    given: ONE,
    asked: write(`DELETE ${CONFIG_MAP}`, { ...TYPED, 'content-type': JSON_TYPE }, OPTIONS),
    want: { status: 200, headers: IN_PROTOBUF, body: gone({ name: 'one', kind: 'configmaps' }) },
  },
  {
    what: 'the metadata client deletes a custom resource, of which there is no protobuf but of its Status',
    given: A_WIDGET,
    asked: write(`DELETE ${WIDGETS}/one`, { ...TYPED, 'content-type': JSON_TYPE }, OPTIONS),
    want: { status: 200, body: gone({ name: 'one', group: 'example.com', kind: 'widgets' }) },
  },
]

export const GO_CLIENTS: Table = {
  about: 'a client in Go:',
  upstream: [
    'k8s.io/client-go rest/request.go, gentype/type.go, dynamic/simple.go, metadata/metadata.go, scale/client.go',
    'sigs.k8s.io/controller-runtime pkg/client/apiutil/apimachinery.go',
    'k8s.io/apiserver pkg/endpoints/handlers/response.go',
  ],
  entries: [...typed, ...dynamic, ...ofMetadata],
}
