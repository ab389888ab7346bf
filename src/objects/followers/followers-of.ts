/** The followers of a scope's log outside of its object, with their calls filled in. */
import type { Env } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { callPod } from '../nodes/isolates-calls.ts'
import type { NodeRuntimes } from '../nodes/node-runtimes.ts'
import { concernsScheduler, scheduledResource, schedulingChanges, schedulingState } from './scheduling-feed.ts'
import type { ScopeName } from '../object-names.ts'
import { clusterObjectName } from '../object-names.ts'
import { clusterFeeds, namespaceFeeds } from './feeds.ts'
import { Follower } from './follower.ts'
import type { Scope } from '../scope/scope.ts'

const SCHEDULER_TARGET = 'scheduler'

export function feedsOf(env: Env, name: ScopeName, runtimes: NodeRuntimes): readonly Controller[] {
  const { cluster, namespace } = name
  if (namespace === '') {
    return clusterFeeds({ startNamespace: (one) => Promise.resolve(scopeStub(env, cluster, one).startNamespace()) })
  }
  const cloud = clusterObjectName(cluster)
  return namespaceFeeds({
    tellCloud: async (service) => env.CLOUD_OBJECTS.getByName(cloud).observe(namespace, [service]),
    runtimeOf: (node) => runtimes.runtimeOf(node),
    givePod: (pod, text) => callPod(env, name, pod, 'observe', text),
    endPod: (pod) => callPod(env, name, pod, 'gone', ''),
  })
}

/** The scheduler's feed. */
export function schedulerFollower(env: Env, { cluster, namespace }: ScopeName, { store, cursors }: Scope): Follower {
  const resource = scheduledResource(namespace)
  const scheduler = () => env.SCHEDULER_OBJECTS.getByName(clusterObjectName(cluster))
  return new Follower({
    target: SCHEDULER_TARGET,
    resources: [resource],
    reader: store,
    concerns: concernsScheduler,
    serve: async (changes, after, upTo) => scheduler().observe(namespace, after, upTo, schedulingChanges(changes)),
    replace: async () => scheduler().replace(namespace, schedulingState(store, resource)),
    cursor: () => cursors.cursor(SCHEDULER_TARGET),
    advance: (revision) => cursors.advance(SCHEDULER_TARGET, revision),
    now: () => systemClock.now(),
  })
}
