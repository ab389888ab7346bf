/**
 * The end of a definition: its instances go first, in every namespace, and then it is let go (k8s.io/
 * apiextensions-apiserver pkg/controller/finalizer). The namespaces are closed before they are swept, so that nothing
 * is made behind the sweep.
 */
import { customResourceDefinition } from '../../apis/apiextensions/custom-resource-definition.ts'
import { isConditionTrue } from '../../apis/custom/definition-state.ts'
import type { V1CustomResourceDefinition } from '../../apis/generated/types.ts'
import { INSTANCES_FINALIZER } from '../../apis/custom/definition-strategy.ts'
import { ApiStatusError } from '../../apimachinery/status-error.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import type { NewCondition } from './conditions.ts'
import { conditionsOf, findCondition, withCondition } from './conditions.ts'
import type { Instances, RemainingInstances } from './instances.ts'

export const CLEANUP = 'custom-resource-cleanup'

const IN_PROGRESS = 'InstanceDeletionInProgress'

/** How soon it is looked again whether instances with finalizers are gone, and when that is told. */
const AGAIN_MS = 1_000
const PATIENCE_MS = 60_000

export function cleanupController(instances: Instances): Controller {
  return defineController({
    name: CLEANUP,
    scope: 'cluster',
    for: customResourceDefinition,
    resyncSeconds: 300,
    async reconcile(context, key) {
      const subject = context.lister.get(customResourceDefinition, key)
      const isHeld = subject?.metadata.finalizers?.includes(INSTANCES_FINALIZER) ?? false
      if (subject?.metadata.deletionTimestamp === undefined || !isHeld) return done
      if (!isConditionTrue(subject, 'Established')) {
        await letGo(context, subject, 'NeverEstablished', 'resource was never established')
        return done
      }
      const told = await report(context, subject, terminating(IN_PROGRESS, 'CustomResource deletion is in progress'))
      const remaining = await deleteAll(instances, told)
      const problem = problemOf(remaining, told, context.clock.now())
      if (problem !== undefined) await report(context, told, problem)
      if (remaining.count > 0 || problem !== undefined) return again(AGAIN_MS)
      await letGo(context, told, 'InstanceDeletionCompleted', 'removed all instances')
      return done
    },
  })
}

async function deleteAll(
  instances: Instances,
  { metadata, spec }: V1CustomResourceDefinition,
): Promise<RemainingInstances> {
  try {
    const definition = { uid: metadata.uid ?? '', resource: metadata.name ?? '' }
    return await instances.deleteAll(definition, spec.scope === 'Namespaced')
  } catch (error) {
    if (!(error instanceof ApiStatusError)) throw error
    return { count: 0, errors: [error.message] }
  }
}

function problemOf(
  { count, errors }: RemainingInstances,
  { metadata }: V1CustomResourceDefinition,
  nowMs: number,
): NewCondition | undefined {
  if (errors.length > 0) {
    const different = [...new Set(errors)].toSorted()
    const why = different.length === 1 ? (different[0] ?? '') : `[${different.join(', ')}]`
    return terminating('InstanceDeletionFailed', `could not issue all deletes: ${why}`)
  }
  const sinceMs = nowMs - Date.parse(metadata.deletionTimestamp ?? '')
  if (count === 0 || sinceMs < PATIENCE_MS) return undefined
  const why = 'timed out waiting for the condition'
  return terminating('InstanceDeletionCheck', `could not confirm zero CustomResources remaining: ${why}`)
}

function terminating(reason: string, message: string): NewCondition {
  return { type: 'Terminating', status: 'True', reason, message }
}

/** Says it once: what is told already is not written again. */
async function report(
  { client, clock }: ReconcileContext,
  subject: V1CustomResourceDefinition,
  condition: NewCondition,
): Promise<V1CustomResourceDefinition> {
  const before = findCondition(conditionsOf(subject), condition.type)
  if (before?.reason === condition.reason && before.message === condition.message) return subject
  // Which of two problems is told does not alternate with the progress.
  if (condition.reason === IN_PROGRESS && PROBLEMS.has(before?.reason ?? '')) return subject
  const conditions = [...withCondition(conditionsOf(subject), condition, clock.now())]
  return client.updateStatus(customResourceDefinition, { ...subject, status: { ...subject.status, conditions } })
}

const PROBLEMS: ReadonlySet<string> = new Set(['InstanceDeletionFailed', 'InstanceDeletionCheck'])

/** One write says that it is done and takes the finalizer away. */
async function letGo(
  { client, clock }: ReconcileContext,
  subject: V1CustomResourceDefinition,
  reason: string,
  message: string,
): Promise<void> {
  const condition = { type: 'Terminating', status: 'False', reason, message }
  const conditions = [...withCondition(conditionsOf(subject), condition, clock.now())]
  const finalizers = (subject.metadata.finalizers ?? []).filter((one) => one !== INSTANCES_FINALIZER)
  await client.updateStatus(customResourceDefinition, {
    ...subject,
    metadata: { ...subject.metadata, finalizers },
    status: { ...subject.status, conditions },
  })
}
