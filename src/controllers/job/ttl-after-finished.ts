/**
 * Deletes finished Jobs when their time to live has passed
 * (kubernetes pkg/controller/ttlafterfinished/ttlafterfinished_controller.go).
 */
import { job } from '../../apis/batch/job/job.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import { finishedCondition } from './plan.ts'

export const ttlAfterFinishedController: Controller = defineController({
  name: 'ttl-after-finished',
  scope: 'namespace',
  for: job,
  resyncSeconds: 600,
  async reconcile({ lister, client, clock, namespace }, key) {
    const subject = lister.get(job, key)
    const seconds = subject?.spec?.ttlSecondsAfterFinished
    if (subject === undefined || seconds === undefined || subject.metadata.deletionTimestamp !== undefined)
      return done
    const finishedMs = Date.parse(finishedCondition(subject)?.lastTransitionTime ?? '')
    if (Number.isNaN(finishedMs)) return done
    const leftMs = finishedMs + seconds * 1_000 - clock.now()
    if (leftMs > 0) return again(leftMs)
    const { uid } = subject.metadata
    const preconditions = uid === undefined ? {} : { preconditions: { uid } }
    try {
      await client.delete(job, { namespace, name: key }, { propagationPolicy: 'Foreground', ...preconditions })
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error
    }
    return done
  },
})
