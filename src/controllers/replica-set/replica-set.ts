/**
 * The ReplicaSet controller: keeps as many pods of a template as are wanted
 * (kubernetes pkg/controller/replicaset/replica_set.go). There are no expectations: the store of record is read, which
 * knows what the last run did.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import type { V1Pod, V1ReplicaSet } from '../../apis/generated/types.ts'
import { controllerOf } from '../../apimachinery/meta.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import { statusErrorFrom } from '../../apimachinery/status-error.ts'
import type { Change } from '../../store/object-store.ts'
import type { Controller, ReconcileContext, ReconcileResult } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import { replicaSet } from '../../apis/apps/replica-set/replica-set.ts'
import { selectorFromSpec } from '../../apimachinery/selectors.ts'
import { selects, selectsAll } from '../pods/selection.ts'
import { candidatesFor, claim, claimOperations } from '../pods/ownership.ts'
import { createPods, deletePods } from '../pods/pod-control.ts'
import { podFromTemplate } from '../pods/template.ts'
import { withoutZeros } from '../without-zeros.ts'
import type { ReplicaFailure, ReplicaPlan } from './plan.ts'
import { nextAvailableInMs, planReplicas, replicaSetStatus } from './plan.ts'

interface Applied {
  readonly error?: Error
  readonly failure?: ReplicaFailure
}

export const replicaSetController: Controller = defineController({
  name: 'replicaset',
  scope: 'namespace',
  for: replicaSet,
  owns: [pod],
  watches: [{ kind: pod, keysOf: keysOfOrphan }],
  resyncSeconds: 600,
  async reconcile(context, key) {
    const set = context.lister.get(replicaSet, key)
    if (set === undefined || selectsAll(set.spec?.selector)) return done
    const before = await claimPods(context, set)
    const plan = planReplicas(set, before, () => relatedPods(context, set, before), context.clock.now())
    if (plan.create === 0 && plan.remove.length === 0) return report(context, set, undefined, before)
    const { error, failure } = await apply(context, set, plan)
    const result = await report(context, set, failure, podsOf(context, set).owned)
    if (error !== undefined) throw error
    return result
  },
})

/** A pod that nobody controls wakes every ReplicaSet that selects it. */
function keysOfOrphan({ selectable }: Change, { lister }: ReconcileContext): string[] {
  if (selectable.fields['metadata.ownerUids'] !== undefined) return []
  return lister
    .list(replicaSet)
    .filter(({ spec }) => selects(spec?.selector, selectable.labels))
    .map(({ metadata }) => metadata.name ?? '')
}

function podsOf({ lister }: ReconcileContext, set: V1ReplicaSet): ReturnType<typeof claim<V1Pod>> {
  const matches = selectorFromSpec(set.spec?.selector).matches
  return claim(set, lister.list(pod, candidatesFor(set, matches)), matches)
}

/** The set's pods, after adopting and releasing. */
async function claimPods(context: ReconcileContext, set: V1ReplicaSet): Promise<readonly V1Pod[]> {
  const claims = podsOf(context, set)
  const operations = claimOperations(replicaSet, set, pod, claims)
  if (operations.length === 0) return claims.owned
  const results = await context.client.batch(context.namespace, operations)
  for (const { error } of results) {
    if (error !== undefined && error.reason !== 'NotFound') throw statusErrorFrom(error)
  }
  return podsOf(context, set).owned
}

/** The pods of all sets with the same controller, as scaling down spreads over nodes with regard to them. */
function relatedPods({ lister }: ReconcileContext, set: V1ReplicaSet, own: readonly V1Pod[]): readonly V1Pod[] {
  const parent = controllerOf(set)?.uid
  if (parent === undefined) return own
  const siblings = lister.list(replicaSet, ({ fields }) => (fields['metadata.ownerUids'] ?? '').includes(parent))
  const uids = new Set(siblings.map(({ metadata }) => metadata.uid ?? ''))
  return lister.list(pod, ({ fields }) =>
    (fields['metadata.ownerUids'] ?? '').split(',').some((uid) => uids.has(uid)),
  )
}

async function apply(context: ReconcileContext, set: V1ReplicaSet, plan: ReplicaPlan): Promise<Applied> {
  if (plan.create > 0) {
    const wanted = Array.from({ length: plan.create }, () => podFromTemplate(replicaSet, set, set.spec?.template))
    return outcome('FailedCreate', await createPods(context, set, wanted))
  }
  return outcome('FailedDelete', await deletePods(context, set, plan.remove))
}

function outcome(reason: ReplicaFailure['reason'], refusal: Status | undefined): Applied {
  if (refusal === undefined) return {}
  return { error: statusErrorFrom(refusal), failure: { reason, message: refusal.message ?? '' } }
}

/** Status from `owned`, what is there after the run's own writes. */
async function report(
  context: ReconcileContext,
  observed: V1ReplicaSet,
  failure: ReplicaFailure | undefined,
  owned: readonly V1Pod[],
): Promise<ReconcileResult> {
  const { lister, client, clock } = context
  const set = lister.get(replicaSet, observed.metadata.name ?? '')
  if (set === undefined || set.metadata.uid !== observed.metadata.uid) return done
  // What was done, was done for the spec that was observed.
  const status = {
    ...replicaSetStatus(set, owned, failure, clock.now()),
    observedGeneration: observed.metadata.generation ?? 0,
  }
  const finished = withoutZeros(status, ['replicas', 'terminatingReplicas'])
  if (!equalJson(set.status, finished)) await client.updateStatus(replicaSet, { ...set, status: finished })
  const waitMs = nextAvailableInMs(set, owned, clock.now())
  return waitMs === undefined ? done : again(waitMs)
}
