/**
 * Each verb × each kind of error: what is refused whatever one asks for, asked once in each way that one can ask. The
 * other tables have what only one verb knows; the corpus's own test compares all of them with what there can be.
 */
import { expect } from 'vitest'
import { OBJECT_SEATS } from '../../../../src/apiserver/operations/flow/flow-control.ts'
import { WATCH_WINDOW_MS } from '../../../../src/store/history/compact.ts'
import type { Asked, Entry, Table, VerbName } from '../entry.ts'
import {
  CONFIG_MAPS,
  MERGE_PATCH,
  NO_TURN,
  PARTIAL,
  PODS,
  WIDGETS,
  configMap,
  failure,
  post,
  revisionOf,
  unclassified,
} from '../entry.ts'
import { NO_METHOD, NO_PATH, PLAIN_TEXT, READABLE, TOO_LARGE, notRouted, unknownForm } from './refusal-texts.ts'

const EVE = { username: 'eve', groups: ['system:authenticated'] }
const ONE = `${CONFIG_MAPS}/one`
const NO_TYPE = failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})

/** One that succeeds where `one` is there, each; `create` makes another. */
const ASKED: Readonly<Record<VerbName, Asked>> = {
  get: { request: `GET ${ONE}` },
  list: { request: `GET ${CONFIG_MAPS}` },
  watch: { request: `GET ${CONFIG_MAPS}?watch=true` },
  create: post(CONFIG_MAPS, configMap('two')),
  update: { request: `PUT ${ONE}`, body: configMap('one', { a: '2' }) },
  patch: { request: `PATCH ${ONE}`, headers: MERGE_PATCH, body: { data: { a: '2' } } },
  delete: { request: `DELETE ${ONE}` },
  deletecollection: { request: `DELETE ${CONFIG_MAPS}` },
}
const VERBS = Object.keys(ASKED) as VerbName[]
const OF_ONE: readonly VerbName[] = ['get', 'update', 'patch', 'delete']
const WITH_BODY: readonly VerbName[] = ['create', 'update', 'patch', 'delete', 'deletecollection']

const given = [post(CONFIG_MAPS, configMap('one'))]

function row(verb: VerbName, what: string, change: (asked: Asked) => Asked, want: Entry['want']): Entry {
  return { what: `${verb}: ${what}`, given, asked: change(ASKED[verb]), want }
}

const withQuery = (more: string) => (asked: Asked): Asked => ({
  ...asked,
  request: `${asked.request}${asked.request.includes('?') ? '&' : '?'}${more}`,
})
const elsewhere = (from: string, to: string) => (asked: Asked): Asked => ({
  ...asked,
  request: asked.request.replace(from, to),
})
const withHeaders = (headers: Record<string, string>) => (asked: Asked): Asked => ({
  ...asked,
  headers: { ...asked.headers, ...headers },
})
const withBody = (body: unknown, headers: Record<string, string> = {}) => (asked: Asked): Asked => ({
  ...withHeaders(headers)(asked),
  body,
})

const STREAMS = ', application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'
const LARGE = configMap('one', { a: 'x'.repeat(3_145_729) })
const isRead = (verb: VerbName): boolean => verb === 'list' || verb === 'watch'

const unauthorized = VERBS.map((verb) =>
  row(verb, 'of nobody', (asked) => ({ ...asked, token: 'nonsense' }), {
    status: 401,
    headers: NO_TURN,
    body: failure(401, 'Unauthorized', 'Unauthorized'),
  }),
)

const forbidden = VERBS.map((verb) => {
  const name = OF_ONE.includes(verb) ? { name: 'one' } : {}
  const subject = OF_ONE.includes(verb) ? 'configmaps "one"' : 'configmaps'
  const why = `User "eve" cannot ${verb} resource "configmaps" in API group "" in the namespace "ns"`
  return row(verb, 'of whoever may not', (asked) => ({ ...asked, user: EVE }), {
    status: 403,
    headers: { 'x-content-type-options': 'nosniff' },
    body: failure(403, 'Forbidden', `${subject} is forbidden: ${why}`, { ...name, kind: 'configmaps' }),
  })
})

const notFound = [
  // An update makes a ConfigMap that is not there.
  ...(['get', 'patch', 'delete'] as const).map((verb) =>
    row(verb, 'of what is not there', elsewhere('/one', '/none'), {
      status: 404,
      body: failure(404, 'NotFound', 'configmaps "none" not found', { name: 'none', kind: 'configmaps' }),
    }),
  ),
  row('create', 'in a namespace that is not there', elsewhere('/ns/', '/nowhere/'), {
    status: 404,
    body: failure(404, 'NotFound', 'namespaces "nowhere" not found', { name: 'nowhere', kind: 'namespaces' }),
  }),
  ...VERBS.map((verb) =>
    row(verb, 'of no resource', elsewhere('/configmaps', '/things'), { status: 404, body: NO_PATH }),
  ),
]

/** The router knows addresses, methods and types of patches before it looks at this. */
const UNREADABLE = { accept: 'text/html' }
const REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews'
const notAllowed = (
  [
    ['get', `GET ${PODS}/one/eviction`],
    ['list', `GET ${REVIEWS}`],
    ['watch', `GET ${REVIEWS}?watch=true`],
    ['create', `POST ${ONE}`],
    ['update', `PUT ${CONFIG_MAPS}`],
    ['patch', `PATCH ${CONFIG_MAPS}`],
    ['delete', `DELETE ${PODS}/one/binding`],
    ['deletecollection', 'DELETE /api/v1/namespaces'],
  ] as const
).map(([verb, request]) =>
  row(verb, 'of what does not know it, whatever is accepted', (asked) => ({ ...asked, request, headers: UNREADABLE }), {
    status: 405,
    body: NO_METHOD,
  }),
)

const notAcceptable = VERBS.map((verb) =>
  row(verb, 'for whoever reads nothing that is written', withHeaders(UNREADABLE), {
    status: 406,
    body: notRouted(`${READABLE}${isRead(verb) ? STREAMS : ''}`),
  }),
)

const unrouted: readonly Entry[] = [
  row('get', 'of a part that there is none of, whatever is accepted', (asked) => ({ ...asked, request: `GET ${ONE}/status`, headers: UNREADABLE }), {
    status: 404,
    body: NO_PATH,
  }),
  row('patch', 'of no type, whatever is accepted', withHeaders({ 'content-type': 'application/json', ...UNREADABLE }), {
    status: 415,
    body: NO_TYPE,
  }),
  row('get', 'of a log, which is text as well', (asked) => ({ ...asked, request: `GET ${PODS}/one/log`, headers: UNREADABLE }), {
    status: 406,
    headers: NO_TURN,
    body: notRouted(`text/plain, ${READABLE}`),
  }),
]

const tooLarge = WITH_BODY.map((verb) =>
  row(verb, 'with a body over 3 MiB', withBody(LARGE), { status: 413, body: TOO_LARGE }),
)

const unsupported = WITH_BODY.map((verb) =>
  row(verb, 'with a body that nobody reads', withBody('a=1', { 'content-type': 'text/plain' }), {
    status: 415,
    body: verb === 'patch' ? NO_TYPE : unknownForm(READABLE),
  }),
)

const NO_JSON = 'unexpected end of JSON input'
const NO_VERSION_KIND = `couldn't get version/kind; json parse error: ${NO_JSON}`
const BREAKS_OFF: Partial<Record<VerbName, string>> = {
  patch: `error decoding patch: ${NO_JSON}`,
  delete: NO_VERSION_KIND,
  deletecollection: NO_VERSION_KIND,
}
const OF_CONFIG_MAP = `the object provided is unrecognized (must be of type ConfigMap): ${NO_VERSION_KIND} ({)`
const unreadable = WITH_BODY.map((verb) =>
  row(verb, 'with a body that breaks off', withBody('{'), {
    status: 400,
    body: failure(400, 'BadRequest', BREAKS_OFF[verb] ?? OF_CONFIG_MAP),
  }),
)

/** Watches are long-running: nobody looks at how much time they are given. */
const untimely = VERBS.filter((verb) => verb !== 'watch').map((verb) =>
  row(verb, 'in a time that is none', withQuery('timeout=x'), {
    status: 400,
    headers: NO_TURN,
    body: failure(400, 'BadRequest', 'invalid timeout specified in the request URL - time: invalid duration "x"'),
  }),
)

/** The first that is none is told, in the order in which upstream declares them. */
const countless = (['list', 'watch', 'deletecollection'] as const).map((verb) =>
  row(verb, 'with numbers that are none', withQuery('limit=many&timeoutSeconds=few'), {
    status: 400,
    body: failure(400, 'BadRequest', 'strconv.ParseInt: parsing "few": invalid syntax'),
  }),
)

const OPTIONS: Partial<Record<VerbName, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}
const ONLY_ALL = 'Unsupported value: ["Some"]: supported values: "All"'
const invalidOptions = WITH_BODY.map((verb) => {
  const kind = OPTIONS[verb] ?? ''
  return row(verb, 'with an option that has no such value', withQuery('dryRun=Some'), {
    status: 422,
    body: failure(422, 'Invalid', `${kind}.meta.k8s.io "" is invalid: dryRun: ${ONLY_ALL}`, {
      group: 'meta.k8s.io',
      kind,
      causes: [{ reason: 'FieldValueNotSupported', message: ONLY_ALL, field: 'dryRun' }],
    }),
  })
})

const crowded = VERBS.map((verb) => ({
  ...row(verb, 'beside more than there is room for', (asked) => ({ ...asked, user: EVE }), {
    status: 429,
    headers: { ...PLAIN_TEXT, 'cache-control': 'no-cache, private', 'retry-after': '1' },
    body: 'Too many requests, please try again later.\n',
  }),
  beside: Array.from({ length: OBJECT_SEATS }, () => ({ request: `GET ${ONE}`, user: EVE })),
}))

const NO_UINT = 'strconv.ParseUint: parsing "x": invalid syntax'
const unversioned = [
  ...(['get', 'watch'] as const).map((verb) =>
    row(verb, 'at a version that is none', withQuery('resourceVersion=x'), {
      status: 500,
      body: unclassified(`resourceVersion: Invalid value: "x": ${NO_UINT}`),
    }),
  ),
  ...(['list', 'deletecollection'] as const).map((verb) =>
    row(verb, 'at a version that is none', withQuery('resourceVersion=x'), {
      status: 400,
      body: failure(400, 'BadRequest', `invalid resource version: resourceVersion: Invalid value: "x": ${NO_UINT}`),
    }),
  ),
  ...(['update', 'patch'] as const).map((verb) =>
    row(verb, 'of a version that is none', withBody({ metadata: { name: 'one', resourceVersion: 'x' } }), {
      status: 500,
      body: unclassified(NO_UINT),
    }),
  ),
  row('create', 'with a version', withBody(configMap('two', {}, { resourceVersion: '5' })), {
    status: 500,
    body: unclassified('resourceVersion should not be set on objects to be created'),
  }),
]

const REMOTE = '/apis/remote.example.com/v1'
const UNREACHED = post('/apis/apiregistration.k8s.io/v1/apiservices', {
  metadata: { name: 'v1.remote.example.com' },
  spec: {
    group: 'remote.example.com',
    version: 'v1',
    groupPriorityMinimum: 1_000,
    versionPriority: 10,
    insecureSkipTLSVerify: true,
    service: { namespace: 'ns', name: 'nobody' },
  },
})
const unavailable = VERBS.map((verb) => ({
  ...row(verb, 'of a server that is not there', elsewhere('/api/v1', REMOTE), {
    status: 503,
    headers: PLAIN_TEXT,
    body: 'service unavailable\n',
  }),
  given: [UNREACHED],
}))

const FUTURE = 'Timeout: Too large resource version: 999999, current: '
const early = (['get', 'list', 'deletecollection'] as const).map((verb) =>
  row(verb, 'at a version that is not there yet', withQuery('resourceVersion=999999'), {
    status: 504,
    headers: { 'retry-after': '1' },
    body: {
      ...failure(504, 'Timeout', '', {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      }),
      message: expect.stringMatching(new RegExp(`^${FUTURE}\\d+$`)) as unknown,
    },
  }),
)

const misdirected = row('update', 'with options of a request', withBody({ kind: 'DeleteOptions', apiVersion: 'v1' }), {
  status: 400,
  body: failure(
    400,
    'BadRequest',
    'DeleteOptions in version "v1" cannot be handled as a ConfigMap: converting (v1.DeleteOptions) to (core.ConfigMap): ' +
      'unknown conversion',
  ),
})

const WIDGET = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one' } }
const unregistered = (
  [
    [CONFIG_MAPS, 'ConfigMap', 'pkg/api/legacyscheme/scheme.go:30'],
    [
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      'CustomResourceDefinition',
      'k8s.io/apiextensions-apiserver/pkg/apiserver/apiserver.go:55',
    ],
  ] as const
).map(([path, kind, registry]): Entry => ({
  what: `create: of a ${kind} that is a custom resource, which its registry does not have`,
  asked: post(path, WIDGET),
  want: {
    status: 400,
    body: failure(
      400,
      'BadRequest',
      `Widget in version "v1" cannot be handled as a ${kind}: no kind "Widget" is registered for version ` +
        `"example.com/v1" in scheme "${registry}"`,
    ),
  },
}))

const misshapen: Entry = {
  what: 'list: of custom resources as the metadata of one',
  asked: { request: `GET ${WIDGETS}`, headers: PARTIAL },
  want: {
    status: 406,
    body: failure(
      406,
      'NotAcceptable',
      'you requested PartialObjectMetadata, but the requested object is a list (*unstructured.UnstructuredList)',
    ),
  },
}

const ANOTHER: unknown = expect.stringMatching(
  /^Operation cannot be fulfilled on ConfigMap "one": the UID in the precondition \(other\) does not match the UID in /,
)
const another = row('deletecollection', 'of another object than is there', withQuery('uid=other'), {
  status: 409,
  body: failure(
    409,
    'Conflict',
    ANOTHER as string,
    { name: 'one', kind: 'ConfigMap' },
  ),
})

const forgotten: Entry = {
  what: 'deletecollection: at a version that nobody remembers',
  given: [...given, { request: `DELETE ${ONE}` }],
  passes(world) {
    world.clock.advance(WATCH_WINDOW_MS + 1)
    world.api.compact('ns')
  },
  asked: ([one]) => withQuery(`resourceVersion=${revisionOf(one)}&resourceVersionMatch=Exact`)(ASKED.deletecollection),
  want: { status: 410, body: failure(410, 'Expired', 'The resourceVersion for the provided list is too old.') },
}

export const EVERY_VERB: Table = {
  about: 'whatever the verb, a request',
  upstream: [
    'k8s.io/apiserver pkg/endpoints/handlers/{create,delete,get,patch,update,watch}.go',
    'k8s.io/apiserver pkg/endpoints/filters/{authentication,authorization,request_deadline}.go',
    'k8s.io/apiserver pkg/server/filters/priority-and-fairness.go',
    'k8s.io/apiserver pkg/endpoints/handlers/negotiation/{errors,negotiate}.go, responsewriters/{errors,status}.go',
    'k8s.io/apimachinery pkg/api/errors/errors.go, pkg/apis/meta/v1/validation/validation.go',
    'k8s.io/apiserver pkg/storage/{errors,api_object_versioner}.go, pkg/storage/etcd3/store.go',
    'github.com/emicklei/go-restful {jsr311,route}.go',
  ],
  entries: [
    ...unauthorized,
    ...forbidden,
    ...notFound,
    ...notAllowed,
    ...notAcceptable,
    ...unrouted,
    misdirected,
    ...unregistered,
    misshapen,
    ...tooLarge,
    ...unsupported,
    ...unreadable,
    ...untimely,
    ...countless,
    another,
    ...invalidOptions,
    ...crowded,
    ...unversioned,
    ...unavailable,
    ...early,
    forgotten,
  ],
}
