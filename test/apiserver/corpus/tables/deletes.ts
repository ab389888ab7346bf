/** Deletes: a Status or the object, what waits for finalizers, and collections. */
import type { Asked, Table } from '../entry.ts'
import {
  CONFIG_MAPS,
  LEASES,
  PODS,
  PRIORITY_CLASSES,
  REVISION,
  TIME,
  UID,
  WIDGETS,
  configMap,
  failure,
  lease,
  managed,
  metadata,
  post,
  priorityClass,
  uidOf,
  untyped,
  wantConfigMap,
  wantWidget,
  widget,
} from '../entry.ts'
import { expect } from 'vitest'

const remove = (path: string, body?: unknown): Asked => ({
  request: `DELETE ${path}`,
  ...(body === undefined ? {} : { body }),
})

/** What is left of what is gone: its name and uid, and the resource as its kind. */
const gone = (details: object): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { ...details, uid: UID },
})

const ACCOUNTS = '/api/v1/namespaces/ns/serviceaccounts'
const OPTIONS = { kind: 'DeleteOptions', apiVersion: 'v1' }
const FINALIZERS = { finalizers: ['example.com/wait'] }


const NAMESPACES = '/api/v1/namespaces'
const JOBS = '/apis/batch/v1/namespaces/ns/jobs'
const DEVICE_CLASSES = '/apis/resource.k8s.io/v1/deviceclasses'

/** For which the Job was to be asked, too, what becomes of its pods. */
const ORPHAN_WARNING =
  '299 - "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove ' +
  'them or set propagationPolicy=Orphan to suppress this warning"'

const job = {
  metadata: { name: 'one' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
}

const any = (part: object): unknown => expect.objectContaining(part)

const UID_CONFLICT: unknown = expect.stringMatching(
  /^Operation cannot be fulfilled on Lease\.coordination\.k8s\.io "one": the UID in the precondition \([-0-9a-f]{36}\) does not match the UID in record \([-0-9a-f]{36}\)\. The object might have been deleted and then recreated$/,
)

export const DELETES: Table = {
  about: 'DELETE',
  upstream: [
    'k8s.io/apiserver pkg/endpoints/handlers/delete.go',
    'k8s.io/apiserver pkg/registry/generic/registry/store.go (Delete, finalizeDelete, DeleteCollection, markAsDeleting)',
    'k8s.io/apiserver pkg/registry/rest/delete.go',
    'k8s.io/kubernetes pkg/registry/core/serviceaccount/storage/storage.go (ReturnDeletedObject)',
    'k8s.io/kubernetes pkg/registry/core/namespace/storage/storage.go (Delete)',
    'k8s.io/kubernetes pkg/registry/batch/job/storage/storage.go (Delete, DeleteCollection)',
    'k8s.io/apiextensions-apiserver pkg/registry/customresourcedefinition/etcd.go (Delete)',
    'k8s.io/apimachinery pkg/apis/meta/v1/validation/validation.go (ValidateDeleteOptions)',
  ],
  entries: [
    {
      what: 'answers a Status for a ConfigMap',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: remove(`${CONFIG_MAPS}/one`),
      want: { status: 200, body: gone({ name: 'one', kind: 'configmaps' }) },
    },
    {
      what: 'answers a Status with the group for a Lease',
      given: [post(LEASES, lease('one'))],
      asked: remove(`${LEASES}/one`, OPTIONS),
      want: { status: 200, body: gone({ name: 'one', group: 'coordination.k8s.io', kind: 'leases' }) },
    },
    {
      what: 'answers a Status for a PriorityClass',
      given: [post(PRIORITY_CLASSES, priorityClass('one'))],
      asked: remove(`${PRIORITY_CLASSES}/one`),
      want: { status: 200, body: gone({ name: 'one', group: 'scheduling.k8s.io', kind: 'priorityclasses' }) },
    },
    {
      what: 'answers a Status for a custom resource',
      given: [post(WIDGETS, widget('one'))],
      asked: remove(`${WIDGETS}/one`, { kind: 'DeleteOptions', apiVersion: 'example.com/v1' }),
      want: { status: 200, body: gone({ name: 'one', group: 'example.com', kind: 'widgets' }) },
    },
    {
      what: 'answers the object of a kind that returns what it deletes',
      given: [post(ACCOUNTS, { metadata: { name: 'one' } })],
      asked: remove(`${ACCOUNTS}/one`),
      want: { status: 200, body: { kind: 'ServiceAccount', apiVersion: 'v1', metadata: metadata('one') } },
    },
    {
      what: 'answers a DeviceClass, too',
      given: [post(DEVICE_CLASSES, { metadata: { name: 'one' }, spec: {} })],
      asked: remove(`${DEVICE_CLASSES}/one`),
      want: { status: 200, body: any({ kind: 'DeviceClass', apiVersion: 'resource.k8s.io/v1' }) },
    },
    {
      what: 'marks a pod that goes at once as one that had no time left',
      given: [post(PODS, { metadata: { name: 'one' }, spec: { containers: [{ name: 'c', image: 'i' }] } })],
      asked: remove(`${PODS}/one`, { ...OPTIONS, gracePeriodSeconds: 0 }),
      want: {
        status: 200,
        body: any({
          kind: 'Pod',
          metadata: any({ deletionTimestamp: TIME, deletionGracePeriodSeconds: 0, generation: 2 }),
        }),
      },
    },
    {
      what: 'marks a namespace without a grace period',
      given: [post(NAMESPACES, { metadata: { name: 'one' } })],
      asked: remove(`${NAMESPACES}/one`),
      want: {
        status: 200,
        body: {
          kind: 'Namespace',
          apiVersion: 'v1',
          metadata: metadata('one', {
            namespace: undefined,
            deletionTimestamp: TIME,
            labels: { 'kubernetes.io/metadata.name': 'one' },
            managedFields: [
              managed('v1', { 'f:metadata': { 'f:labels': { '.': {}, 'f:kubernetes.io/metadata.name': {} } } }),
            ],
          }),
          spec: { finalizers: ['kubernetes'] },
          status: { phase: 'Terminating' },
        },
      },
    },
    {
      what: 'warns of a Job’s pods, which stay',
      given: [post(JOBS, job)],
      asked: remove(`${JOBS}/one`),
      want: { status: 200, headers: { warning: ORPHAN_WARNING }, body: any({ kind: 'Job' }) },
    },
    {
      what: 'warns of the pods of Jobs that are not there',
      asked: remove(JOBS),
      want: { status: 200, headers: { warning: ORPHAN_WARNING }, body: any({ kind: 'JobList' }) },
    },
    {
      what: 'does not warn whoever has said what becomes of them',
      given: [post(JOBS, job)],
      asked: remove(`${JOBS}/one?propagationPolicy=Background`),
      want: { status: 200, headers: { warning: null }, body: gone({ name: 'one', group: 'batch', kind: 'jobs' }) },
    },
    {
      what: 'answers the object that waits for its finalizers',
      given: [post(CONFIG_MAPS, configMap('one', { a: '1' }, FINALIZERS))],
      asked: remove(`${CONFIG_MAPS}/one`),
      want: {
        status: 200,
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: metadata('one', {
            deletionTimestamp: TIME,
            deletionGracePeriodSeconds: 0,
            finalizers: ['example.com/wait'],
            managedFields: [
              managed('v1', {
                'f:data': { '.': {}, 'f:a': {} },
                'f:metadata': { 'f:finalizers': { '.': {}, 'v:"example.com/wait"': {} } },
              }),
            ],
          }),
          data: { a: '1' },
        },
      },
    },
    {
      what: 'counts the generation of a custom resource that waits, and adds the finalizer of foreground deletion',
      given: [post(WIDGETS, widget('one'))],
      asked: remove(`${WIDGETS}/one`, { ...OPTIONS, propagationPolicy: 'Foreground' }),
      want: {
        status: 200,
        body: {
          apiVersion: 'example.com/v1',
          kind: 'Widget',
          metadata: metadata('one', {
            generation: 2,
            deletionTimestamp: TIME,
            deletionGracePeriodSeconds: 0,
            finalizers: ['foregroundDeletion'],
            managedFields: [managed('example.com/v1', { 'f:spec': { '.': {}, 'f:color': {}, 'f:size': {} } })],
          }),
          spec: { size: 1, color: 'red' },
        },
      },
    },
    {
      what: 'accepts what it was told to do and has not done yet',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: remove(`${CONFIG_MAPS}/one`, { ...OPTIONS, propagationPolicy: 'Foreground' }),
      want: {
        status: 200,
        body: {
          ...wantConfigMap('one'),
          metadata: metadata('one', {
            deletionTimestamp: TIME,
            deletionGracePeriodSeconds: 0,
            finalizers: ['foregroundDeletion'],
            managedFields: [managed('v1', { 'f:data': { '.': {}, 'f:a': {} } })],
          }),
        },
      },
    },
    {
      what: 'says 202 of what waits for its finalizers and was not to be orphaned, in the old words',
      given: [post(CONFIG_MAPS, configMap('one', { a: '1' }, FINALIZERS))],
      asked: remove(`${CONFIG_MAPS}/one`, { ...OPTIONS, orphanDependents: false }),
      want: {
        status: 202,
        body: expect.objectContaining({
          kind: 'ConfigMap',
          metadata: expect.objectContaining({ finalizers: ['example.com/wait'], deletionTimestamp: TIME }) as unknown,
        }) as unknown,
      },
    },
    {
      what: 'answers a dry run as a delete',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: remove(`${CONFIG_MAPS}/one?dryRun=All`),
      want: { status: 200, body: gone({ name: 'one', kind: 'configmaps' }) },
    },
    {
      what: 'answers the list of what a collection was',
      given: [post(CONFIG_MAPS, configMap('one')), post(CONFIG_MAPS, configMap('two', {}, { labels: { keep: 'y' } }))],
      asked: remove(`${CONFIG_MAPS}?labelSelector=!keep`),
      want: {
        status: 200,
        body: {
          kind: 'ConfigMapList',
          apiVersion: 'v1',
          metadata: { resourceVersion: REVISION },
          items: [untyped(wantConfigMap('one'))],
        },
      },
    },
    {
      what: 'answers the list of custom resources likewise',
      given: [post(WIDGETS, widget('one'))],
      asked: remove(WIDGETS),
      want: {
        status: 200,
        body: {
          apiVersion: 'example.com/v1',
          kind: 'WidgetList',
          metadata: { continue: '', resourceVersion: REVISION },
          items: [wantWidget('one')],
        },
      },
    },
    {
      what: 'answers an empty list when there is nothing',
      asked: remove(LEASES),
      want: {
        status: 200,
        body: {
          kind: 'LeaseList',
          apiVersion: 'coordination.k8s.io/v1',
          metadata: { resourceVersion: REVISION },
          items: [],
        },
      },
    },
    {
      what: 'refuses what is not there',
      asked: remove(`${PODS}/none`),
      want: {
        status: 404,
        body: failure(404, 'NotFound', 'pods "none" not found', { name: 'none', kind: 'pods' }),
      },
    },
    {
      what: 'refuses to delete another object of the name',
      given: [post(LEASES, lease('one')), post(LEASES, lease('two'))],
      asked: ([, two]) => remove(`${LEASES}/one`, { ...OPTIONS, preconditions: { uid: uidOf(two) } }),
      want: {
        status: 409,
        body: failure(409, 'Conflict', UID_CONFLICT as string, {
          name: 'one',
          group: 'coordination.k8s.io',
          kind: 'Lease',
        }),
      },
    },
    {
      what: 'refuses to delete another namespace of the name, in words of its own',
      given: [post(NAMESPACES, { metadata: { name: 'one' } })],
      asked: remove(`${NAMESPACES}/one`, { ...OPTIONS, preconditions: { uid: 'other' } }),
      want: {
        status: 409,
        body: failure(
          409,
          'Conflict',
          expect.stringMatching(
            /^Operation cannot be fulfilled on namespaces "one": Precondition failed: UID in precondition: other, UID in object meta: [-0-9a-f]{36}$/,
          ) as string,
          { name: 'one', kind: 'namespaces' },
        ),
      },
    },
    {
      what: 'refuses to delete another version of a definition likewise',
      asked: remove('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com', {
        ...OPTIONS,
        preconditions: { resourceVersion: '999999' },
      }),
      want: {
        status: 409,
        body: failure(
          409,
          'Conflict',
          expect.stringMatching(
            /^Operation cannot be fulfilled on customresourcedefinitions\.apiextensions\.k8s\.io "widgets\.example\.com": Precondition failed: ResourceVersion in precondition: 999999, ResourceVersion in object meta: \d+$/,
          ) as string,
          {
            name: 'widgets.example.com',
            group: 'apiextensions.k8s.io',
            kind: 'customresourcedefinitions',
          },
        ),
      },
    },
    {
      what: 'refuses to orphan in two ways at once',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: remove(`${CONFIG_MAPS}/one`, { ...OPTIONS, orphanDependents: true, propagationPolicy: 'Orphan' }),
      want: {
        status: 422,
        body: failure(
          422,
          'Invalid',
          'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents ' +
            'and deletionPropagation cannot be both set',
          {
            group: 'meta.k8s.io',
            kind: 'DeleteOptions',
            causes: [
              {
                reason: 'FieldValueInvalid',
                message: 'Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
                field: 'propagationPolicy',
              },
            ],
          },
        ),
      },
    },
    {
      what: 'refuses a propagation that nobody knows',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: remove(`${CONFIG_MAPS}/one?propagationPolicy=Sideways`),
      want: {
        status: 422,
        body: failure(
          422,
          'Invalid',
          'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": supported ' +
            'values: "Foreground", "Background", "Orphan", "nil"',
          {
            group: 'meta.k8s.io',
            kind: 'DeleteOptions',
            causes: [
              {
                reason: 'FieldValueNotSupported',
                message:
                  'Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"',
                field: 'propagationPolicy',
              },
            ],
          },
        ),
      },
    },
  ],
}
