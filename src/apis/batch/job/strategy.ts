/**
 * How Job objects behave on writes, beyond their schema: what users may not set, and what a write may change. A Job
 * without `manualSelector` gets a selector of its own uid, and its pods the labels that go with it.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/batch/job/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Job } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'

const CONTROLLER_UID_LABEL = 'batch.kubernetes.io/controller-uid'
const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name'
/** The labels of before 1.27, which clients still select by. */
const OLD_CONTROLLER_UID_LABEL = 'controller-uid'
const OLD_JOB_NAME_LABEL = 'job-name'

const base = specAndStatusStrategy<V1Job>('V1Job', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
})

export const jobStrategy: Strategy<V1Job> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    generateSelector(next)
  },
}

function generateSelector({ metadata, spec }: V1Job): void {
  if (spec === undefined || spec.manualSelector === true) return
  const { name = '', uid = '' } = metadata
  const template = spec.template.metadata ?? {}
  template.labels = {
    ...template.labels,
    [CONTROLLER_UID_LABEL]: uid,
    [OLD_CONTROLLER_UID_LABEL]: uid,
    [JOB_NAME_LABEL]: name,
    [OLD_JOB_NAME_LABEL]: name,
  }
  spec.template.metadata = template
  const selector = spec.selector ?? {}
  spec.selector = { ...selector, matchLabels: { ...selector.matchLabels, [CONTROLLER_UID_LABEL]: uid } }
}
