/** Pods of Jobs: tracked by a finalizer, and told their completion index (kubernetes pkg/controller/job). */
import { job as jobKind } from '../../apis/batch/job/job.ts'
import type { V1Container, V1Job, V1Pod } from '../../apis/generated/types.ts'
import { podFromTemplate } from '../pods/template.ts'
import { COMPLETION_INDEX } from './indexes.ts'
import { TRACKING_FINALIZER } from './tracking.ts'

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX'

/** Room for the server's own five characters in a name of 63 (podGenerateNameWithIndex). */
const MAX_BASE = 58

export function podFor(job: V1Job, index: number | undefined): V1Pod {
  const made = podFromTemplate(jobKind, job, job.spec?.template)
  const finalizers = [...(made.metadata.finalizers ?? []), TRACKING_FINALIZER]
  if (index === undefined) return { ...made, metadata: { ...made.metadata, finalizers } }
  const { name = '' } = job.metadata
  const suffix = `-${String(index)}-`
  const metadata = {
    ...made.metadata,
    finalizers,
    generateName: `${name.slice(0, MAX_BASE - suffix.length)}${suffix}`,
    labels: { ...made.metadata.labels, [COMPLETION_INDEX]: String(index) },
    annotations: { ...made.metadata.annotations, [COMPLETION_INDEX]: String(index) },
  }
  if (made.spec === undefined) return { ...made, metadata }
  const { containers, initContainers } = made.spec
  return {
    ...made,
    metadata,
    spec: {
      ...made.spec,
      hostname: made.spec.hostname ?? `${name}-${String(index)}`,
      containers: containers.map(withIndex),
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withIndex) }),
    },
  }
}

function withIndex(container: V1Container): V1Container {
  const { env = [] } = container
  if (env.some(({ name }) => name === INDEX_VARIABLE)) return container
  const fieldRef = { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` }
  return { ...container, env: [...env, { name: INDEX_VARIABLE, valueFrom: { fieldRef } }] }
}
