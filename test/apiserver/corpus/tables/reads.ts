/** Reads: one object and many, whole, as a table and as metadata only. */
import { WATCH_WINDOW_MS } from '../../../../src/store/history/compact.ts'
import type { Table } from '../entry.ts'
import {
  CONFIG_MAPS,
  LEASES,
  PARTIAL,
  PRIORITY_CLASSES,
  REVISION,
  SOME_TEXT,
  WIDGETS,
  configMap,
  failure,
  lease,
  managed,
  metadata,
  post,
  priorityClass,
  untyped,
  wantConfigMap,
  wantLease,
  wantPriorityClass,
  wantWidget,
  widget,
} from '../entry.ts'
import { expect } from 'vitest'

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
const PARTIAL_LIST = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' }

const column = (name: string, type: string, format = '', priority = 0): object => ({
  name,
  type,
  format,
  description: SOME_TEXT,
  priority,
})

const CONFIG_MAP_COLUMNS = [column('Name', 'string', 'name'), column('Data', 'string'), column('Age', 'string')]

const OWNED = [managed('v1', { 'f:data': { '.': {}, 'f:a': {} } })]
const partial = (name: string): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: metadata(name, { managedFields: OWNED }),
})

const TWO = [post(CONFIG_MAPS, configMap('one')), post(CONFIG_MAPS, configMap('two'))]
const AGE: unknown = expect.stringMatching(/^\d+s$/)

export const READS: Table = {
  about: 'GET',
  upstream: [
    'k8s.io/apiserver pkg/endpoints/handlers/{get,response}.go',
    'k8s.io/apiserver pkg/storage/{continue,errors}.go, pkg/storage/etcd3/errors.go',
    'k8s.io/apimachinery pkg/apis/meta/v1/types.go (ListMeta, Table, PartialObjectMetadata)',
    'k8s.io/kubernetes pkg/printers/internalversion/printers.go',
    'k8s.io/apiextensions-apiserver pkg/registry/customresource/tableconvertor/tableconvertor.go',
  ],
  entries: [
    {
      what: 'answers a ConfigMap',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: { request: `GET ${CONFIG_MAPS}/one` },
      want: { status: 200, body: wantConfigMap('one') },
    },
    {
      what: 'answers a Lease',
      given: [post(LEASES, lease('one'))],
      asked: { request: `GET ${LEASES}/one` },
      want: { status: 200, body: wantLease('one') },
    },
    {
      what: 'answers a PriorityClass',
      given: [post(PRIORITY_CLASSES, priorityClass('one'))],
      asked: { request: `GET ${PRIORITY_CLASSES}/one` },
      want: { status: 200, body: wantPriorityClass('one') },
    },
    {
      what: 'answers a custom resource',
      given: [post(WIDGETS, widget('one'))],
      asked: { request: `GET ${WIDGETS}/one` },
      want: { status: 200, body: wantWidget('one') },
    },
    {
      what: 'answers an empty list with no items, not without items',
      asked: { request: `GET ${LEASES}` },
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
      what: 'lists ConfigMaps by name, without kind and version of each',
      given: [...TWO].reverse(),
      asked: { request: `GET ${CONFIG_MAPS}` },
      want: {
        status: 200,
        body: {
          kind: 'ConfigMapList',
          apiVersion: 'v1',
          metadata: { resourceVersion: REVISION },
          items: [untyped(wantConfigMap('one')), untyped(wantConfigMap('two'))],
        },
      },
    },
    {
      what: 'lists cluster-scoped objects that a field selector takes',
      given: [post(PRIORITY_CLASSES, priorityClass('one')), post(PRIORITY_CLASSES, priorityClass('two'))],
      asked: { request: `GET ${PRIORITY_CLASSES}?fieldSelector=metadata.name%3Dtwo` },
      want: {
        status: 200,
        body: {
          kind: 'PriorityClassList',
          apiVersion: 'scheduling.k8s.io/v1',
          metadata: { resourceVersion: REVISION },
          items: [untyped(wantPriorityClass('two'))],
        },
      },
    },
    {
      what: 'lists custom resources with kind and version of each',
      given: [post(WIDGETS, widget('one')), post(WIDGETS, widget('two'))],
      asked: { request: `GET ${WIDGETS}` },
      want: {
        status: 200,
        body: {
          apiVersion: 'example.com/v1',
          kind: 'WidgetList',
          metadata: { continue: '', resourceVersion: REVISION },
          items: [wantWidget('one'), wantWidget('two')],
        },
      },
    },
    {
      what: 'gives a page, a token and how many remain',
      given: TWO,
      asked: { request: `GET ${CONFIG_MAPS}?limit=1` },
      want: {
        status: 200,
        body: {
          kind: 'ConfigMapList',
          apiVersion: 'v1',
          metadata: { resourceVersion: REVISION, continue: SOME_TEXT, remainingItemCount: 1 },
          items: [untyped(wantConfigMap('one'))],
        },
      },
    },
    {
      what: 'makes a table of one object',
      given: TWO,
      asked: { request: `GET ${CONFIG_MAPS}/one`, headers: TABLE },
      want: {
        status: 200,
        body: {
          kind: 'Table',
          apiVersion: 'meta.k8s.io/v1',
          metadata: { resourceVersion: REVISION },
          columnDefinitions: CONFIG_MAP_COLUMNS,
          rows: [{ cells: ['one', 1, AGE], object: partial('one') }],
        },
      },
    },
    {
      what: 'makes a table of a list, without its objects when told so',
      given: TWO,
      asked: { request: `GET ${CONFIG_MAPS}?includeObject=None`, headers: TABLE },
      want: {
        status: 200,
        body: {
          kind: 'Table',
          apiVersion: 'meta.k8s.io/v1',
          metadata: { resourceVersion: REVISION },
          columnDefinitions: CONFIG_MAP_COLUMNS,
          rows: [
            { cells: ['one', 1, AGE], object: null },
            { cells: ['two', 1, AGE], object: null },
          ],
        },
      },
    },
    {
      what: 'makes a table of whole objects, which then say what they are',
      given: [post(LEASES, lease('one'))],
      asked: { request: `GET ${LEASES}?includeObject=Object`, headers: TABLE },
      want: {
        status: 200,
        body: {
          kind: 'Table',
          apiVersion: 'meta.k8s.io/v1',
          metadata: { resourceVersion: REVISION },
          columnDefinitions: [column('Name', 'string', 'name'), column('Holder', 'string'), column('Age', 'string')],
          rows: [{ cells: ['one', 'me', AGE], object: wantLease('one') }],
        },
      },
    },
    {
      what: 'makes a table of custom resources with the columns that every definition has',
      given: [post(WIDGETS, widget('one'))],
      asked: { request: `GET ${WIDGETS}?includeObject=None`, headers: TABLE },
      want: {
        status: 200,
        body: {
          kind: 'Table',
          apiVersion: 'meta.k8s.io/v1',
          metadata: { resourceVersion: REVISION },
          columnDefinitions: [column('Name', 'string', 'name'), column('Age', 'date')],
          rows: [{ cells: ['one', AGE], object: null }],
        },
      },
    },
    {
      what: 'refuses a table whose objects are neither one thing nor another',
      asked: { request: `GET ${CONFIG_MAPS}?includeObject=Some`, headers: TABLE },
      want: {
        status: 400,
        body: failure(
          400,
          'BadRequest',
          'Unable to convert to Table as requested: includeObject: Invalid value: "Some": must be \'Metadata\', ' +
            "'Object', 'None', or empty",
        ),
      },
    },
    {
      what: 'gives the metadata of one object',
      given: TWO,
      asked: { request: `GET ${CONFIG_MAPS}/one`, headers: PARTIAL },
      want: { status: 200, body: partial('one') },
    },
    {
      what: 'gives the metadata of many, each of which says what it is',
      given: TWO,
      asked: { request: `GET ${CONFIG_MAPS}`, headers: PARTIAL_LIST },
      want: {
        status: 200,
        body: {
          kind: 'PartialObjectMetadataList',
          apiVersion: 'meta.k8s.io/v1',
          metadata: { resourceVersion: REVISION },
          items: [partial('one'), partial('two')],
        },
      },
    },
    {
      what: 'answers in YAML',
      asked: { request: `GET ${CONFIG_MAPS}/none`, headers: { accept: 'application/yaml' } },
      want: {
        status: 404,
        headers: { 'content-type': 'application/yaml' },
        body:
          'apiVersion: v1\ncode: 404\ndetails:\n  kind: configmaps\n  name: none\nkind: Status\n' +
          'message: configmaps "none" not found\nmetadata: {}\nreason: NotFound\nstatus: Failure\n',
      },
    },
    {
      what: 'refuses a limit that is no number',
      asked: { request: `GET ${CONFIG_MAPS}?limit=many` },
      want: {
        status: 400,
        body: failure(400, 'BadRequest', 'strconv.ParseInt: parsing "many": invalid syntax'),
      },
    },
    {
      what: 'refuses a token that is none',
      asked: { request: `GET ${CONFIG_MAPS}?limit=1&continue=x` },
      want: {
        status: 400,
        body: failure(
          400,
          'BadRequest',
          'invalid continue token: continue key is not valid: illegal base64 data at input byte 0',
        ),
      },
    },
    {
      what: 'refuses a version that nobody remembers',
      given: [...TWO, { request: `DELETE ${CONFIG_MAPS}/two` }],
      passes(world) {
        world.clock.advance(WATCH_WINDOW_MS + 1)
        world.api.compact('ns')
      },
      asked: ([one]) => {
        const revision = String(one?.['metadata']?.['resourceVersion'])
        return { request: `GET ${CONFIG_MAPS}?resourceVersion=${revision}&resourceVersionMatch=Exact` }
      },
      want: {
        status: 410,
        body: failure(410, 'Expired', 'The resourceVersion for the provided list is too old.'),
      },
    },
    {
      what: 'refuses a version that is not there yet, and says when to ask again',
      asked: { request: `GET ${CONFIG_MAPS}?resourceVersion=999999&resourceVersionMatch=NotOlderThan` },
      want: {
        status: 504,
        headers: { 'retry-after': '1' },
        body: failure(
          504,
          'Timeout',
          expect.stringMatching(/^Timeout: Too large resource version: 999999, current: \d+$/) as string,
          {
            causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
            retryAfterSeconds: 1,
          },
        ),
      },
    },
    {
      what: 'refuses how a version is to match when none is named',
      asked: { request: `GET ${CONFIG_MAPS}?resourceVersionMatch=Exact` },
      want: {
        status: 422,
        body: failure(
          422,
          'Invalid',
          'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is ' +
            'forbidden unless resourceVersion is provided',
          {
            group: 'meta.k8s.io',
            kind: 'ListOptions',
            causes: [
              {
                reason: 'FieldValueForbidden',
                message: 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
                field: 'resourceVersionMatch',
              },
            ],
          },
        ),
      },
    },
    {
      what: 'refuses a field that no selector knows',
      asked: { request: `GET ${CONFIG_MAPS}?fieldSelector=data.a%3D1` },
      want: {
        status: 400,
        body: failure(
          400,
          'BadRequest',
          '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
      },
    },
  ],
}
