/**
 * How many pods the controller of a pod wants: by its kind, and for ReplicaSets of a Deployment what the Deployment
 * wants (the finders of kubernetes pkg/controller/disruption/disruption.go). Other kinds, custom resources among them,
 * are asked for their scale.
 */
import { deployment } from '../../apis/apps/deployment/deployment.ts'
import { replicaSet } from '../../apis/apps/replica-set/replica-set.ts'
import { statefulSet } from '../../apis/apps/stateful-set/stateful-set.ts'
import { replicationController } from '../../apis/core/replication-controller/replication-controller.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts'
import { controllerOf, parseGroupVersion } from '../../apimachinery/meta.ts'
import type { ReconcileContext } from '../../reconcile/define-controller.ts'
import type { Lister } from '../../reconcile/lister.ts'
import type { FindScale, Scale } from './plan.ts'

type Scaled = KubeObject & { spec?: { replicas?: number } }

/** Of any kind, by its scale subresource. @throws Error when the kind is unknown or has none */
export type ReadScale = (namespace: string, reference: OwnerReference) => Promise<Scale | undefined>

/** What came of asking for the scale of each of these, by uid; failures are thrown to whoever needs the scale. */
export async function findScales(
  { lister, namespace }: Pick<ReconcileContext, 'lister' | 'namespace'>,
  references: Iterable<OwnerReference>,
  readScale: ReadScale,
): Promise<FindScale> {
  const outcomes = new Map<string, () => Scale | undefined>()
  for (const reference of references) {
    if (outcomes.has(reference.uid)) continue
    try {
      const scale = await findScale(lister, namespace, reference, readScale)
      outcomes.set(reference.uid, () => scale)
    } catch (error) {
      outcomes.set(reference.uid, () => {
        throw error
      })
    }
  }
  return ({ uid }) => outcomes.get(uid)?.()
}

async function findScale(
  lister: Lister,
  namespace: string,
  reference: OwnerReference,
  readScale: ReadScale,
): Promise<Scale | undefined> {
  switch (groupKindOf(reference)) {
    case '/ReplicationController':
      return scaleOf(lister, replicationController, reference)
    case 'apps/ReplicaSet':
    case 'extensions/ReplicaSet':
      return scaleOfReplicaSet(lister, reference)
    case 'apps/StatefulSet':
      return scaleOf(lister, statefulSet, reference)
    default: {
      const scale = await readScale(namespace, reference)
      return scale?.uid === reference.uid ? scale : undefined
    }
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
