/**
 * What is looked at when health is asked for, under upstream's names where the thing is here (kubernetes
 * pkg/controlplane, pkg/registry/rbac/rest, k8s.io/kube-aggregator pkg/apiserver): the store, that the controllers of
 * the cluster scope have begun, and that what a cluster starts with has been made. A post-start hook is over once its
 * objects are in the store; only what cannot be deleted is asked for by name, so that nobody makes a server unready by
 * deleting an object.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { apiService } from '../../apis/apiregistration/api-service.ts'
import { namespace } from '../../apis/core/namespace/namespace.ts'
import { flowSchema } from '../../apis/flowcontrol/flow-schema.ts'
import { priorityLevelConfiguration } from '../../apis/flowcontrol/priority-level-configuration.ts'
import { clusterRoleBinding } from '../../apis/rbac/cluster-role-binding/cluster-role-binding.ts'
import { clusterRole } from '../../apis/rbac/cluster-role/cluster-role.ts'
import { priorityClass } from '../../apis/scheduling/priority-class/priority-class.ts'
import type { StoreReader } from '../../store/object-store.ts'
import type { Examined, HealthCheck } from './health.ts'

/** Upstream's order. A hook that only begins something is over when the controllers have begun. */
export const HEALTH_CHECKS: readonly HealthCheck[] = [
  { name: 'ping', check: always },
  { name: 'log', check: always },
  { name: 'etcd', check: unreadable },
  { name: 'etcd-readiness', isOfReadiness: true, check: unreadable },
  { name: 'informer-sync', isOfReadiness: true, check: notBegun },
  // The plugins and what they ask are part of the object from its first request on.
  { name: 'poststarthook/start-apiserver-admission-initializer', check: always },
  { name: 'poststarthook/generic-apiserver-start-informers', check: notBegun },
  started('poststarthook/priority-and-fairness-config-consumer', { kind: priorityLevelConfiguration }),
  // Definitions are looked up in an index of the store, and what becomes of them is the controllers'.
  { name: 'poststarthook/start-apiextensions-informers', check: notBegun },
  { name: 'poststarthook/start-apiextensions-controllers', check: notBegun },
  { name: 'poststarthook/crd-informer-synced', check: notBegun },
  started('poststarthook/start-system-namespaces-controller', {
    kind: namespace,
    names: ['default', 'kube-node-lease', 'kube-public', 'kube-system'],
  }),
  owed('poststarthook/start-cluster-authentication-info-controller', 'bootstrap'),
  owed('poststarthook/start-kube-apiserver-identity-lease-controller', 'bootstrap'),
  { name: 'poststarthook/storage-readiness', check: unreadable },
  owed('poststarthook/start-legacy-token-tracking-controller', 'bootstrap'),
  { name: 'poststarthook/start-service-ip-repair-controllers', check: notBegun },
  started('poststarthook/rbac/bootstrap-roles', { kind: clusterRole }, { kind: clusterRoleBinding }),
  started('poststarthook/scheduling/bootstrap-system-priority-classes', {
    kind: priorityClass,
    names: ['system-cluster-critical', 'system-node-critical'],
  }),
  started('poststarthook/priority-and-fairness-config-producer', { kind: flowSchema }),
  owed('poststarthook/bootstrap-controller', 'bootstrap'),
  owed('poststarthook/start-kubernetes-service-cidr-controller', 'bootstrap'),
  { name: 'poststarthook/start-kube-aggregator-informers', check: notBegun },
  { name: 'poststarthook/apiservice-status-local-available-controller', check: notBegun },
  { name: 'poststarthook/apiservice-status-remote-available-controller', check: notBegun },
  { name: 'poststarthook/apiservice-registration-controller', check: notBegun },
  // Discovery and OpenAPI of other servers are read and merged when somebody asks, by every object that is there.
  { name: 'poststarthook/apiservice-discovery-controller', check: always },
  { name: 'poststarthook/kube-apiserver-autoregistration', check: notBegun },
  started('autoregister-completion', { kind: apiService }),
  { name: 'poststarthook/apiservice-openapi-controller', check: always },
  { name: 'poststarthook/apiservice-openapiv3-controller', check: always },
]

function always(): undefined {
  return undefined
}

function unreadable({ reader }: Examined): string | undefined {
  return storeWrong(reader)
}

function notBegun({ controllers }: Examined): string | undefined {
  return controllers.haveBegun() ? undefined : 'not finished: the controllers have not begun'
}

/** What a controller makes once: it has been done, and was not in vain. */
function owed(name: string, controller: string): HealthCheck {
  return {
    name,
    check: (examined) =>
      notBegun(examined) ?? (examined.controllers.owe(controller) ? 'not finished: it will be tried again' : undefined),
  }
}

function started(name: string, ...made: readonly Made[]): HealthCheck {
  return { name, check: ({ reader }) => missing(reader, made) }
}

/** Objects of a kind: these, or any. */
interface Made {
  readonly kind: KindRef
  readonly names?: readonly string[]
}

/** The database is read, not only what is remembered of it. */
export function storeWrong(reader: StoreReader): string | undefined {
  try {
    reader.resources()
  } catch (error) {
    return `the store cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
  return reader.revision >= reader.compactedRevision ? undefined : 'the store is behind'
}

function missing(reader: StoreReader, made: readonly Made[]): string | undefined {
  const absent = made.flatMap(({ kind, names }) => {
    const resource = storeResource(kind)
    if (names === undefined) return reader.hasAny(resource) ? [] : [resource]
    return names.filter((name) => reader.get({ resource, name }) === undefined).map((name) => `${resource}/${name}`)
  })
  return absent.length === 0 ? undefined : `not finished: ${absent.join(', ')} not there yet`
}
