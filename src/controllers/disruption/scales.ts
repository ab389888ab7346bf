/**
 * How many pods the controller of a pod wants: by its kind, and for ReplicaSets of a Deployment what the Deployment
 * wants (the finders of kubernetes pkg/controller/disruption/disruption.go). Kinds that have no scale are refused by
 * name.
 */
import { deployment } from '../../apis/apps/deployment/deployment.ts'
import { replicaSet } from '../../apis/apps/replica-set/replica-set.ts'
import { statefulSet } from '../../apis/apps/stateful-set/stateful-set.ts'
import { replicationController } from '../../apis/core/replication-controller/replication-controller.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { KINDS } from '../../apis/kinds.ts'
import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts'
import { controllerOf, formatGroupVersion, parseGroupVersion } from '../../apimachinery/meta.ts'
import type { Lister } from '../../reconcile/lister.ts'
import type { Scale } from './plan.ts'

type Scaled = KubeObject & { spec?: { replicas?: number } }

export function findScale(lister: Lister, reference: OwnerReference): Scale | undefined {
  switch (groupKindOf(reference)) {
    case '/ReplicationController':
      return scaleOf(lister, replicationController, reference)
    case 'apps/ReplicaSet':
    case 'extensions/ReplicaSet':
      return scaleOfReplicaSet(lister, reference)
    case 'apps/StatefulSet':
      return scaleOf(lister, statefulSet, reference)
    default:
      return scaleOfOther(lister, reference)
  }
}

function groupKindOf({ apiVersion, kind }: OwnerReference): string {
  return `${parseGroupVersion(apiVersion)?.group ?? ''}/${kind}`
}

/** The object that the reference means, not another one of its name. */
function owner<T extends KubeObject>(lister: Lister, kind: KindRef<T>, { name, uid }: OwnerReference): T | undefined {
  const found = lister.get(kind, name)
  return found?.metadata.uid === uid ? found : undefined
}

function scaleOf<T extends Scaled>(lister: Lister, kind: KindRef<T>, reference: OwnerReference): Scale | undefined {
  const found = owner(lister, kind, reference)
  return found === undefined ? undefined : { uid: reference.uid, replicas: found.spec?.replicas ?? 1 }
}

/** A ReplicaSet of a Deployment counts as the Deployment, which all of its ReplicaSets share. */
function scaleOfReplicaSet(lister: Lister, reference: OwnerReference): Scale | undefined {
  const found = owner(lister, replicaSet, reference)
  if (found === undefined) return undefined
  const parent = controllerOf(found)
  if (parent?.kind === 'Deployment') return scaleOf(lister, deployment, parent)
  return { uid: reference.uid, replicas: found.spec?.replicas ?? 1 }
}

/** Any other kind by its scale subresource. @throws Error when it is unknown or has none */
function scaleOfOther(lister: Lister, reference: OwnerReference): Scale | undefined {
  const { group = '', version = '' } = parseGroupVersion(reference.apiVersion) ?? {}
  const definition = KINDS.find((one) => one.group === group && one.version === version && one.kind === reference.kind)
  if (definition === undefined) {
    throw new Error(
      `no matches for kind ${JSON.stringify(reference.kind)} in version ` +
        JSON.stringify(formatGroupVersion({ group, version })),
    )
  }
  if (definition.subresources.some(({ name }) => name === 'scale')) return scaleOf(lister, definition, reference)
  throw new Error(`${storeResource(definition)} does not implement the scale subresource`)
}
