/**
 * The Job controller: runs pods until enough have succeeded or too many have failed
 * (kubernetes pkg/controller/job/job_controller.go).
 * Not acted upon: podFailurePolicy, successPolicy, backoffLimitPerIndex, maxFailedIndexes; who writes them is warned.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import { job } from '../../apis/batch/job/job.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import type { V1Job, V1JobStatus, V1Pod } from '../../apis/generated/types.ts'
import { controllerOf, formatTime } from '../../apimachinery/meta.ts'
import { selectorFromSpec } from '../../apimachinery/selectors.ts'
import { statusErrorFrom } from '../../apimachinery/status-error.ts'
import type { Operation } from '../../client/client.ts'
import type { Controller, ReconcileContext, ReconcileResult } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import { candidatesFor, claim, claimOperations } from '../pods/ownership.ts'
import { isPodActive } from '../pods/readiness.ts'
import { createPods, deletePods } from '../pods/pod-control.ts'
import type { PodPlan, Verdict } from './plan.ts'
import {
  activeDeadlineMs,
  conditionOf,
  finishedCondition,
  isSuspended,
  jobStatus,
  planPods,
  planVerdict,
} from './plan.ts'
import { podFor } from './pods.ts'
import { TRACKING_FINALIZER, isTracked, tally } from './tracking.ts'

const OUR_NAME = 'kubernetes.io/job-controller'

export const jobController: Controller = defineController({
  name: 'job',
  scope: 'namespace',
  for: job,
  owns: [pod],
  resyncSeconds: 600,
  async reconcile(context, key) {
    const subject = context.lister.get(job, key)
    await releaseStrays(context, key, subject)
    if (subject === undefined || subject.metadata.deletionTimestamp !== undefined) return done
    if ((subject.spec?.managedBy ?? OUR_NAME) !== OUR_NAME) return done
    // Without a selector nothing that is made would be found again; the API generates one.
    if (finishedCondition(subject) !== undefined || subject.spec?.selector === undefined) return done
    return run(context, subject)
  },
})

/** Pods of a Job that is gone, going or finished are held by its finalizer for nothing. */
async function releaseStrays(
  { lister, client, namespace }: ReconcileContext,
  key: string,
  subject: V1Job | undefined,
): Promise<void> {
  const isOver =
    subject === undefined ||
    subject.metadata.deletionTimestamp !== undefined ||
    finishedCondition(subject) !== undefined
  const strays = lister
    .list(pod, ({ fields }) => fields['metadata.ownerUids'] !== undefined)
    .filter((one) => {
      const owner = controllerOf(one)
      if (owner?.kind !== job.kind || owner.name !== key || !isTracked(one)) return false
      return isOver || owner.uid !== subject.metadata.uid
    })
  await write(client, namespace, strays.map(withoutFinalizer))
}

async function run(context: ReconcileContext, observed: V1Job): Promise<ReconcileResult> {
  const { clock } = context
  const subject = await start(context, observed)
  const pods = await claimPods(context, subject)
  const counted = tally(subject, pods)
  const verdict = planVerdict(subject, pods, counted, clock.now())
  const plan: PodPlan =
    verdict === undefined
      ? planPods(subject, pods, counted, clock.now())
      : { create: [], remove: [], heldUntilMs: undefined }
  if (verdict !== undefined) await removePods(context, subject, pods.filter(isPodActive), false)
  else await removePods(context, subject, plan.remove, true)
  const wanted = plan.create.map((index) => podFor(subject, index))
  const refusal = await createPods(context, subject, wanted)
  await settle(context, subject, verdict)
  if (refusal !== undefined) throw statusErrorFrom(refusal)
  const times = [plan.heldUntilMs, verdict === undefined ? activeDeadlineMs(subject) : undefined]
  const next = Math.min(...times.map((time) => time ?? Infinity))
  return next === Infinity || isSuspended(subject) ? done : again(Math.max(0, next - clock.now()))
}

/** Notes the start, from which the active deadline counts, before anything is made; also of a Job that is resumed. */
async function start({ client, clock }: ReconcileContext, subject: V1Job): Promise<V1Job> {
  if (isSuspended(subject) || subject.status?.startTime !== undefined) return subject
  const status: V1JobStatus = { ...subject.status, startTime: formatTime(clock.now()) }
  return client.updateStatus(job, { ...subject, status })
}

function podsOf({ lister }: ReconcileContext, subject: V1Job): ReturnType<typeof claim<V1Pod>> {
  const { matches } = selectorFromSpec(subject.spec?.selector)
  return claim(subject, lister.list(pod, candidatesFor(subject, matches)), matches)
}

async function claimPods(context: ReconcileContext, subject: V1Job): Promise<readonly V1Pod[]> {
  const claims = podsOf(context, subject)
  const operations = claimOperations(job, subject, pod, claims)
  if (operations.length === 0) return claims.owned
  await write(context.client, context.namespace, operations)
  return podsOf(context, subject).owned
}

/** `isForgotten`: surplus pods lose their finalizer first, so that they do not count as failures. */
async function removePods(
  context: ReconcileContext,
  subject: V1Job,
  pods: readonly V1Pod[],
  isForgotten: boolean,
): Promise<void> {
  if (isForgotten) await write(context.client, context.namespace, pods.filter(isTracked).map(withoutFinalizer))
  const refusal = await deletePods(context, subject, pods)
  if (refusal !== undefined) throw statusErrorFrom(refusal)
}

/** Counts what finished, each pod once, and says where the Job stands. */
async function settle(context: ReconcileContext, observed: V1Job, verdict: Verdict | undefined): Promise<void> {
  const { lister, client, namespace, clock } = context
  let subject = lister.get(job, observed.metadata.name ?? '')
  if (subject === undefined || subject.metadata.uid !== observed.metadata.uid) return
  const { noted, released, settled } = tally(subject, podsOf(context, subject).owned)
  if (noted !== undefined && !equalJson(subject.status, noted)) {
    subject = await client.updateStatus(job, { ...subject, status: noted })
  }
  await write(client, namespace, released.map(withoutFinalizer))
  const asked: V1Job = { ...subject, ...(observed.spec === undefined ? {} : { spec: observed.spec }) }
  const status = jobStatus(asked, settled, podsOf(context, subject).owned, verdict, clock.now())
  if (equalJson(subject.status, status)) return
  const before = subject
  const after = await client.updateStatus(job, { ...subject, status })
  await recordTurn(context, before, after)
}

/** The Events of a Job that has just ended, been suspended or resumed. */
async function recordTurn({ events }: ReconcileContext, before: V1Job, after: V1Job): Promise<void> {
  const isNow = (type: string): boolean =>
    conditionOf(after, type) !== undefined && conditionOf(before, type) === undefined
  if (isNow('Complete')) {
    const { spec, status } = after
    if ((status?.succeeded ?? 0) > (spec?.completions ?? Infinity)) {
      const message = 'Too many succeeded pods running after completion count reached'
      await events.record(after, 'Warning', 'TooManySucceededPods', message)
    }
    await events.record(after, 'Normal', 'Completed', 'Job completed')
  }
  if (isNow('Failed')) {
    const { reason = '', message = '' } = conditionOf(after, 'Failed') ?? {}
    await events.record(after, 'Warning', reason, message)
  }
  if (isNow('Suspended')) await events.record(after, 'Normal', 'Suspended', 'Job suspended')
  else if (conditionOf(before, 'Suspended') !== undefined && conditionOf(after, 'Suspended') === undefined) {
    await events.record(after, 'Normal', 'Resumed', 'Job resumed')
  }
}

function withoutFinalizer({ metadata }: V1Pod): Operation {
  const finalizers = (metadata.finalizers ?? []).filter((one) => one !== TRACKING_FINALIZER)
  const { name = '', uid, resourceVersion } = metadata
  return { verb: 'patch', kind: pod, name, type: 'merge', patch: { metadata: { uid, resourceVersion, finalizers } } }
}

async function write(
  client: ReconcileContext['client'],
  namespace: string,
  operations: readonly Operation[],
): Promise<void> {
  if (operations.length === 0) return
  for (const { error } of await client.batch(namespace, operations)) {
    if (error !== undefined && error.reason !== 'NotFound') throw statusErrorFrom(error)
  }
}
