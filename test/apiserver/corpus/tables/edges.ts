/** Requests as clients send them by mistake or by habit, of all verbs: what is let pass, and in which words it is not. */
import type { Asked, Entry, Table } from '../entry.ts'
import { expect } from 'vitest'
import {
  CONFIG_MAPS,
  JSON_PATCH,
  LEASES,
  MERGE_PATCH,
  NO_TURN,
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
  wantConfigMap,
  widget,
} from '../entry.ts'

const ONE = `${CONFIG_MAPS}/one`
const GIVEN = [post(CONFIG_MAPS, configMap('one'))]
const SERVICES = '/api/v1/namespaces/ns/services'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/ns/deployments'
const ENDPOINTS = '/api/v1/namespaces/ns/endpoints'
const DEPRECATED = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"'

type Headers = Readonly<Record<string, string | null>>

/** A row whose answer is a Status. */
function refused(what: string, asked: Asked, body: object, headers: Headers = {}): Entry {
  return { what, given: GIVEN, asked, want: { status: (body as { code: number }).code, body, headers } }
}

const bad = (message: string): object => failure(400, 'BadRequest', message)
const NOT_FOUND = failure(404, 'NotFound', 'the server could not find the requested resource', {})
const tooLarge = (message: unknown): object =>
  failure(504, 'Timeout', message as string, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })

/** Headers are bytes of UTF-8. */
const bytesOf = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text))

const token = (value: object): string => btoa(JSON.stringify(value)).replaceAll(/=+$/g, '')

const PARTIAL_OBJECT = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
const names = (wanted: readonly string[]): object => ({
  kind: 'PartialObjectMetadataList',
  apiVersion: 'meta.k8s.io/v1',
  metadata: { resourceVersion: REVISION },
  items: wanted.map((name) => ({ ...PARTIAL_OBJECT, metadata: expect.objectContaining({ name }) as unknown })),
})

const patch = (headers: Record<string, string>, body: unknown, path = ONE): Asked => ({
  request: `PATCH ${path}`,
  headers,
  body,
})

const invalidPatch = (message: string, whole = ` "" is invalid: patch: ${message}`): object =>
  failure(422, 'Invalid', whole, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  })

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
}

/** What a strategic patch says of a value of the wrong type: only what met what. `shown`: the patch, as Go prints it. */
function inconvertible(body: object, shown: string, why: string): Entry {
  const message = `Invalid value: ${JSON.stringify(shown)}: ${why}`
  return {
    what: `cannot convert ${shown}`,
    given: [post(DEPLOYMENTS, DEPLOYMENT)],
    asked: patch(STRATEGIC_PATCH, body, `${DEPLOYMENTS}/web`),
    want: { status: 422, body: invalidPatch(message) },
  }
}

/** The object that the patch would have made stands before it. */
const SOME_POD = expect.stringMatching(
  /: no kind "Pod" is registered for version "coordination\.k8s\.io\/v1" in scheme "pkg\/api\/legacyscheme\/scheme\.go:30"$/,
) as string

const ON_PATCHES: readonly Entry[] = [
  refused(
    'patches no Service that is not there',
    patch(MERGE_PATCH, {}, `${SERVICES}/none`),
    failure(404, 'NotFound', 'services "none" not found', { name: 'none', kind: 'services' }),
  ),
  refused(
    'takes null for an operation that does not apply',
    patch(JSON_PATCH, '[null]'),
    failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {}),
  ),
  ...[JSON_PATCH, STRATEGIC_PATCH].map((headers): Entry => ({
    what: `takes null for nothing to do: ${headers['content-type']}`,
    given: GIVEN,
    asked: patch(headers, 'null'),
    want: { status: 200, body: wantConfigMap('one') },
  })),
  refused('takes null for no merge patch', patch(MERGE_PATCH, 'null'), bad('Invalid JSON Patch')),
  inconvertible({ spec: { replicas: '3' } }, 'map[spec:map[replicas:3]]', 'unrecognized type: int32'),
  inconvertible({ spec: { replicas: 1.5 } }, 'map[spec:map[replicas:1.5]]', 'cannot convert float64 to int32'),
  inconvertible({ spec: { template: 'x' } }, 'map[spec:map[template:x]]', 'cannot restore struct from: string'),
  inconvertible({ spec: { selector: { matchExpressions: {} } } },
    'map[spec:map[selector:map[matchExpressions:map[]]]]', 'cannot restore slice from map'),
  inconvertible({ metadata: { labels: { a: 5 } } }, 'map[metadata:map[labels:map[a:5]]]',
    'cannot convert int64 to string'),
  inconvertible({ metadata: { labels: ['a'] } }, 'map[metadata:map[labels:[a]]]', 'cannot restore map from slice'),
  {
    what: 'makes no other kind of an object',
    given: [post(LEASES, lease('one'))],
    asked: patch(MERGE_PATCH, { kind: 'Pod' }, `${LEASES}/one`),
    want: {
      status: 422,
      body: invalidPatch(SOME_POD, SOME_POD),
    },
  },
]

const DELETE_REGISTRY = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'

const UID_CONFLICT = expect.stringMatching(
  /^Operation cannot be fulfilled on ConfigMap "one": the UID in the precondition \(other\) does not match the UID in /,
) as string

const otherKind = (group: string, kind: string, cause: { field: string; message: string }): object =>
  invalid(kind, group, 'one', { reason: 'FieldValueInvalid', ...cause })

const NO_VERSION = "Object 'apiVersion' is missing in 'object has no apiVersion field'"

/** Custom resources are told apart from others by what they say, at validation. */
const ON_CUSTOM_RESOURCES: readonly Entry[] = [
  {
    what: 'patches no custom resource into another kind',
    given: [post(WIDGETS, widget('one'))],
    asked: patch(MERGE_PATCH, { kind: 'Pod' }, `${WIDGETS}/one`),
    want: {
      status: 422,
      body: otherKind('example.com', 'Pod', { field: 'kind', message: 'Invalid value: "Pod": must be Widget' }),
    },
  },
  {
    what: 'patches no custom resource into another version',
    given: [post(WIDGETS, widget('one'))],
    asked: patch(MERGE_PATCH, { apiVersion: 'apps/v1' }, `${WIDGETS}/one`),
    want: {
      status: 422,
      body: otherKind('apps', 'Widget', {
        field: 'apiVersion',
        message: 'Invalid value: "apps/v1": must be example.com/v1',
      }),
    },
  },
  ...[null, '', '/'].map((apiVersion): Entry => ({
    what: `patches no custom resource into one of version ${String(apiVersion)}`,
    given: [post(WIDGETS, widget('one'))],
    asked: patch(MERGE_PATCH, { apiVersion, kind: 'Pod' }, `${WIDGETS}/one`),
    want: {
      status: 500,
      body: failure(500, 'InternalError', `Internal error occurred: ${NO_VERSION}`, { causes: [{ message: NO_VERSION }] }),
    },
  })),
  ...[`${WIDGETS}/one`, `${LEASES}/one`].map((path): Entry => ({
    what: `wants its version back from whoever takes it out of ${path}`,
    given: [post(WIDGETS, widget('one')), post(LEASES, lease('one'))],
    asked: patch(MERGE_PATCH, { metadata: { resourceVersion: null, labels: { a: 'b' } } }, path),
    want: {
      status: 422,
      body: expect.objectContaining({
        message: expect.stringMatching(
          /"one" is invalid: metadata\.resourceVersion: Invalid value: 0: must be specified for an update$/,
        ) as unknown,
      }) as object,
    },
  })),
]

const ON_DELETES: readonly Entry[] = [
  {
    what: 'does not care what a body would be that is not there',
    given: GIVEN,
    asked: { request: `DELETE ${ONE}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    want: {
      status: 200,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'one', kind: 'configmaps', uid: UID },
      },
    },
  },
  refused(
    'deletes by no other kind of options',
    { request: `DELETE ${ONE}`, body: { kind: 'Pod', apiVersion: 'v1' } },
    bad(`no kind "Pod" is registered for version "v1" in scheme "${DELETE_REGISTRY}"`),
  ),
  refused(
    'deletes by options of no version that cannot be',
    { request: `DELETE ${ONE}`, body: { kind: 'DeleteOptions', apiVersion: 'v1/x/y' } },
    bad('unexpected GroupVersion string: v1/x/y'),
  ),
  {
    what: 'takes preconditions from the query, too',
    given: GIVEN,
    asked: { request: `DELETE ${ONE}?uid=other` },
    want: { status: 409, body: failure(409, 'Conflict', UID_CONFLICT, { name: 'one', kind: 'ConfigMap' }) },
  },
]

const ON_BODIES: readonly Entry[] = [
  refused(
    'creates no list',
    post(CONFIG_MAPS, { kind: 'List', apiVersion: 'v1', items: [] }),
    bad('List in version "v1" cannot be handled as a ConfigMap: ' +
      'converting (v1.List) to (core.ConfigMap): unknown conversion'),
  ),
  ...['Status', 'APIGroup'].map((kind) =>
    refused(
      `creates no ${kind}, which is the same in every version`,
      post(CONFIG_MAPS, { kind, apiVersion: 'apps/v1' }),
      bad(`${kind} in version "v1" cannot be handled as a ConfigMap: ` +
        `converting (v1.${kind}) to (core.ConfigMap): unknown conversion`),
    )),
  ...[['autoscaling/v1', 'Scale'], ['v1', 'PodExecOptions'], ['policy/v1', 'Eviction']].map(([apiVersion, kind = '']) =>
    refused(
      `creates no ${kind}, which is a part of others`,
      post(CONFIG_MAPS, { kind, apiVersion }),
      bad(`${kind} in version "v1" cannot be handled as a ConfigMap: ` +
        `converting (v1.${kind}) to (core.ConfigMap): unknown conversion`),
    )),
  refused(
    'deletes by no Status',
    { request: `DELETE ${ONE}`, body: { kind: 'Status', apiVersion: 'v1' } },
    bad('converting (v1.Status) to (v1.DeleteOptions): unknown conversion'),
  ),
  refused(
    'creates nothing of a type with broken parameters',
    post(CONFIG_MAPS, configMap('two'), { headers: { 'content-type': 'application/json;a' } }),
    failure(415, 'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: ' +
        'application/json, application/yaml, application/vnd.kubernetes.protobuf'),
  ),
  {
    what: 'forgets what a new object cannot have, and owns none of it',
    asked: post(CONFIG_MAPS, configMap('two', { a: '1' }, {
      selfLink: '/x', deletionTimestamp: '2001-01-01T00:00:00Z', deletionGracePeriodSeconds: 5,
    })),
    want: { status: 201, body: wantConfigMap('two') },
  },
  {
    what: 'shows the self link of an update that is only tried, as nothing is stored',
    given: GIVEN,
    asked: { request: `PUT ${ONE}?dryRun=All`, body: configMap('one', { b: '2' }, { selfLink: '/x' }) },
    want: {
      status: 200,
      body: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: metadata('one', {
          selfLink: '/x', managedFields: [managed('v1', { 'f:data': { '.': {}, 'f:b': {} } })],
        }),
        data: { b: '2' },
      },
    },
  },
  {
    what: 'keeps no self link of an update',
    given: GIVEN,
    asked: { request: `PUT ${ONE}`, body: configMap('one', { b: '2' }, { selfLink: '/x' }) },
    want: {
      status: 200,
      body: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: metadata('one', { managedFields: [managed('v1', { 'f:data': { '.': {}, 'f:b': {} } })] }),
        data: { b: '2' },
      },
    },
  },
  {
    what: 'does not look at the version of what is only tried',
    asked: post(`${CONFIG_MAPS}?dryRun=All`, configMap('two', { a: '1' }, { resourceVersion: '5' })),
    want: {
      status: 201,
      body: expect.objectContaining({ kind: 'ConfigMap', data: { a: '1' } }) as object,
    },
  },
  refused(
    'warns of what it refuses as well',
    post(CONFIG_MAPS, { ...configMap('-'), spec: {} }),
    invalid('ConfigMap', '', '-', {
      reason: 'FieldValueInvalid',
      message:
        'Invalid value: "-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, ' +
        "'-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for " +
        "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      field: 'metadata.name',
    }),
    { warning: '299 - "unknown field \\"spec\\""' },
  ),
]

const ON_READS: readonly Entry[] = [
  refused(
    'warns of an old kind whatever it answers',
    { request: `GET ${ENDPOINTS}/none` },
    failure(404, 'NotFound', 'endpoints "none" not found', { name: 'none', kind: 'endpoints' }),
    { warning: DEPRECATED },
  ),
  refused('looks at a token before it looks at a version', { request: `GET ${CONFIG_MAPS}?continue=junk&resourceVersion=x` },
    bad("invalid continue token: continue key is not valid: invalid character '\\u008e' looking for beginning of value")),
  refused(
    'takes no version beside a token, whatever it is',
    { request: `GET ${CONFIG_MAPS}?continue=${token({ v: 'meta.k8s.io/v1', rv: 1, start: 'a' })}&resourceVersion=x` },
    bad('specifying resource version is not allowed when using continue'),
  ),
  {
    what: 'goes on with no list of the future',
    given: GIVEN,
    asked: { request: `GET ${CONFIG_MAPS}?continue=${token({ v: 'meta.k8s.io/v1', rv: 1_000_000, start: 'a' })}` },
    want: { status: 504, headers: { 'retry-after': '1' }, body: tooLarge(expect.stringMatching(/^Timeout: Too large resource version: 1000000, current: \d+$/)) },
  },
  {
    what: 'gives whoever takes any state all of it, however few were asked for',
    given: [...GIVEN, post(CONFIG_MAPS, configMap('two'))],
    asked: ([, made]) => ({
      request: `GET ${CONFIG_MAPS}?limit=1&resourceVersion=0&continue=` +
        token({ v: 'meta.k8s.io/v1', rv: Number(revisionOf(made)), start: 'a' }),
      headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
    }),
    want: { status: 200, body: names(['one', 'two']) },
  },
  {
    what: 'asks nothing of a field without a name and a value',
    given: GIVEN,
    asked: {
      request: `GET ${CONFIG_MAPS}?fieldSelector=%3D`,
      headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
    },
    want: { status: 200, body: names(['one']) },
  },
  refused('deletes nothing in an empty namespace', { request: 'DELETE /api/v1/namespaces//configmaps' },
    bad('Namespace parameter required.')),
  refused('watches no subresource', { request: `GET /api/v1/watch/namespaces/ns/pods/one/status` }, NOT_FOUND),
  refused('proxies to no Service that is not there', { request: `GET ${SERVICES}/none/proxy/` },
    failure(404, 'NotFound', 'services "none" not found', { name: 'none', kind: 'services' }), NO_TURN),
  {
    what: 'proxies to no port that a Service has not',
    given: [post(SERVICES, { metadata: { name: 'one' }, spec: { ports: [{ port: 80 }] } })],
    asked: { request: `GET ${SERVICES}/one:81/proxy/` },
    want: {
      status: 503,
      headers: NO_TURN,
      body: failure(503, 'ServiceUnavailable', 'no service port 81 found for service "one"'),
    },
  },
  {
    what: 'binds no pod that has its node',
    given: [
      post(PODS, { metadata: { name: 'one' }, spec: { nodeName: 'a', containers: [{ name: 'c', image: 'i' }] } }),
    ],
    asked: post(`${PODS}/one/binding`, { metadata: { name: 'one' }, target: { kind: 'Node', name: 'b' } }),
    want: {
      status: 409,
      body: failure(
        409,
        'Conflict',
        'Operation cannot be fulfilled on pods/binding "one": pod one is already assigned to node "a"',
        { name: 'one', kind: 'pods/binding' },
      ),
    },
  },
  ...[
    ['junk', 'time: invalid duration "junk"'],
    ['10', 'time: missing unit in duration "10"'],
    ['1y', 'time: unknown unit "y" in duration "1y"'],
    ['%C3%A9', String.raw`time: invalid duration "\xc3\xa9"`],
    ['1%22%01', String.raw`time: unknown unit "\"\x01" in duration "1\"\x01"`],
  ].map(([timeout = '', why = '']) =>
    refused(`waits for no ${timeout}`, { request: `GET ${PODS}?timeout=${timeout}` },
      bad(`invalid timeout specified in the request URL - ${why}`), NO_TURN)),
]

const UNSPEAKABLE: Entry = {
  what: 'with names of unknown fields that no header could carry, which are quoted as Go quotes',
  asked: post(CONFIG_MAPS, String.raw`{"metadata":{"name":"two"},"data":{"a":"1"},"\u0000\t€\"":1}`),
  want: {
    status: 201,
    headers: { warning: bytesOf(String.raw`299 - "unknown field \"\\x00\\t€\\\"\""`) },
    body: wantConfigMap('two'),
  },
}

export const EDGES: Table = {
  about: 'a request out of the ordinary',
  upstream: [
    'k8s.io/apiserver pkg/endpoints/handlers/{create,delete,get,patch,rest}.go, pkg/endpoints/filters/request_deadline.go',
    'k8s.io/kubernetes pkg/registry/core/{service,pod}/storage/storage.go',
    'k8s.io/apiserver pkg/endpoints/filters/warning.go (warnings of refusals), pkg/registry/rest/{create,update,meta}.go',
    'k8s.io/apiserver pkg/storage/interfaces.go (ValidateListOptions), pkg/storage/cacher/delegator',
    'k8s.io/apimachinery pkg/runtime/converter.go, pkg/fields/selector.go, pkg/apis/meta/v1/conversion.go',
    'github.com/evanphx/json-patch patch.go',
  ],
  entries: [UNSPEAKABLE, ...ON_BODIES, ...ON_CUSTOM_RESOURCES, ...ON_PATCHES, ...ON_DELETES, ...ON_READS],
}
