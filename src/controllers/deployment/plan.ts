/**
 * The next step of a rollout, decided from the Deployment and its ReplicaSets
 * (kubernetes pkg/controller/deployment/{rolling,recreate,sync}.go). Pure. One step per run, as upstream: each step's
 * effect is observed before the next one is decided.
 */
import { cloneJson } from '../../apimachinery/patch/json-value.ts'
import { ascending } from '../../lib/order.ts'
import type { V1Deployment, V1ReplicaSet } from '../../apis/generated/types.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { deployment as deploymentKind } from '../../apis/apps/deployment/deployment.ts'
import { replicaSet as replicaSetKind } from '../../apis/apps/replica-set/replica-set.ts'
import { controllerReference } from '../pods/ownership.ts'
import type { Scaling } from './proportional.ts'
import { planScaling } from './proportional.ts'
import {
  availableOf,
  isRollingUpdate,
  maxUnavailable,
  newSetReplicas,
  sum,
  wantedReplicas,
} from './replica-counts.ts'
import type { RevisionSets } from './revision.ts'
import {
  DESIRED_REPLICAS,
  TEMPLATE_HASH,
  byCreation,
  currentSetAnnotations,
  replicaAnnotations,
  revisionOf,
  templateHash,
} from './revision.ts'

export type Step =
  | { readonly kind: 'create'; readonly set: V1ReplicaSet }
  | { readonly kind: 'scale'; readonly scalings: readonly Scaling[] }
  | { readonly kind: 'rest' }

const REST: Step = { kind: 'rest' }

/** `hasOldPods`: whether pods of old sets still run; asked for Recreate only. */
export function planStep(deployment: V1Deployment, sets: RevisionSets, hasOldPods: () => boolean): Step {
  if (deployment.metadata.deletionTimestamp !== undefined) return REST
  if (deployment.spec?.paused === true || isSizeChanged(deployment, sets)) {
    return scale(deployment, planScaling(deployment, sets))
  }
  return isRollingUpdate(deployment) ? planRolling(deployment, sets) : planRecreate(deployment, sets, hasOldPods)
}

/** Whether the Deployment's size was changed since its sets were scaled last. */
function isSizeChanged(deployment: V1Deployment, { current, old }: RevisionSets): boolean {
  const wanted = wantedReplicas(deployment)
  return [...old, ...(current === undefined ? [] : [current])].some((set) => {
    const desired = set.metadata.annotations?.[DESIRED_REPLICAS]
    return wantedReplicas(set) > 0 && desired !== undefined && Number(desired) !== wanted
  })
}

function planRolling(deployment: V1Deployment, sets: RevisionSets): Step {
  const { current, old } = sets
  if (current === undefined) {
    return { kind: 'create', set: newSet(deployment, sets, newSetReplicas(deployment, old, 0)) }
  }
  const wanted = wantedReplicas(deployment)
  const size = wantedReplicas(current)
  const next = size > wanted ? wanted : newSetReplicas(deployment, [...old, current], size)
  if (size !== wanted && next !== size) return scale(deployment, [{ set: current, to: next }])
  return scale(deployment, shrinkOld(deployment, current, old))
}

/** Takes pods from old sets: first those that are not available anyway, then as many as availability allows. */
function shrinkOld(
  deployment: V1Deployment,
  current: V1ReplicaSet,
  old: readonly V1ReplicaSet[],
): readonly Scaling[] {
  if (sum(old, wantedReplicas) === 0) return []
  const all = [...old, current]
  const minAvailable = wantedReplicas(deployment) - maxUnavailable(deployment)
  const missing = wantedReplicas(current) - availableOf(current)
  const mostGone = sum(all, wantedReplicas) - minAvailable - missing
  if (mostGone <= 0) return []
  const sizes = new Map<V1ReplicaSet, number>(old.map((set) => [set, wantedReplicas(set)]))
  const take = (most: number, from: (set: V1ReplicaSet) => number): void => {
    let left = most
    for (const set of [...old].sort(byCreation)) {
      const count = Math.max(0, Math.min(left, from(set)))
      sizes.set(set, (sizes.get(set) ?? 0) - count)
      left -= count
    }
  }
  take(mostGone, (set) => wantedReplicas(set) - availableOf(set))
  take(sum(all, availableOf) - minAvailable, (set) => sizes.get(set) ?? 0)
  return old.map((set) => ({ set, to: sizes.get(set) ?? 0 }))
}

function planRecreate(deployment: V1Deployment, sets: RevisionSets, hasOldPods: () => boolean): Step {
  const { current, old } = sets
  const active = old.filter((set) => wantedReplicas(set) > 0)
  if (active.length > 0)
    return scale(
      deployment,
      active.map((set) => ({ set, to: 0 })),
    )
  if (old.length > 0 && hasOldPods()) return REST
  if (current === undefined) return { kind: 'create', set: newSet(deployment, sets, wantedReplicas(deployment)) }
  return scale(deployment, [{ set: current, to: wantedReplicas(deployment) }])
}

/** Leaves out what is as it should be, also in its annotations when it is scaled. */
function scale(deployment: V1Deployment, scalings: readonly Scaling[]): Step {
  const annotations = Object.entries(replicaAnnotations(deployment))
  const changed = scalings.filter(
    ({ set, to }) =>
      wantedReplicas(set) !== to ||
      (to > 0 && annotations.some(([key, value]) => set.metadata.annotations?.[key] !== value)),
  )
  return changed.length === 0 ? REST : { kind: 'scale', scalings: changed }
}

function newSet(deployment: V1Deployment, { old }: RevisionSets, replicas: number): V1ReplicaSet {
  const { metadata, spec, status } = deployment
  const template = cloneJson(spec?.template ?? {})
  const hash = templateHash(template, status?.collisionCount)
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash }
  const { matchLabels, ...selector } = spec?.selector ?? {}
  return {
    apiVersion: formatGroupVersion(replicaSetKind),
    kind: replicaSetKind.kind,
    metadata: {
      name: `${metadata.name ?? ''}-${hash}`,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels: { ...labels },
      annotations: currentSetAnnotations(deployment, undefined, old),
      ownerReferences: [controllerReference(deploymentKind, deployment)],
    },
    spec: {
      replicas,
      ...(spec?.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      selector: { ...selector, matchLabels: { ...matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

/** Old sets beyond the history limit that are empty and at rest, oldest revision first. */
export function setsToForget({ spec }: V1Deployment, old: readonly V1ReplicaSet[]): readonly V1ReplicaSet[] {
  const limit = spec?.revisionHistoryLimit ?? 10
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const excess = [...alive]
    .sort((one, other) => ascending(revisionOf(one), revisionOf(other)))
    .slice(0, Math.max(0, alive.length - limit))
  return excess.filter(
    (set) =>
      wantedReplicas(set) === 0 &&
      (set.status?.replicas ?? 0) === 0 &&
      (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
  )
}
