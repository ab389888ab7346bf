/** Requests that come to nothing whatever the verb: rights, addresses, methods, forms, sizes, and a budget. */
import { expect } from 'vitest'
import { OBJECT_SEATS } from '../../../../src/apiserver/operations/flow/flow-control.ts'
import type { Asked, Entry, Table } from '../entry.ts'
import { NO_METHOD, NO_PATH, PLAIN_TEXT, READABLE, TOO_LARGE, notRouted, unknownForm } from './refusal-texts.ts'
import {
  CONFIG_MAPS,
  LEASES,
  MERGE_PATCH,
  NO_TURN,
  PODS,
  PRIORITY_CLASSES,
  WIDGETS,
  configMap,
  failure,
  post,
  priorityClass,
  widget,
} from '../entry.ts'

const EVE = { username: 'eve', groups: ['system:authenticated'] }

const forbidden = (request: string, message: string, details: object, body?: unknown): Entry => ({
  what: `forbids ${request}`,
  asked: { request, user: EVE, ...(body === undefined ? {} : { body }) },
  want: { status: 403, body: failure(403, 'Forbidden', message, details) },
})

const cannot = (verb: string, resource: string, group: string, where: string): string =>
  `User "eve" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`
const IN_NS = 'in the namespace "ns"'
const cannotAtCluster = (verb: string): string =>
  cannot(verb, 'priorityclasses', 'scheduling.k8s.io', 'at the cluster scope')

const entry = (
  what: string,
  asked: Asked,
  status: number,
  body: unknown,
  headers?: Record<string, string | null>,
): Entry => ({
  what,
  asked,
  want: { status, body, ...(headers === undefined ? {} : { headers }) },
})

const notAcceptable = (types: string): object =>
  failure(406, 'NotAcceptable', `only the following media types are accepted: ${types}`)

const LARGE = 'x'.repeat(3_145_729)

const BUDGETS = '/apis/policy/v1/namespaces/ns/poddisruptionbudgets'
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'budget' },
  spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
}
const RUNNING_POD: readonly Asked[] = [
  post(PODS, {
    metadata: { name: 'one', labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  }),
  {
    request: `PATCH ${PODS}/one/status`,
    headers: MERGE_PATCH,
    body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
  },
  post(BUDGETS, budget),
]
const EVICTION = post(`${PODS}/one/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'one' } })
const EVICTED = "Cannot evict pod as it would violate the pod's disruption budget."

export const REFUSALS: Table = {
  about: 'a refusal',
  upstream: [
    'k8s.io/apiserver pkg/endpoints/handlers/responsewriters/{errors,status}.go',
    'k8s.io/apiserver pkg/endpoints/handlers/negotiation/{errors,negotiate}.go, pkg/endpoints/handlers/namer.go',
    'k8s.io/apiserver pkg/server/{config,handler}.go, github.com/emicklei/go-restful {jsr311,route}.go',
    'k8s.io/apiserver pkg/util/notfoundhandler/not_found_handler.go',
    'k8s.io/apimachinery pkg/api/errors/errors.go',
    'k8s.io/apiserver pkg/server/filters/{longrunning,priority-and-fairness}.go, pkg/endpoints/filters/authentication.go',
    'k8s.io/apiextensions-apiserver pkg/apiserver/customresource_handler.go',
    'k8s.io/kubernetes pkg/registry/core/pod/storage/eviction.go',
  ],
  entries: [
    forbidden(`GET ${CONFIG_MAPS}/one`, `configmaps "one" is forbidden: ${cannot('get', 'configmaps', '', IN_NS)}`, {
      name: 'one',
      kind: 'configmaps',
    }),
    forbidden(
      `GET ${LEASES}`,
      `leases.coordination.k8s.io is forbidden: ${cannot('list', 'leases', 'coordination.k8s.io', IN_NS)}`,
      { group: 'coordination.k8s.io', kind: 'leases' },
    ),
    forbidden(
      `GET ${PRIORITY_CLASSES}?watch=true`,
      `priorityclasses.scheduling.k8s.io is forbidden: ${cannotAtCluster('watch')}`,
      { group: 'scheduling.k8s.io', kind: 'priorityclasses' },
    ),
    forbidden(
      `POST ${PRIORITY_CLASSES}`,
      `priorityclasses.scheduling.k8s.io is forbidden: ${cannotAtCluster('create')}`,
      { group: 'scheduling.k8s.io', kind: 'priorityclasses' },
      priorityClass('one'),
    ),
    forbidden(
      `PUT ${WIDGETS}/one`,
      `widgets.example.com "one" is forbidden: ${cannot('update', 'widgets', 'example.com', IN_NS)}`,
      { name: 'one', group: 'example.com', kind: 'widgets' },
      widget('one'),
    ),
    forbidden(
      `DELETE ${WIDGETS}`,
      `widgets.example.com is forbidden: ${cannot('deletecollection', 'widgets', 'example.com', IN_NS)}`,
      { group: 'example.com', kind: 'widgets' },
    ),
    {
      what: 'forbids a log, which takes no turn',
      asked: { request: `GET ${PODS}/one/log`, user: EVE },
      want: {
        status: 403,
        headers: NO_TURN,
        body: failure(403, 'Forbidden', `pods "one" is forbidden: ${cannot('get', 'pods/log', '', IN_NS)}`, {
          name: 'one',
          kind: 'pods',
        }),
      },
    },
    forbidden('GET /metrics', 'forbidden: User "eve" cannot get path "/metrics"', {}),
    entry('knows no such ConfigMap', { request: `GET ${CONFIG_MAPS}/none` }, 404, failure(
      404,
      'NotFound',
      'configmaps "none" not found',
      { name: 'none', kind: 'configmaps' },
    )),
    entry('knows no such PriorityClass', { request: `GET ${PRIORITY_CLASSES}/none` }, 404, failure(
      404,
      'NotFound',
      'priorityclasses.scheduling.k8s.io "none" not found',
      { name: 'none', group: 'scheduling.k8s.io', kind: 'priorityclasses' },
    )),
    entry('knows no such custom resource', { request: `GET ${WIDGETS}/none` }, 404, failure(
      404,
      'NotFound',
      'widgets.example.com "none" not found',
      { name: 'none', group: 'example.com', kind: 'widgets' },
    )),
    entry('knows no such resource of the core', { request: 'GET /api/v1/namespaces/ns/things' }, 404, NO_PATH),
    entry('knows no such version of a group', { request: 'GET /apis/apps/v9/namespaces/ns/deployments' }, 404, NO_PATH),
    entry(
      'knows no such group, in plain text',
      { request: 'GET /apis/none.example.com/v1/namespaces/ns/things' },
      404,
      '404 page not found\n',
      PLAIN_TEXT,
    ),
    entry(
      'knows no such version of a defined group, in plain text',
      { request: 'GET /apis/example.com/v9/namespaces/ns/widgets' },
      404,
      '404 page not found\n',
      PLAIN_TEXT,
    ),
    entry('knows no subresource that a definition does not have', { request: `GET ${WIDGETS}/one/status` }, 404, failure(
      404,
      'NotFound',
      'widgets.example.com "one" not found',
      { name: 'one', group: 'example.com', kind: 'widgets' },
    )),
    entry('allows no PUT of a collection', { request: `PUT ${CONFIG_MAPS}`, body: configMap('one') }, 405, NO_METHOD),
    entry('allows no POST at a name', { request: `POST ${LEASES}/one`, body: {} }, 405, NO_METHOD),
    entry('allows no DELETE of a log', { request: `DELETE ${PODS}/one/log` }, 405, NO_METHOD, NO_TURN),
    entry(
      'wants a name for a PUT of a custom resource',
      { request: `PUT ${WIDGETS}`, body: widget('one') },
      400,
      failure(400, 'BadRequest', 'name must be provided'),
    ),
    entry(
      'wants a name for a PATCH of a custom resource',
      { request: `PATCH ${WIDGETS}`, body: {}, headers: MERGE_PATCH },
      400,
      failure(400, 'BadRequest', 'name must be provided'),
    ),
    entry(
      'looks at the type of a patch before its name',
      { request: `PATCH ${WIDGETS}`, body: {} },
      415,
      failure(
        415,
        'UnsupportedMediaType',
        'the body of the request was in an unknown format - accepted media types include: ' +
          'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
      ),
    ),
    entry(
      'knows no verb for OPTIONS of custom resources',
      { request: `OPTIONS ${WIDGETS}` },
      405,
      failure(405, 'MethodNotAllowed', ' is not supported on resources of kind "widgets.example.com"', {
        group: 'example.com',
        kind: 'widgets',
      }),
    ),
    entry(
      'knows no verb for OPTIONS of a custom resource',
      { request: `OPTIONS ${WIDGETS}/one` },
      405,
      failure(405, 'MethodNotAllowed', ' is not supported on resources of kind "widgets.example.com"', {
        group: 'example.com',
        kind: 'widgets',
      }),
    ),
    entry(
      'selects custom resources by no field that their definition does not name',
      { request: `GET ${WIDGETS}?fieldSelector=spec.size%3D1` },
      400,
      failure(400, 'BadRequest', 'field label not supported: spec.size'),
    ),
    entry(
      'refuses a custom resource in a form that nobody reads',
      post(WIDGETS, 'a=1', { headers: { 'content-type': 'text/plain' } }),
      415,
      unknownForm(READABLE),
    ),
    entry(
      'repeats the text of what is no protobuf',
      post(CONFIG_MAPS, '{"a":1}', { headers: { 'content-type': 'application/vnd.kubernetes.protobuf' } }),
      400,
      failure(400, 'BadRequest',
        'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a ' +
          'protobuf message, expected prefix [107 56 115 0] ({"a":1})'),
    ),
    entry(
      'refuses a form that nobody writes',
      { request: `GET ${CONFIG_MAPS}/one`, headers: { accept: 'text/html' } },
      406,
      notRouted(READABLE),
    ),
    entry(
      'refuses a list in it, and says how it could be watched',
      { request: `GET ${CONFIG_MAPS}`, headers: { accept: 'application/*' } },
      406,
      notRouted(`${READABLE}, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch`),
    ),
    entry(
      'refuses a shape that nobody knows, once the form is known',
      { request: `GET ${CONFIG_MAPS}/one`, headers: { accept: 'application/json;as=Chart;g=meta.k8s.io;v=v1' } },
      406,
      notAcceptable(READABLE),
    ),
    entry(
      'refuses a form that nobody writes of a custom resource, which no router looks at',
      { request: `GET ${WIDGETS}`, headers: { accept: 'text/html' } },
      406,
      notAcceptable(READABLE),
    ),
    entry(
      'refuses a body over 3 MiB',
      post(CONFIG_MAPS, configMap('one', { a: LARGE })),
      413,
      TOO_LARGE,
    ),
    entry(
      'refuses a custom resource over 3 MiB',
      post(WIDGETS, widget('one', { size: 1, color: LARGE })),
      413,
      TOO_LARGE,
    ),
    entry(
      'refuses a form that nobody reads',
      post(CONFIG_MAPS, 'a=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      415,
      unknownForm(READABLE),
    ),
    entry(
      'refuses a patch that does not say which it is',
      { request: `PATCH ${CONFIG_MAPS}/one`, body: {} },
      415,
      failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {}),
    ),
    entry(
      'refuses a patch of a custom resource that does not say which it is',
      { request: `PATCH ${WIDGETS}/one`, body: {} },
      415,
      unknownForm('application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml'),
    ),
    entry(
      'knows nobody by a token that is none',
      { request: `GET ${CONFIG_MAPS}`, token: 'nonsense' },
      401,
      failure(401, 'Unauthorized', 'Unauthorized'),
      NO_TURN,
    ),
    {
      what: 'refuses more than the level of a request has room for',
      beside: Array.from({ length: OBJECT_SEATS }, () => ({ request: `GET ${CONFIG_MAPS}/one`, user: EVE })),
      asked: { request: `GET ${CONFIG_MAPS}/one`, user: EVE },
      want: {
        status: 429,
        headers: { ...PLAIN_TEXT, 'retry-after': '1' },
        body: 'Too many requests, please try again later.\n',
      },
    },
    {
      what: 'asks for patience while a budget is not looked at yet',
      given: RUNNING_POD,
      asked: EVICTION,
      want: {
        status: 429,
        headers: { 'retry-after': '10' },
        body: failure(429, 'TooManyRequests', EVICTED, {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget budget is still being processed by the server.',
            },
          ],
          retryAfterSeconds: 10,
        }),
      },
    },
    {
      what: 'warns of what is deprecated where it refuses, too',
      asked: { request: 'GET /api/v1/namespaces/ns/endpoints/none' },
      want: {
        status: 404,
        headers: {
          warning: '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
        },
        body: failure(404, 'NotFound', 'endpoints "none" not found', { name: 'none', kind: 'endpoints' }),
      },
    },
    {
      what: 'warns of an unknown field beside the error of another',
      asked: { request: `POST ${CONFIG_MAPS}`, body: { metadata: { name: 'A' }, foo: 1 } },
      want: {
        status: 422,
        headers: { warning: String.raw`299 - "unknown field \"foo\""` },
        body: expect.objectContaining({ reason: 'Invalid' }) as unknown,
      },
    },
    {
      what: 'refuses what a budget does not allow',
      given: [
        ...RUNNING_POD,
        {
          request: `PATCH ${BUDGETS}/budget/status`,
          headers: MERGE_PATCH,
          body: {
            status: {
              observedGeneration: 1,
              disruptionsAllowed: 0,
              currentHealthy: 1,
              desiredHealthy: 1,
              expectedPods: 1,
            },
          },
        },
      ],
      asked: EVICTION,
      want: {
        status: 429,
        body: failure(429, 'TooManyRequests', EVICTED, {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget budget needs 1 healthy pods and has 1 currently',
            },
          ],
        }),
      },
    },
  ],
}
