/**
 * Who learns of this log by key, outside of this object: the cloud of its Services, the isolates' kubelets of their
 * pods, namespaces' objects of their beginning. Each is told the state of a key as it is now, so that a call too many
 * changes nothing. They are driven like controllers (reconcile/driver.ts), with a cursor of their own: at least once,
 * retried key by key, and with all keys when the log no longer reaches back to the cursor.
 */
import { namespace as namespaceKind } from '../../apis/core/namespace/namespace.ts'
import { pod as podKind } from '../../apis/core/pod/pod.ts'
import { service as serviceKind } from '../../apis/core/service/service.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import type { Progress } from '../../reconcile/progress.ts'
import type { Change, StoreReader } from '../../store/object-store.ts'

/** The feeds' cursor among the store's followers. */
export const FEEDS_TARGET = 'feeds'

export interface NamespaceFeedPorts {
  /** The Service of this name changed, or is gone. Durable when it resolves. */
  tellCloud(name: string): Promise<void>
  /** The runtime of a node; undefined: no such node. */
  runtimeOf(node: string): Promise<string | undefined>
  /** Hands a pod to its own object. */
  givePod(pod: PodRef, text: string): Promise<void>
  /** The pod is no more. */
  endPod(pod: PodRef): Promise<void>
}

export interface ClusterFeedPorts {
  /** A namespace was made, perhaps anew: its object makes what a namespace has from the start. */
  startNamespace(name: string): Promise<void>
}

export interface PodRef {
  readonly name: string
  readonly uid: string
}

/** A namespace's feeds. */
export function namespaceFeeds(ports: NamespaceFeedPorts): readonly Controller[] {
  return [cloudFeed(ports), isolatesFeed(ports)]
}

/** The cluster scope's feeds. */
export function clusterFeeds(ports: ClusterFeedPorts): readonly Controller[] {
  return [
    defineController({
      name: 'feed-namespaces',
      scope: 'cluster',
      for: namespaceKind,
      ignoresFor: true,
      watches: [{ kind: namespaceKind, keysOf: ({ type, name }) => (type === 'ADDED' ? [name] : []) }],
      async reconcile(_context, name) {
        await ports.startNamespace(name)
        return done
      },
    }),
  ]
}

/** Services that have, want or had a load balancer. */
function cloudFeed({ tellCloud }: NamespaceFeedPorts): Controller {
  return defineController({
    name: 'feed-cloud',
    scope: 'namespace',
    for: serviceKind,
    ignoresFor: true,
    watches: [{ kind: serviceKind, keysOf: ({ name, text }) => (isOfCloud(text) ? [name] : []) }],
    allKeys: ({ reader }) => [...every(reader, 'services')].filter(({ text }) => isOfCloud(text)).map(({ name }) => name),
    async reconcile(_context, name) {
      await tellCloud(name)
      return done
    },
  })
}

function isOfCloud(text: string): boolean {
  return text.includes('"LoadBalancer"') || text.includes('service.kubernetes.io/load-balancer-cleanup')
}

/** Pods that were given to a node, are to end, or are gone; keys are `NODE UID NAME`. */
function isolatesFeed({ runtimeOf, givePod, endPod }: NamespaceFeedPorts): Controller {
  return defineController({
    name: 'feed-isolates',
    scope: 'namespace',
    for: podKind,
    ignoresFor: true,
    watches: [
      {
        kind: podKind,
        async keysOf(change) {
          if (!concernsKubelet(change)) return []
          const { 'spec.nodeName': node = '' } = change.selectable.fields
          return (await runtimeOf(node)) === 'isolates' ? [keyOf(change.text)] : []
        },
      },
    ],
    allKeys: ({ reader }) => [...every(reader, 'pods')].map(({ text }) => keyOf(text)).filter((key) => key[0] !== ' '),
    async reconcile({ reader }, key) {
      const [node = '', uid = '', name = ''] = key.split(' ')
      if ((await runtimeOf(node)) !== 'isolates') return done
      const stored = reader.get({ resource: 'pods', name })
      const isThere = stored !== undefined && (JSON.parse(stored.text) as V1Pod).metadata.uid === uid
      await (isThere ? givePod({ name, uid }, stored.text) : endPod({ name, uid }))
      return done
    },
  })
}

/** A pod's kubelet writes its status itself: only its assignment and its end are news to it. */
function concernsKubelet({ type, text, selectable, previousSelectable }: Change): boolean {
  if ((selectable.fields['spec.nodeName'] ?? '') === '') return false
  if (type === 'DELETED') return true
  return (previousSelectable?.fields['spec.nodeName'] ?? '') === '' || text.includes('"deletionTimestamp":"')
}

function keyOf(text: string): string {
  const { metadata, spec } = JSON.parse(text) as V1Pod
  return `${spec?.nodeName ?? ''} ${metadata.uid ?? ''} ${metadata.name ?? ''}`
}

function* every(reader: StoreReader, resource: string): Generator<{ readonly name: string; readonly text: string }> {
  yield* reader.list({ resource, limit: Number.MAX_SAFE_INTEGER }).objects
}

/**
 * Two drivers keep their due keys in one table; each sees its own. What a feed does cannot end the object, so it
 * needs no marker of a running slice.
 */
export function progressOfFeeds(progress: Progress): Progress {
  return {
    ...shared(progress),
    work: () => progress.work().filter(({ controller }) => isFeed(controller)),
    marker: () => undefined,
    setMarker: () => undefined,
    clearMarker: () => undefined,
  }
}

export function progressOfControllers(progress: Progress): Progress {
  return {
    ...shared(progress),
    work: () => progress.work().filter(({ controller }) => !isFeed(controller)),
    marker: () => progress.marker(),
    setMarker: (marker) => progress.setMarker(marker),
    clearMarker: () => progress.clearMarker(),
  }
}

const isFeed = (controller: string): boolean => controller.startsWith('feed-')

function shared(progress: Progress): Pick<Progress, 'cursor' | 'advance' | 'putWork' | 'removeWork'> {
  return {
    cursor: (target) => progress.cursor(target),
    advance: (target, revision) => progress.advance(target, revision),
    putWork: (item) => progress.putWork(item),
    removeWork: (controller, key) => progress.removeWork(controller, key),
  }
}
