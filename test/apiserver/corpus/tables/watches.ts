/** Watches: what each event carries, bookmarks, and errors that come after 200. */
import { WATCH_WINDOW_MS } from '../../../../src/store/history/compact.ts'
import type { Table } from '../entry.ts'
import {
  CONFIG_MAPS,
  LEASES,
  MERGE_PATCH,
  PARTIAL,
  PRIORITY_CLASSES,
  REVISION,
  WIDGETS,
  configMap,
  failure,
  unclassified,
  lease,
  post,
  priorityClass,
  revisionOf,
  wantConfigMap,
  wantLease,
  wantPriorityClass,
  wantWidget,
  widget,
} from '../entry.ts'
import { expect } from 'vitest'

const FROM_NOW = 'watch=1&resourceVersion=0'
const INITIAL = 'watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan'
const END = { resourceVersion: REVISION, annotations: { 'k8s.io/initial-events-end': 'true' } }

const NO_TOKEN = 'Forbidden: resourceVersionMatch is forbidden when continue is provided'

export const WATCHES: Table = {
  about: 'GET ?watch',
  upstream: [
    'k8s.io/apiserver pkg/endpoints/handlers/{get,watch,response}.go',
    'k8s.io/apiserver pkg/storage/cacher/{cacher,watch_cache,cache_watcher}.go',
    'k8s.io/apimachinery pkg/apis/meta/v1/types.go (InitialEventsAnnotationKey)',
  ],
  entries: [
    {
      what: 'begins with what is there',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: { request: `GET ${CONFIG_MAPS}?${FROM_NOW}` },
      want: { status: 200, frames: [{ type: 'ADDED', object: wantConfigMap('one') }] },
    },
    {
      what: 'tells what is created, changed and deleted after a revision',
      given: [post(LEASES, lease('one'))],
      asked: ([one]) => ({ request: `GET ${LEASES}?watch=1&resourceVersion=${revisionOf(one)}` }),
      meanwhile: [
        post(LEASES, lease('two')),
        { request: `DELETE ${LEASES}/two` },
        {
          request: `PATCH ${LEASES}/one`,
          headers: MERGE_PATCH,
          body: { spec: { holderIdentity: 'me' }, metadata: { labels: { a: 'b' } } },
        },
      ],
      want: {
        status: 200,
        frames: [
          { type: 'ADDED', object: wantLease('two') },
          { type: 'DELETED', object: wantLease('two') },
          {
            type: 'MODIFIED',
            object: expect.objectContaining({
              kind: 'Lease',
              apiVersion: 'coordination.k8s.io/v1',
              metadata: expect.objectContaining({ name: 'one', labels: { a: 'b' } }) as unknown,
            }) as unknown,
          },
        ],
      },
    },
    {
      what: 'tells a cluster-scoped object and the end of what was there, an empty object of the kind',
      given: [post(PRIORITY_CLASSES, priorityClass('one'))],
      asked: { request: `GET ${PRIORITY_CLASSES}?${INITIAL}&fieldSelector=metadata.name%3Done` },
      want: {
        status: 200,
        frames: [
          { type: 'ADDED', object: wantPriorityClass('one') },
          {
            type: 'BOOKMARK',
            object: { kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: END, value: 0 },
          },
        ],
      },
    },
    {
      what: 'ends what was there with an empty Lease, whose spec is there',
      asked: { request: `GET ${LEASES}?${INITIAL}` },
      want: {
        status: 200,
        frames: [
          {
            type: 'BOOKMARK',
            object: { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', metadata: END, spec: {} },
          },
        ],
      },
    },
    {
      what: 'ends what was there of a custom resource',
      given: [post(WIDGETS, widget('one'))],
      asked: { request: `GET ${WIDGETS}?${INITIAL}` },
      want: {
        status: 200,
        frames: [
          { type: 'ADDED', object: wantWidget('one') },
          { type: 'BOOKMARK', object: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: END } },
        ],
      },
    },
    {
      what: 'carries metadata only where that is asked for, in bookmarks too',
      asked: { request: `GET ${CONFIG_MAPS}?${INITIAL}`, headers: PARTIAL },
      want: {
        status: 200,
        frames: [
          {
            type: 'BOOKMARK',
            object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: END },
          },
        ],
      },
    },
    {
      what: 'tells as an event that a revision is too old',
      given: [
        post(CONFIG_MAPS, configMap('one')),
        post(CONFIG_MAPS, configMap('two')),
        { request: `DELETE ${CONFIG_MAPS}/two` },
      ],
      passes(world) {
        world.clock.advance(WATCH_WINDOW_MS + 1)
        world.api.compact('ns')
      },
      asked: ([one]) => ({ request: `GET ${CONFIG_MAPS}?watch=1&resourceVersion=${revisionOf(one)}` }),
      want: {
        status: 200,
        frames: [
          {
            type: 'ERROR',
            object: failure(
              410,
              'Expired',
              expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/) as string,
            ),
          },
        ],
      },
    },
    {
      what: 'says that a state of the future is not there yet',
      asked: { request: `GET ${CONFIG_MAPS}?${INITIAL}&resourceVersion=999999` },
      want: {
        status: 200,
        frames: [
          {
            type: 'ERROR',
            object: failure(
              504,
              'Timeout',
              expect.stringMatching(/^Timeout: Too large resource version: 999999, current: \d+$/) as string,
              {
                causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
                retryAfterSeconds: 1,
              },
            ),
          },
        ],
      },
    },
    {
      what: 'tells of a revision of the future only what comes after it',
      given: [post(CONFIG_MAPS, configMap('one'))],
      asked: ([one]) => ({
        request: `GET ${CONFIG_MAPS}?watch=1&resourceVersion=${String(Number(revisionOf(one)) + 1)}`,
      }),
      meanwhile: [post(CONFIG_MAPS, configMap('two')), post(CONFIG_MAPS, configMap('three'))],
      want: { status: 200, frames: [{ type: 'ADDED', object: wantConfigMap('three') }] },
    },
    {
      what: 'refuses initial events without saying which version they must have',
      asked: { request: `GET ${CONFIG_MAPS}?watch=1&sendInitialEvents=true` },
      want: {
        status: 422,
        body: failure(
          422,
          'Invalid',
          'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires ' +
            'setting resourceVersionMatch to NotOlderThan',
          {
            group: 'meta.k8s.io',
            kind: 'ListOptions',
            causes: [
              {
                reason: 'FieldValueForbidden',
                message: 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
                field: 'resourceVersionMatch',
              },
            ],
          },
        ),
      },
    },
    {
      what: 'refuses a version that is none',
      asked: { request: `GET ${CONFIG_MAPS}?watch=1&resourceVersion=x` },
      want: {
        status: 500,
        body: unclassified('resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'),
      },
    },
    {
      what: 'refuses a token, which goes with lists',
      asked: { request: `GET ${CONFIG_MAPS}?watch=1&continue=x` },
      want: {
        status: 422,
        body: failure(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: ${NO_TOKEN}`, {
          group: 'meta.k8s.io',
          kind: 'ListOptions',
          causes: [{ reason: 'FieldValueForbidden', message: NO_TOKEN, field: 'resourceVersionMatch' }],
        }),
      },
    },
  ],
}
