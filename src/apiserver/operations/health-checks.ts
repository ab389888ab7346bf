/**
 * What is looked at when health is asked for, under upstream's names where the thing is here (kubernetes
 * pkg/controlplane, pkg/registry/rbac/rest, k8s.io/kube-aggregator pkg/apiserver): the store, and that what a cluster
 * starts with has been made. A post-start hook is over once its objects are in the store of the cluster scope; only
 * what cannot be deleted is asked for by name, so that nobody makes a server unready by deleting an object.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { apiService } from '../../apis/apiregistration/api-service.ts'
import { namespace } from '../../apis/core/namespace/namespace.ts'
import { flowSchema } from '../../apis/flowcontrol/flow-schema.ts'
import { clusterRoleBinding } from '../../apis/rbac/cluster-role-binding/cluster-role-binding.ts'
import { clusterRole } from '../../apis/rbac/cluster-role/cluster-role.ts'
import { priorityClass } from '../../apis/scheduling/priority-class/priority-class.ts'
import type { StoreReader } from '../../store/object-store.ts'
import type { HealthCheck } from './health.ts'

export const HEALTH_CHECKS: readonly HealthCheck[] = [
  { name: 'ping', check: () => undefined },
  { name: 'log', check: () => undefined },
  { name: 'etcd', check: storeWrong },
  { name: 'etcd-readiness', isOfReadiness: true, check: storeWrong },
  started('poststarthook/start-system-namespaces-controller', {
    kind: namespace,
    names: ['default', 'kube-node-lease', 'kube-public', 'kube-system'],
  }),
  started('poststarthook/rbac/bootstrap-roles', { kind: clusterRole }, { kind: clusterRoleBinding }),
  started('poststarthook/scheduling/bootstrap-system-priority-classes', {
    kind: priorityClass,
    names: ['system-cluster-critical', 'system-node-critical'],
  }),
  started('poststarthook/priority-and-fairness-config-producer', { kind: flowSchema }),
  started('autoregister-completion', { kind: apiService }),
]

function started(name: string, ...made: readonly Made[]): HealthCheck {
  return { name, check: (reader) => missing(reader, made) }
}

/** Objects of a kind: these, or any. */
interface Made {
  readonly kind: KindRef
  readonly names?: readonly string[]
}

/** The database is read, not only what is remembered of it. */
function storeWrong(reader: StoreReader): string | undefined {
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
