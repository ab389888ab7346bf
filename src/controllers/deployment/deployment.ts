/**
 * The Deployment controller: moves pods from old ReplicaSets to the one of the current template, a step per run
 * (kubernetes pkg/controller/deployment/deployment_controller.go). Rolling back is the client's doing: it writes an old
 * template.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import type { V1Deployment, V1ReplicaSet, V1ReplicaSetSpec } from '../../apis/generated/types.ts'
import { controllerOf } from '../../apimachinery/meta.ts'
import { ApiStatusError, statusErrorFrom } from '../../apimachinery/status-error.ts'
import type { Operation } from '../../client/client.ts'
import type { Change } from '../../store/object-store.ts'
import type { Controller, ReconcileContext, ReconcileResult } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import { deployment } from '../../apis/apps/deployment/deployment.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import { replicaSet } from '../../apis/apps/replica-set/replica-set.ts'
import { selectorFromSpec } from '../../apimachinery/selectors.ts'
import { selects, selectsAll } from '../pods/selection.ts'
import { candidatesFor, claim, claimOperations } from '../pods/ownership.ts'
import { isPodFinished } from '../pods/readiness.ts'
import { isNamespaceTerminating } from '../pods/waves.ts'
import { planStep, setsToForget } from './plan.ts'
import { wantedReplicas } from './replica-counts.ts'
import type { Scaling } from './proportional.ts'
import type { RevisionSets } from './revision.ts'
import { REVISION, currentSetAnnotations, isSameTemplate, replicaAnnotations, sortRevisions } from './revision.ts'
import type { RunOutcome } from './status.ts'
import { deploymentStatus, isComplete, progressDeadlineMs } from './status.ts'

/** After the deadline by so much, as upstream: times have whole seconds. */
const DEADLINE_SLACK_MS = 1_000

export const deploymentController: Controller = defineController({
  name: 'deployment',
  scope: 'namespace',
  for: deployment,
  owns: [replicaSet],
  watches: [{ kind: replicaSet, keysOf: keysOfOrphan }],
  resyncSeconds: 600,
  async reconcile(context, key) {
    const observed = context.lister.get(deployment, key)
    if (observed === undefined) return done
    if (selectsAll(observed.spec?.selector)) return reportSelectingAll(context, observed)
    const sets = await annotate(context, observed, sortRevisions(observed, await claimSets(context, observed)))
    const step = planStep(observed, sets, () => hasPodsOf(context, sets.old))
    let outcome: RunOutcome = {}
    if (step.kind === 'create') outcome = await create(context, observed, step.set)
    else if (step.kind === 'scale') await scale(context, observed, step.scalings)
    else await forget(context, observed, sets)
    return report(context, observed, outcome)
  },
})

/** A ReplicaSet that nobody controls wakes every Deployment that selects it. */
function keysOfOrphan({ selectable }: Change, { lister }: ReconcileContext): string[] {
  if (selectable.fields['metadata.ownerUids'] !== undefined) return []
  return lister
    .list(deployment)
    .filter(({ spec }) => selects(spec?.selector, selectable.labels))
    .map(({ metadata }) => metadata.name ?? '')
}

function setsOf({ lister }: ReconcileContext, owner: V1Deployment): ReturnType<typeof claim<V1ReplicaSet>> {
  const matches = selectorFromSpec(owner.spec?.selector).matches
  return claim(owner, lister.list(replicaSet, candidatesFor(owner, matches)), matches)
}

async function claimSets(context: ReconcileContext, owner: V1Deployment): Promise<readonly V1ReplicaSet[]> {
  const claims = setsOf(context, owner)
  const operations = claimOperations(deployment, owner, replicaSet, claims)
  if (operations.length > 0) await writeAll(context, operations)
  return operations.length === 0 ? claims.owned : setsOf(context, owner).owned
}

function hasPodsOf({ lister }: ReconcileContext, sets: readonly V1ReplicaSet[]): boolean {
  const uids = new Set(sets.map(({ metadata }) => metadata.uid ?? ''))
  const owned = lister.list(pod, ({ fields }) => fields['metadata.ownerUids'] !== undefined)
  return owned.some((one) => uids.has(controllerOf(one)?.uid ?? '') && !isPodFinished(one))
}

/** Keeps the current set's annotations and minReadySeconds, and the Deployment's revision, as they are to be. */
async function annotate(context: ReconcileContext, owner: V1Deployment, sets: RevisionSets): Promise<RevisionSets> {
  const { current, old } = sets
  if (current === undefined || owner.metadata.deletionTimestamp !== undefined) return sets
  const annotations = currentSetAnnotations(owner, current, old)
  const minReadySeconds = owner.spec?.minReadySeconds ?? 0
  let next = current
  if (
    !equalJson(annotations, current.metadata.annotations ?? {}) ||
    (current.spec?.minReadySeconds ?? 0) !== minReadySeconds
  ) {
    next = await context.client.update(replicaSet, {
      ...current,
      metadata: { ...current.metadata, annotations },
      ...(current.spec === undefined ? {} : { spec: withMinReady(current.spec, minReadySeconds) }),
    })
  }
  const revision = annotations[REVISION]
  if (revision !== undefined && owner.metadata.annotations?.[REVISION] !== revision) {
    const { metadata } = owner
    const annotated = { ...metadata, annotations: { ...metadata.annotations, [REVISION]: revision } }
    // By way of the status, as upstream: there it is no new generation.
    await context.client.updateStatus(deployment, { ...owner, metadata: annotated })
  }
  return { current: next, old }
}

function withMinReady(spec: V1ReplicaSetSpec, seconds: number): V1ReplicaSetSpec {
  const { minReadySeconds: _before, ...rest } = spec
  return seconds === 0 ? rest : { ...rest, minReadySeconds: seconds }
}

async function create(context: ReconcileContext, owner: V1Deployment, set: V1ReplicaSet): Promise<RunOutcome> {
  const { client, events, lister } = context
  const { name = '' } = set.metadata
  try {
    await client.create(replicaSet, set)
  } catch (error) {
    if (!(error instanceof ApiStatusError)) throw error
    if (error.reason === 'AlreadyExists') {
      const existing = lister.get(replicaSet, name)
      const isOurs = existing !== undefined && controllerOf(existing)?.uid === owner.metadata.uid
      if (isOurs && isSameTemplate(existing.spec?.template, owner.spec?.template)) return {}
      // Another template has this hash: the count goes into the next one.
      return { collisionCount: (owner.status?.collisionCount ?? 0) + 1 }
    }
    if (isNamespaceTerminating(error.status)) return {}
    const { message } = error
    await events.record(
      owner,
      'Warning',
      'ReplicaSetCreateError',
      `Failed to create new replica set "${name}": ${message}`,
    )
    await report(context, owner, { createError: { name, message } })
    throw error
  }
  const replicas = wantedReplicas(set)
  if (replicas > 0) {
    const message = `Scaled up replica set ${name} from 0 to ${String(replicas)}`
    await events.record(owner, 'Normal', 'ScalingReplicaSet', message)
  }
  return { created: name }
}

async function scale(context: ReconcileContext, owner: V1Deployment, scalings: readonly Scaling[]): Promise<void> {
  await writeAll(
    context,
    scalings.map(({ set, to }) => {
      const annotations = { ...set.metadata.annotations, ...replicaAnnotations(owner) }
      const { spec } = set
      const object: V1ReplicaSet = {
        ...set,
        metadata: { ...set.metadata, annotations },
        ...(spec === undefined ? {} : { spec: { ...spec, replicas: to } }),
      }
      return { verb: 'update', kind: replicaSet, object }
    }),
  )
  const records = scalings.flatMap(({ set, to }) => {
    const from = wantedReplicas(set)
    if (from === to) return []
    const { name = '' } = set.metadata
    const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${String(from)} to ${String(to)}`
    return [context.events.record(owner, 'Normal', 'ScalingReplicaSet', message)]
  })
  await Promise.all(records)
}

/** Drops history beyond its limit, once a rollout is complete (or its Deployment paused). */
async function forget(context: ReconcileContext, owner: V1Deployment, sets: RevisionSets): Promise<void> {
  const isDone =
    owner.spec?.paused === true || isComplete(owner, deploymentStatus(owner, sets, {}, context.clock.now()))
  if (!isDone || owner.metadata.deletionTimestamp !== undefined) return
  const operations = setsToForget(owner, sets.old).map(({ metadata: { name = '', uid } }): Operation => ({
    verb: 'delete',
    kind: replicaSet,
    name,
    options: { propagationPolicy: 'Background', ...(uid === undefined ? {} : { preconditions: { uid } }) },
  }))
  if (operations.length > 0) await writeAll(context, operations)
}

async function writeAll({ client, namespace }: ReconcileContext, operations: readonly Operation[]): Promise<void> {
  for (const { error } of await client.batch(namespace, operations)) {
    if (error !== undefined && error.reason !== 'NotFound') throw statusErrorFrom(error)
  }
}

/** Status from what is there after the run's own writes, about the spec that was observed. */
async function report(
  context: ReconcileContext,
  observed: V1Deployment,
  outcome: RunOutcome,
): Promise<ReconcileResult> {
  const { lister, client, clock } = context
  const now = clock.now()
  const owner = lister.get(deployment, observed.metadata.name ?? '')
  if (owner === undefined || owner.metadata.uid !== observed.metadata.uid) return done
  const subject: V1Deployment = { ...observed, ...(owner.status === undefined ? {} : { status: owner.status }) }
  const sets = sortRevisions(subject, setsOf(context, subject).owned)
  const status = deploymentStatus(subject, sets, outcome, now)
  if (!equalJson(owner.status, status)) await client.updateStatus(deployment, { ...owner, status })
  if (subject.spec?.paused === true) return done
  const deadlineMs = progressDeadlineMs(subject, status.conditions ?? [])
  if (deadlineMs === undefined || isComplete(subject, status)) return done
  return again(Math.max(0, deadlineMs - now) + DEADLINE_SLACK_MS)
}

async function reportSelectingAll(
  { events, client }: ReconcileContext,
  owner: V1Deployment,
): Promise<ReconcileResult> {
  const observedGeneration = owner.metadata.generation ?? 0
  if ((owner.status?.observedGeneration ?? 0) >= observedGeneration) return done
  const message = 'This deployment is selecting all pods. A non-empty selector is required.'
  await events.record(owner, 'Warning', 'SelectingAll', message)
  await client.updateStatus(deployment, { ...owner, status: { ...owner.status, observedGeneration } })
  return done
}
