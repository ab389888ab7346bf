/** Creates: what comes back, what is defaulted, who owns which field, and what a create is refused for. */
import type { Entry, Table } from '../entry.ts'
import {
  CONFIG_MAPS,
  LEASES,
  PODS,
  PRIORITY_CLASSES,
  TIME,
  UID,
  WIDGETS,
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
  wantPriorityClass,
  wantWidget,
  widget,
} from '../entry.ts'
import { expect } from 'vitest'

const UNVERSIONED = { name: 'dry', namespace: 'ns', uid: UID, creationTimestamp: TIME }

const DEPLOYMENTS = '/apis/apps/v1/namespaces/ns/deployments'

const DEPLOYMENT_FIELDS = {
  'f:spec': {
    'f:progressDeadlineSeconds': {},
    'f:replicas': {},
    'f:revisionHistoryLimit': {},
    'f:selector': {},
    'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
    'f:template': {
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': {
        'f:containers': {
          'k:{"name":"c"}': {
            '.': {},
            'f:image': {},
            'f:imagePullPolicy': {},
            'f:name': {},
            'f:resources': {},
            'f:terminationMessagePath': {},
            'f:terminationMessagePolicy': {},
          },
        },
        'f:dnsPolicy': {},
        'f:restartPolicy': {},
        'f:schedulerName': {},
        'f:securityContext': {},
        'f:terminationGracePeriodSeconds': {},
      },
    },
  },
}

const DEPLOYMENT = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: metadata('web', { generation: 1, managedFields: [managed('apps/v1', DEPLOYMENT_FIELDS)] }),
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            imagePullPolicy: 'Always',
          },
        ],
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        schedulerName: 'default-scheduler',
      },
    },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  },
  status: {},
}

export const CREATES: Table = {
  about: 'POST',
  upstream: [
    'k8s.io/apiserver pkg/endpoints/handlers/create.go',
    'k8s.io/apiserver pkg/registry/rest/create.go',
    'k8s.io/apiserver pkg/registry/generic/registry/{store,dryrun}.go',
    'k8s.io/kubernetes pkg/apis/scheduling/{v1/defaults,validation/validation}.go',
    'k8s.io/kubernetes pkg/apis/{apps,core}/v1/defaults.go',
    'k8s.io/apiextensions-apiserver pkg/apiserver/{customresource_handler,validation/validation}.go',
    'k8s.io/apiextensions-apiserver pkg/registry/customresource/validator.go',
    'k8s.io/kube-openapi pkg/validation/validate/object_validator.go',
  ],
  entries: [
    {
      what: 'answers a ConfigMap with 201',
      asked: post(CONFIG_MAPS, configMap('one')),
      want: { status: 201, body: wantConfigMap('one') },
    },
    {
      what: 'answers a Lease with 201',
      asked: post(LEASES, lease('one')),
      want: { status: 201, body: wantLease('one') },
    },
    {
      what: 'answers a PriorityClass with 201, its default, and no namespace',
      asked: post(PRIORITY_CLASSES, priorityClass('one')),
      want: { status: 201, body: wantPriorityClass('one') },
    },
    {
      what: 'answers a custom resource with 201 and the default of its schema',
      asked: post(WIDGETS, widget('one')),
      want: { status: 201, body: wantWidget('one') },
    },
    {
      what: 'answers a Deployment with everything that it left out',
      asked: post(DEPLOYMENTS, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      }),
      want: { status: 201, body: DEPLOYMENT },
    },
    {
      what: 'takes kind and version from the address',
      asked: post(CONFIG_MAPS, { metadata: { name: 'one' }, data: { a: '1' } }),
      want: { status: 201, body: wantConfigMap('one') },
    },
    {
      what: 'makes a name of five characters, and keeps what it was made from',
      asked: post(CONFIG_MAPS, { metadata: { generateName: 'one-' }, data: { a: '1' } }),
      want: {
        status: 201,
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: metadata('', {
            name: expect.stringMatching(/^one-[bcdfghjklmnpqrstvwxz2456789]{5}$/) as unknown,
            generateName: 'one-',
            managedFields: [
              managed('v1', { 'f:data': { '.': {}, 'f:a': {} }, 'f:metadata': { 'f:generateName': {} } }),
            ],
          }),
          data: { a: '1' },
        },
      },
    },
    {
      what: 'takes the manager from the query',
      asked: post(`${CONFIG_MAPS}?fieldManager=me`, configMap('one')),
      want: {
        status: 201,
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: metadata('one', {
            managedFields: [managed('v1', { 'f:data': { '.': {}, 'f:a': {} } }, { manager: 'me' })],
          }),
          data: { a: '1' },
        },
      },
    },
    {
      what: 'answers a dry run like a create, without a resourceVersion',
      asked: post(`${CONFIG_MAPS}?dryRun=All`, configMap('dry')),
      want: {
        status: 201,
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: { ...UNVERSIONED, managedFields: [managed('v1', { 'f:data': { '.': {}, 'f:a': {} } })] },
          data: { a: '1' },
        },
      },
    },
    {
      what: 'answers a dry run of a copy with the version that it came with',
      asked: post(`${CONFIG_MAPS}?dryRun=All`, configMap('dry', {}, { resourceVersion: '5' })),
      want: {
        status: 201,
        body: expect.objectContaining({
          metadata: expect.objectContaining({ name: 'dry', resourceVersion: '5' }) as unknown,
        }) as unknown,
      },
    },
    {
      what: 'answers a dry run of a custom resource without a resourceVersion, too',
      asked: post(`${WIDGETS}?dryRun=All`, widget('dry')),
      want: {
        status: 201,
        body: {
          apiVersion: 'example.com/v1',
          kind: 'Widget',
          metadata: {
            ...UNVERSIONED,
            generation: 1,
            managedFields: [managed('example.com/v1', { 'f:spec': { '.': {}, 'f:color': {}, 'f:size': {} } })],
          },
          spec: { size: 1, color: 'red' },
        },
      },
    },
    {
      what: 'refuses another dry run',
      asked: post(`${CONFIG_MAPS}?dryRun=Some`, configMap('dry')),
      want: {
        status: 422,
        body: failure(
          422,
          'Invalid',
          'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
          {
            group: 'meta.k8s.io',
            kind: 'CreateOptions',
            causes: [
              {
                reason: 'FieldValueNotSupported',
                message: 'Unsupported value: ["Some"]: supported values: "All"',
                field: 'dryRun',
              },
            ],
          },
        ),
      },
    },
    {
      what: 'warns of a field that is unknown and one that is there twice',
      asked: post(
        CONFIG_MAPS,
        '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"one"},"foo":1,"data":{"a":"0","a":"1"}}',
      ),
      want: {
        status: 201,
        headers: { warning: String.raw`299 - "unknown field \"foo\"", 299 - "duplicate field \"data.a\""` },
        body: wantConfigMap('one'),
      },
    },
    {
      what: 'warns of an unknown field of a custom resource, and drops it',
      asked: post(WIDGETS, widget('one', { size: 1, foo: true })),
      want: {
        status: 201,
        headers: { warning: String.raw`299 - "unknown field \"spec.foo\""` },
        body: wantWidget('one'),
      },
    },
    {
      what: 'says nothing of unknown fields when told to ignore them',
      asked: post(`${WIDGETS}?fieldValidation=Ignore`, widget('one', { size: 1, foo: true })),
      want: { status: 201, body: wantWidget('one') },
    },
    {
      what: 'refuses an unknown field when told to be strict',
      asked: post(`${LEASES}?fieldValidation=Strict`, { ...lease('one'), foo: 1 }),
      want: {
        status: 400,
        body: failure(
          400,
          'BadRequest',
          'Lease in version "v1" cannot be handled as a Lease: strict decoding error: unknown field "foo"',
        ),
      },
    },
    {
      what: 'refuses an unknown field of a custom resource when told to be strict',
      asked: post(`${WIDGETS}?fieldValidation=Strict`, widget('one', { size: 1, foo: true })),
      want: {
        status: 400,
        body: failure(
          400,
          'BadRequest',
          'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.foo"',
        ),
      },
    },
    {
      what: 'refuses another field validation',
      asked: post(`${CONFIG_MAPS}?fieldValidation=Maybe`, configMap('one')),
      want: {
        status: 422,
        body: failure(
          422,
          'Invalid',
          'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": supported values: ' +
            '"", "Ignore", "Strict", "Warn"',
          {
            group: 'meta.k8s.io',
            kind: 'CreateOptions',
            causes: [
              {
                reason: 'FieldValueNotSupported',
                message: 'Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"',
                field: 'fieldValidation',
              },
            ],
          },
        ),
      },
    },
    {
      what: 'refuses a name that is taken',
      given: [post(LEASES, lease('one'))],
      asked: post(LEASES, lease('one')),
      want: {
        status: 409,
        body: failure(409, 'AlreadyExists', 'leases.coordination.k8s.io "one" already exists', {
          name: 'one',
          group: 'coordination.k8s.io',
          kind: 'leases',
        }),
      },
    },
    {
      what: 'refuses a name of a custom resource that is taken',
      given: [post(WIDGETS, widget('one'))],
      asked: post(WIDGETS, widget('one')),
      want: {
        status: 409,
        body: failure(409, 'AlreadyExists', 'widgets.example.com "one" already exists', {
          name: 'one',
          group: 'example.com',
          kind: 'widgets',
        }),
      },
    },
    {
      what: 'refuses a value of a PriorityClass that is kept for the system',
      asked: post(PRIORITY_CLASSES, priorityClass('one', 1_000_000_001)),
      want: {
        status: 422,
        body: invalid('PriorityClass', 'scheduling.k8s.io', 'one', {
          reason: 'FieldValueForbidden',
          message: 'Forbidden: maximum allowed value of a user defined priority is 1000000000',
          field: 'value',
        }),
      },
    },
    {
      what: 'refuses a custom resource below its minimum',
      asked: post(WIDGETS, widget('one', { size: 0 })),
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
      what: 'tells everything that is wrong with a custom resource',
      asked: post(WIDGETS, widget('one', { color: 'green' })),
      want: {
        status: 422,
        body: failure(
          422,
          'Invalid',
          'Widget.example.com "one" is invalid: [spec.color: Unsupported value: "green": ' +
            'supported values: "red", "blue", spec.size: Required value]',
          {
            name: 'one',
            group: 'example.com',
            kind: 'Widget',
            causes: [
              {
                reason: 'FieldValueNotSupported',
                message: 'Unsupported value: "green": supported values: "red", "blue"',
                field: 'spec.color',
              },
              { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.size' },
            ],
          },
        ),
      },
    },
    {
      what: 'refuses an object of another namespace',
      asked: post(WIDGETS, widget('one', { size: 1 }, { namespace: 'else' })),
      want: {
        status: 400,
        body: failure(
          400,
          'BadRequest',
          'the namespace of the provided object does not match the namespace sent on the request',
        ),
      },
    },
    {
      what: 'refuses a custom resource of another kind',
      asked: post(WIDGETS, { ...widget('one'), kind: 'Gadget' }),
      want: {
        status: 422,
        body: invalid('Gadget', 'example.com', 'one', {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: "Gadget": must be Widget',
          field: 'kind',
        }),
      },
    },
    ...(
      [
        [
          '/api/v1/namespaces/ns/events',
          { involvedObject: { namespace: 'x' } },
          ['Event', ''],
          ['FieldValueInvalid', 'Invalid value: "x": does not match event.namespace', 'involvedObject.namespace'],
        ],
        [
          '/apis/policy/v1/namespaces/ns/poddisruptionbudgets',
          { spec: { minAvailable: -1 } },
          ['PodDisruptionBudget', 'policy'],
          ['FieldValueInvalid', 'Invalid value: -1: must be greater than or equal to 0', 'spec.minAvailable'],
        ],
      ] as const
    ).map(([path, body, [kind, group], [reason, message, field]]): Entry => ({
      what: `tells of a nameless ${kind} what else is wrong with it first`,
      asked: post(path, body),
      want: { status: 422, body: invalid(kind, group, '', { reason, message, field }) },
    })),
    {
      what: 'judges metadata of a nameless Event of the newer form between the old rules and the new',
      asked: post('/apis/events.k8s.io/v1/namespaces/ns/events', { type: 'Normal' }),
      want: {
        status: 422,
        body: invalid(
          'Event', '', '',
          {
            reason: 'FieldValueInvalid',
            message: 'Invalid value: "": does not match event.namespace',
            field: 'involvedObject.namespace',
          },
          {
            reason: 'FieldValueRequired',
            message: 'Required value: name or generateName is required',
            field: 'metadata.name',
          },
          { reason: 'FieldValueRequired', message: 'Required value', field: 'eventTime' },
        ),
      },
    },
    {
      what: 'refuses a pod without containers and says all of it',
      asked: post(PODS, { metadata: { name: 'p' }, spec: { containers: [] } }),
      want: {
        status: 422,
        body: failure(422, 'Invalid', 'Pod "p" is invalid: spec.containers: Required value', {
          name: 'p',
          kind: 'Pod',
          causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers' }],
        }),
      },
    },
  ],
}
