/** Updates: 200 or 201, whose the fields are afterwards, and what stale or changed objects are refused with. */
import type { Asked, Table } from '../entry.ts'
import {
  CONFIG_MAPS,
  LEASES,
  PRIORITY_CLASSES,
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
  revisionOf,
  uidOf,
  wantConfigMap,
  wantLease,
  wantPriorityClass,
  wantWidget,
  widget,
} from '../entry.ts'
import { expect } from 'vitest'

const FLOW_SCHEMAS = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'

const LOCK = 'the object has been modified; please apply your changes to the latest version and try again'

const put = (path: string, body: unknown, more: Partial<Asked> = {}): Asked => ({
  request: `PUT ${path}`,
  body,
  ...more,
})

const UID_PRECONDITION: unknown = expect.stringMatching(
  /^Operation cannot be fulfilled on configmaps "one": StorageError: invalid object, Code: 4, Key: \/registry\/configmaps\/ns\/one, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: [-0-9a-f]{36}, UID in object meta: [-0-9a-f]{36}$/,
)


export const UPDATES: Table = {
  about: 'PUT',
  upstream: [
    'k8s.io/apiserver pkg/endpoints/handlers/update.go',
    'k8s.io/apiserver pkg/registry/generic/registry/store.go (Update)',
    'k8s.io/apiserver pkg/registry/rest/update.go',
    'k8s.io/apiserver pkg/storage/{interfaces,errors}.go (Preconditions)',
    'k8s.io/kubernetes pkg/registry/coordination/lease/strategy.go (AllowCreateOnUpdate, AllowUnconditionalUpdate)',
    'k8s.io/kubernetes pkg/registry/flowcontrol/flowschema/strategy.go (flowSchemaStatusStrategy)',
    'k8s.io/kubernetes pkg/apis/{core,scheduling}/validation/validation.go',
    'k8s.io/apiextensions-apiserver pkg/registry/customresource/validator.go (ValidateTypeMeta)',
  ],
  entries: [
    {
      what: 'leaves the metadata of a FlowSchema to the main endpoint',
      given: [
        post(FLOW_SCHEMAS, {
          metadata: { name: 'one', labels: { a: 'b' } },
          spec: { priorityLevelConfiguration: { name: 'catch-all' } },
        }),
      ],
      asked: put(`${FLOW_SCHEMAS}/one/status`, {
        metadata: { name: 'one', labels: { c: 'd' } },
        status: { conditions: [{ type: 'Dangling', status: 'True', message: 'none' }] },
      }),
      want: {
        status: 200,
        body: expect.objectContaining({
          metadata: expect.objectContaining({ labels: { a: 'b' } }) as unknown,
          status: { conditions: [{ type: 'Dangling', status: 'True', lastTransitionTime: null, message: 'none' }] },
        }) as unknown,
      },
    },
    {
      what: 'answers the same object when nothing is changed',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: put(`${CONFIG_MAPS}/one`, configMap('one')),
      want: { status: 200, body: wantConfigMap('one') },
    },
    {
      what: 'takes an update of a ConfigMap without its version, and fields without their values',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: put(`${CONFIG_MAPS}/one`, configMap('one', { b: '2' })),
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
      what: 'gives the fields that somebody else changes to them',
      given: [post(CONFIG_MAPS, configMap('one', { a: '1', b: '1' }))],
      asked: put(`${CONFIG_MAPS}/one?fieldManager=other`, configMap('one', { a: '1', b: '2' })),
      want: {
        status: 200,
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: metadata('one', {
            managedFields: [
              managed('v1', { 'f:data': { '.': {}, 'f:a': {} } }),
              managed('v1', { 'f:data': { 'f:b': {} } }, { manager: 'other' }),
            ],
          }),
          data: { a: '1', b: '2' },
        },
      },
    },
    {
      what: 'makes a Lease that is not there',
      asked: put(`${LEASES}/one`, lease('one')),
      want: { status: 201, body: wantLease('one') },
    },
    {
      what: 'takes a Lease at its version',
      given: [post(LEASES, lease('one', 'you'))],
      asked: ([one]) => put(`${LEASES}/one`, lease('one', 'me', { resourceVersion: revisionOf(one) })),
      want: { status: 200, body: wantLease('one') },
    },
    {
      what: 'leaves a generation that was said to a ConfigMap, which counts none',
      given: [post(CONFIG_MAPS, configMap('one', { a: '1' }, { generation: 5 }))],
      asked: put(`${CONFIG_MAPS}/one`, configMap('one', { a: '2' })),
      want: {
        status: 200,
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: metadata('one', {
            generation: 5,
            managedFields: [managed('v1', { 'f:data': { '.': {}, 'f:a': {} } })],
          }),
          data: { a: '2' },
        },
      },
    },
    {
      what: 'counts the generation of a custom resource whose spec changes',
      given: [post(WIDGETS, widget('one'))],
      asked: ([one]) => put(`${WIDGETS}/one`, widget('one', { size: 2 }, { resourceVersion: revisionOf(one) })),
      want: {
        status: 200,
        body: {
          apiVersion: 'example.com/v1',
          kind: 'Widget',
          metadata: metadata('one', {
            generation: 2,
            managedFields: [managed('example.com/v1', { 'f:spec': { '.': {}, 'f:color': {}, 'f:size': {} } })],
          }),
          spec: { size: 2, color: 'red' },
        },
      },
    },
    {
      what: 'answers a dry run with the version that is stored',
      given: [post(WIDGETS, widget('one', { size: 7 }))],
      asked: ([one]) =>
        put(`${WIDGETS}/one?dryRun=All`, widget('one', { size: 7 }, { resourceVersion: revisionOf(one) })),
      want: {
        status: 200,
        body: { ...wantWidget('one'), spec: { size: 7, color: 'red' } },
      },
    },
    {
      what: 'warns of an unknown field',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: put(`${CONFIG_MAPS}/one`, { ...configMap('one'), foo: 1 }),
      want: {
        status: 200,
        headers: { warning: String.raw`299 - "unknown field \"foo\""` },
        body: wantConfigMap('one'),
      },
    },
    {
      what: 'refuses an unknown field when told to be strict',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: put(`${CONFIG_MAPS}/one?fieldValidation=Strict`, { ...configMap('one'), foo: 1 }),
      want: {
        status: 400,
        body: failure(
          400,
          'BadRequest',
          'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo"',
        ),
      },
    },
    {
      what: 'refuses a stale version',
      given: [post(LEASES, lease('one', 'you')), { request: `DELETE ${LEASES}/one` }, post(LEASES, lease('one', 'she'))],
      asked: ([first]) => put(`${LEASES}/one`, lease('one', 'me', { resourceVersion: revisionOf(first) })),
      want: {
        status: 409,
        body: failure(409, 'Conflict', `Operation cannot be fulfilled on leases.coordination.k8s.io "one": ${LOCK}`, {
          name: 'one',
          group: 'coordination.k8s.io',
          kind: 'leases',
        }),
      },
    },
    {
      what: 'refuses another uid',
      given: [post(CONFIG_MAPS, configMap('one')), post(CONFIG_MAPS, configMap('two'))],
      asked: ([, two]) => put(`${CONFIG_MAPS}/one`, configMap('one', { a: '2' }, { uid: uidOf(two) })),
      want: {
        status: 409,
        body: failure(
          409,
          'Conflict',
          UID_PRECONDITION as string,
          { name: 'one', kind: 'configmaps' },
        ),
      },
    },
    {
      what: 'refuses a custom resource without its version',
      given: [post(WIDGETS, widget('one'))],
      asked: put(`${WIDGETS}/one`, widget('one', { size: 2 })),
      want: {
        status: 422,
        body: invalid('widgets', 'example.com', 'one', {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0: must be specified for an update',
          field: 'metadata.resourceVersion',
        }),
      },
    },
    {
      what: 'counts no change of a PriorityClass, whose generation stays the first',
      given: [post(PRIORITY_CLASSES, priorityClass('one'))],
      asked: put(`${PRIORITY_CLASSES}/one`, { ...priorityClass('one'), description: 'words' }),
      want: {
        status: 200,
        body: {
          ...wantPriorityClass('one'),
          metadata: clusterMetadata('one', {
            generation: 1,
            managedFields: [
              managed('scheduling.k8s.io/v1', { 'f:description': {}, 'f:preemptionPolicy': {}, 'f:value': {} }),
            ],
          }),
          description: 'words',
        },
      },
    },
    {
      what: 'refuses a changed value of a PriorityClass',
      given: [post(PRIORITY_CLASSES, priorityClass('one'))],
      asked: ([one]) =>
        put(`${PRIORITY_CLASSES}/one`, priorityClass('one', 2_000, { resourceVersion: revisionOf(one) })),
      want: {
        status: 422,
        body: invalid('PriorityClass', 'scheduling.k8s.io', 'one', {
          reason: 'FieldValueForbidden',
          message: 'Forbidden: may not be changed in an update.',
          field: 'value',
        }),
      },
    },
    {
      what: 'refuses changed data of an immutable ConfigMap',
      given: [post(CONFIG_MAPS, { ...configMap('one'), immutable: true })],
      asked: put(`${CONFIG_MAPS}/one`, { ...configMap('one', { a: '2' }), immutable: true }),
      want: {
        status: 422,
        body: invalid('ConfigMap', '', 'one', {
          reason: 'FieldValueForbidden',
          message: 'Forbidden: field is immutable when `immutable` is set',
          field: 'data',
        }),
      },
    },
    {
      what: 'refuses what is not there',
      asked: put(`${WIDGETS}/none`, widget('none', { size: 1 }, { resourceVersion: '1' })),
      want: {
        status: 404,
        body: failure(404, 'NotFound', 'widgets.example.com "none" not found', {
          name: 'none',
          group: 'example.com',
          kind: 'widgets',
        }),
      },
    },
    {
      what: 'refuses what is not there before what it is not',
      asked: put(`${WIDGETS}/none`, { ...widget('none'), kind: 'Gadget' }),
      want: {
        status: 404,
        body: failure(404, 'NotFound', 'widgets.example.com "none" not found', {
          name: 'none',
          group: 'example.com',
          kind: 'widgets',
        }),
      },
    },
    {
      what: 'refuses a custom resource without its version before its kind',
      given: [post(WIDGETS, widget('one'))],
      asked: put(`${WIDGETS}/one`, { ...widget('one'), kind: 'Gadget' }),
      want: {
        status: 422,
        body: invalid('widgets', 'example.com', 'one', {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0: must be specified for an update',
          field: 'metadata.resourceVersion',
        }),
      },
    },
    {
      what: 'refuses a custom resource of another kind',
      given: [post(WIDGETS, widget('one'))],
      asked: ([one]) =>
        put(`${WIDGETS}/one`, { ...widget('one', {}, { resourceVersion: revisionOf(one) }), kind: 'Gadget' }),
      want: {
        status: 422,
        body: invalid('Gadget', 'example.com', 'one', {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: "Gadget": must be Widget',
          field: 'kind',
        }),
      },
    },
    {
      what: 'refuses another name than that of the address',
      asked: put(`${WIDGETS}/one`, widget('two')),
      want: {
        status: 400,
        body: failure(
          400,
          'BadRequest',
          'the name of the object (two) does not match the name on the URL (one)',
        ),
      },
    },
  ],
}
