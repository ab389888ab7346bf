/**
 * Reflectors on top of each of the Go clients: the list they begin with, the watch that follows it, the stream that
 * takes the place of both (watch-list), and what they are told when they come back too late.
 */
import { WATCH_WINDOW_MS } from '../../../../src/store/history/compact.ts'
import { PROTOBUF } from '../../wire/protobuf-client.ts'
import type { Asked, Entry, Table } from '../entry.ts'
import {
  CONFIG_MAPS,
  LEASES,
  REVISION,
  WIDGETS,
  configMap,
  failure,
  lease,
  post,
  revisionOf,
  untyped,
  wantConfigMap,
  wantLease,
  wantWidget,
  widget,
} from '../entry.ts'
import {
  DYNAMIC,
  IN_PROTOBUF,
  METADATA,
  METADATA_LIST,
  OF_CONTROLLER_RUNTIME,
  TYPED,
  listOf,
  onlyMetadata,
} from './go-clients.ts'
import { expect } from 'vitest'

const STREAM = { 'content-type': `${PROTOBUF};stream=watch` }

/** tools/cache/reflector.go */
const FIRST_LIST = 'limit=500&resourceVersion=0'
const WATCH = 'allowWatchBookmarks=true&timeout=7m11s&timeoutSeconds=431&watch=true'
const watchFrom = (revision: string): string => `${WATCH}&resourceVersion=${revision}`
const WATCH_LIST = `${WATCH}&resourceVersionMatch=NotOlderThan&sendInitialEvents=true`
const END = { resourceVersion: REVISION, annotations: { 'k8s.io/initial-events-end': 'true' } }

interface Reflected {
  readonly by: string
  readonly list: Record<string, string>
  readonly watch: Record<string, string>
  readonly path: string
  readonly object: object
  /** What it sees of `one`, and as what a list carries it. */
  readonly seen: object
  readonly listed: object
  readonly answered: Record<string, string>
  readonly streamed: Record<string, string>
  /** The object of the bookmark that ends what was there. */
  readonly end: object
}

const REFLECTED: readonly Reflected[] = [
  {
    by: 'a typed client',
    list: TYPED,
    watch: TYPED,
    path: CONFIG_MAPS,
    object: configMap('one'),
    seen: wantConfigMap('one'),
    listed: listOf('ConfigMapList', 'v1', [untyped(wantConfigMap('one'))]),
    answered: IN_PROTOBUF,
    streamed: STREAM,
    end: { kind: 'ConfigMap', apiVersion: 'v1', metadata: END },
  },
  {
    by: 'controller-runtime’s cache',
    list: OF_CONTROLLER_RUNTIME,
    watch: OF_CONTROLLER_RUNTIME,
    path: LEASES,
    object: lease('one'),
    seen: wantLease('one'),
    listed: listOf('LeaseList', 'coordination.k8s.io/v1', [untyped(wantLease('one'))]),
    answered: IN_PROTOBUF,
    streamed: STREAM,
    end: { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', metadata: END, spec: {} },
  },
  {
    by: 'the dynamic client',
    list: DYNAMIC,
    watch: DYNAMIC,
    path: WIDGETS,
    object: widget('one'),
    seen: wantWidget('one'),
    listed: listOf('WidgetList', 'example.com/v1', [wantWidget('one')], { continue: '' }),
    answered: {},
    streamed: {},
    end: { kind: 'Widget', apiVersion: 'example.com/v1', metadata: END },
  },
  {
    by: 'the metadata client',
    list: METADATA_LIST,
    watch: METADATA,
    path: WIDGETS,
    object: widget('one'),
    seen: onlyMetadata(wantWidget('one')),
    listed: listOf('PartialObjectMetadataList', 'meta.k8s.io/v1', [untyped(onlyMetadata(wantWidget('one')))]),
    answered: IN_PROTOBUF,
    streamed: STREAM,
    end: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: END },
  },
]

function entriesOf(one: Reflected): Entry[] {
  const { by, path, object, seen } = one
  const watch = (query: string): Asked => ({ request: `GET ${path}?${query}`, headers: one.watch })
  const given = [post(path, object)]
  return [
    {
      what: `${by} lists`,
      given,
      asked: { request: `GET ${path}?${FIRST_LIST}`, headers: one.list },
      want: { status: 200, headers: one.answered, body: one.listed },
    },
    {
      what: `${by} watches from its list`,
      given,
      asked: ([created]) => watch(watchFrom(revisionOf(created))),
      meanwhile: [{ request: `DELETE ${path}/one` }],
      want: { status: 200, headers: one.streamed, frames: [{ type: 'DELETED', object: seen }] },
    },
    {
      what: `${by} streams its list`,
      given,
      asked: watch(WATCH_LIST),
      meanwhile: [{ request: `DELETE ${path}/one` }],
      want: {
        status: 200,
        headers: one.streamed,
        frames: [
          { type: 'ADDED', object: seen },
          { type: 'BOOKMARK', object: one.end },
          { type: 'DELETED', object: seen },
        ],
      },
    },
    {
      what: `${by} comes back too late`,
      given: [...given, { request: `DELETE ${path}/one` }],
      passes(world) {
        world.clock.advance(WATCH_WINDOW_MS + 1)
        world.api.compact('ns')
      },
      asked: ([created]) => watch(watchFrom(revisionOf(created))),
      want: {
        status: 200,
        headers: one.streamed,
        frames: [
          {
            type: 'ERROR',
            object: failure(410, 'Expired', expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/) as string),
          },
        ],
      },
    },
  ]
}

export const REFLECTORS: Table = {
  about: 'a reflector of',
  upstream: [
    'k8s.io/client-go tools/cache/reflector.go',
    'k8s.io/apiserver pkg/endpoints/handlers/{response,watch}.go',
    'k8s.io/apiserver pkg/storage/cacher/{cacher,watch_cache}.go',
  ],
  entries: REFLECTED.flatMap(entriesOf),
}
