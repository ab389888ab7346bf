/** Patches in all four forms: what they change, whose the fields are afterwards, and how they fail. */
import type { Asked, Table } from '../entry.ts'
import {
  APPLY_PATCH,
  CONFIG_MAPS,
  JSON_PATCH,
  LEASES,
  MERGE_PATCH,
  PRIORITY_CLASSES,
  STRATEGIC_PATCH,
  WIDGETS,
  clusterMetadata,
  configMap,
  failure,
  invalid,
  lease,
  managed,
  metadata,
  post,
  priorityClass,
  wantConfigMap,
  wantLease,
  widget,
} from '../entry.ts'

const patch = (path: string, headers: Record<string, string>, body: unknown): Asked => ({
  request: `PATCH ${path}`,
  headers,
  body,
})

const GIVEN = [post(CONFIG_MAPS, configMap('one'))]

const applied = (apiVersion: string, fields: object): object =>
  managed(apiVersion, fields, { manager: 'applier', operation: 'Apply' })

/** A ConfigMap with `a` as it was and `b` besides. */
const WITH_B = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: metadata('one', { managedFields: [managed('v1', { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } })] }),
  data: { a: '1', b: '2' },
}

/** The time is no part of who it is. */
const CONFLICT = 'conflict with "corpus" using v1'

export const PATCHES: Table = {
  about: 'PATCH',
  upstream: [
    'k8s.io/apiserver pkg/endpoints/handlers/patch.go',
    'k8s.io/apimachinery pkg/util/managedfields/internal/{conflict,managedfields,fieldmanager}.go',
    'k8s.io/apimachinery pkg/apis/meta/v1/validation/validation.go (ValidatePatchOptions)',
    'github.com/evanphx/json-patch patch.go',
  ],
  entries: [
    {
      what: 'merges',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one`, MERGE_PATCH, { data: { b: '2' } }),
      want: { status: 200, body: WITH_B },
    },
    {
      what: 'merges strategically',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one`, STRATEGIC_PATCH, { data: { b: '2' } }),
      want: { status: 200, body: WITH_B },
    },
    {
      what: 'carries out the operations of a JSON patch',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one`, JSON_PATCH, [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'add', path: '/data/b', value: '2' },
      ]),
      want: { status: 200, body: WITH_B },
    },
    {
      what: 'removes by null',
      given: [post(LEASES, lease('one', 'me', { labels: { a: 'b' } }))],
      asked: patch(`${LEASES}/one`, MERGE_PATCH, { metadata: { labels: null } }),
      want: { status: 200, body: wantLease('one') },
    },
    {
      what: 'changes nothing when there is nothing to change',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one`, STRATEGIC_PATCH, {}),
      want: { status: 200, body: wantConfigMap('one') },
    },
    {
      what: 'labels a cluster-scoped object',
      given: [post(PRIORITY_CLASSES, priorityClass('one'))],
      asked: patch(`${PRIORITY_CLASSES}/one`, MERGE_PATCH, { metadata: { labels: { a: 'b' } } }),
      want: {
        status: 200,
        body: {
          kind: 'PriorityClass',
          apiVersion: 'scheduling.k8s.io/v1',
          metadata: clusterMetadata('one', {
            generation: 1,
            labels: { a: 'b' },
            managedFields: [
              managed('scheduling.k8s.io/v1', {
                'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
                'f:preemptionPolicy': {},
                'f:value': {},
              }),
            ],
          }),
          value: 1_000,
          preemptionPolicy: 'PreemptLowerPriority',
        },
      },
    },
    {
      what: 'makes by apply what is not there',
      asked: patch(`${CONFIG_MAPS}/one?fieldManager=applier`, APPLY_PATCH, configMap('one')),
      want: {
        status: 201,
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: metadata('one', { managedFields: [applied('v1', { 'f:data': { 'f:a': {} } })] }),
          data: { a: '1' },
        },
      },
    },
    {
      what: 'makes a custom resource by apply, its default owned by nobody',
      asked: patch(`${WIDGETS}/one?fieldManager=applier`, APPLY_PATCH, widget('one')),
      want: {
        status: 201,
        body: {
          apiVersion: 'example.com/v1',
          kind: 'Widget',
          metadata: metadata('one', {
            generation: 1,
            managedFields: [applied('example.com/v1', { 'f:spec': { 'f:size': {} } })],
          }),
          spec: { size: 1, color: 'red' },
        },
      },
    },
    {
      what: 'refuses to apply a null where the schema of a custom resource allows none',
      given: [post(WIDGETS, widget('one', { size: 7 }))],
      asked: patch(`${WIDGETS}/one?fieldManager=applier&force=true`, APPLY_PATCH, widget('one', { size: null })),
      want: {
        status: 422,
        body: invalid('Widget', 'example.com', 'one', {
          reason: 'FieldValueTypeInvalid',
          message: 'Invalid value: "null": spec.size in body must be of type integer: "null"',
          field: 'spec.size',
        }),
      },
    },
    {
      what: 'adds by apply what is nobody else’s',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one?fieldManager=applier`, APPLY_PATCH, configMap('one', { b: '2' })),
      want: {
        status: 200,
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: metadata('one', {
            managedFields: [
              applied('v1', { 'f:data': { 'f:b': {} } }),
              managed('v1', { 'f:data': { '.': {}, 'f:a': {} } }),
            ],
          }),
          data: { a: '1', b: '2' },
        },
      },
    },
    {
      what: 'takes by force what is somebody else’s',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one?fieldManager=applier&force=true`, APPLY_PATCH, configMap('one', { a: '2' })),
      want: {
        status: 200,
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: metadata('one', {
            managedFields: [
              applied('v1', { 'f:data': { 'f:a': {} } }),
              managed('v1', { 'f:data': {} }),
            ],
          }),
          data: { a: '2' },
        },
      },
    },
    {
      what: 'refuses to apply what is somebody else’s',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one?fieldManager=applier`, APPLY_PATCH, configMap('one', { a: '2' })),
      want: {
        status: 409,
        body: failure(409, 'Conflict', `Apply failed with 1 conflict: ${CONFLICT}: .data.a`, {
          causes: [{ reason: 'FieldManagerConflict', message: CONFLICT, field: '.data.a' }],
        }),
      },
    },
    {
      what: 'refuses an apply that names no manager',
      asked: patch(`${CONFIG_MAPS}/one`, APPLY_PATCH, configMap('one')),
      want: {
        status: 422,
        body: failure(
          422,
          'Invalid',
          'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
          {
            group: 'meta.k8s.io',
            kind: 'PatchOptions',
            causes: [
              {
                reason: 'FieldValueRequired',
                message: 'Required value: is required for apply patch',
                field: 'fieldManager',
              },
            ],
          },
        ),
      },
    },
    {
      what: 'refuses force in a patch that is no apply',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one?force=true`, MERGE_PATCH, {}),
      want: {
        status: 422,
        body: failure(
          422,
          'Invalid',
          'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
          {
            group: 'meta.k8s.io',
            kind: 'PatchOptions',
            causes: [
              {
                reason: 'FieldValueForbidden',
                message: 'Forbidden: may not be specified for non-apply patch',
                field: 'force',
              },
            ],
          },
        ),
      },
    },
    {
      what: 'refuses an apply of managed fields',
      asked: patch(`${CONFIG_MAPS}/one?fieldManager=applier`, APPLY_PATCH, {
        ...configMap('one', { a: '1' }, { managedFields: [{ manager: 'x' }] }),
      }),
      want: { status: 400, body: failure(400, 'BadRequest', 'metadata.managedFields must be nil') },
    },
    {
      what: 'refuses a strategic merge of a custom resource',
      given: [post(WIDGETS, widget('one'))],
      asked: patch(`${WIDGETS}/one`, STRATEGIC_PATCH, { spec: { size: 2 } }),
      want: {
        status: 415,
        body: failure(
          415,
          'UnsupportedMediaType',
          'the body of the request was in an unknown format - accepted media types include: ' +
            'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
        ),
      },
    },
    {
      what: 'refuses a merge whose result is invalid',
      given: [post(WIDGETS, widget('one'))],
      asked: patch(`${WIDGETS}/one`, MERGE_PATCH, { spec: { size: 0 } }),
      want: {
        status: 422,
        body: invalid('Widget', 'example.com', 'one', {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0: spec.size in body should be greater than or equal to 1',
          field: 'spec.size',
        }),
      },
    },
    {
      what: 'refuses to merge at a stale version',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one`, MERGE_PATCH, { metadata: { resourceVersion: '999999' }, data: { a: '2' } }),
      want: {
        status: 409,
        body: failure(
          409,
          'Conflict',
          'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your ' +
            'changes to the latest version and try again',
          { name: 'one', kind: 'configmaps' },
        ),
      },
    },
    {
      what: 'warns of an unknown field of a merge',
      given: GIVEN,
      asked: patch(`${CONFIG_MAPS}/one`, MERGE_PATCH, { foo: 1 }),
      want: {
        status: 200,
        headers: { warning: String.raw`299 - "unknown field \"foo\""` },
        body: wantConfigMap('one'),
      },
    },
    {
      what: 'refuses a Service that is not there',
      asked: patch('/api/v1/namespaces/ns/services/none', STRATEGIC_PATCH, { spec: { type: 'NodePort' } }),
      want: {
        status: 404,
        body: failure(404, 'NotFound', 'services "none" not found', { name: 'none', kind: 'services' }),
      },
    },
    {
      what: 'refuses what is not there',
      asked: patch(`${WIDGETS}/none`, MERGE_PATCH, {}),
      want: {
        status: 404,
        body: failure(404, 'NotFound', 'widgets.example.com "none" not found', {
          name: 'none',
          group: 'example.com',
          kind: 'widgets',
        }),
      },
    },
  ],
}
