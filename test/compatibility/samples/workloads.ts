/** Of apps, autoscaling, batch and policy. */
import { controllerRevision } from '../../../src/apis/apps/controller-revision/controller-revision.ts'
import { daemonSet } from '../../../src/apis/apps/daemon-set/daemon-set.ts'
import { deployment } from '../../../src/apis/apps/deployment/deployment.ts'
import { replicaSet } from '../../../src/apis/apps/replica-set/replica-set.ts'
import { statefulSet } from '../../../src/apis/apps/stateful-set/stateful-set.ts'
import { horizontalPodAutoscalerV1 } from '../../../src/apis/autoscaling/horizontal-pod-autoscaler/horizontal-pod-autoscaler-v1.ts'
import { horizontalPodAutoscaler } from '../../../src/apis/autoscaling/horizontal-pod-autoscaler/horizontal-pod-autoscaler-v2.ts'
import { cronJob } from '../../../src/apis/batch/cron-job/cron-job.ts'
import { job } from '../../../src/apis/batch/job/job.ts'
import { podDisruptionBudget } from '../../../src/apis/policy/pod-disruption-budget/pod-disruption-budget.ts'
import type { Sample } from './sample.ts'
import { CONTAINERS } from './sample.ts'

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: CONTAINERS } }
const selector = { matchLabels: { a: 'b' } }
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'sample' }
const jobTemplate = { spec: { template: { spec: { containers: CONTAINERS, restartPolicy: 'Never' } } } }
const scalers = {
  object: { spec: { scaleTargetRef, maxReplicas: 3 } },
  defaults: { 'spec.minReplicas': 1 },
  wrong: { change: { spec: { maxReplicas: 0 } }, field: 'spec.maxReplicas' },
}

export const WORKLOADS: readonly Sample[] = [
  {
    definition: controllerRevision,
    object: { data: { spec: {} }, revision: 1 },
    wrong: { change: { revision: -1 }, field: 'revision' },
    isData: true,
  },
  {
    definition: daemonSet,
    object: { spec: { selector, template } },
    defaults: { 'spec.updateStrategy.type': 'RollingUpdate', 'spec.revisionHistoryLimit': 10 },
    wrong: { change: { spec: { selector: { matchLabels: { a: 'c' } } } }, field: 'spec.template.metadata.labels' },
  },
  {
    definition: deployment,
    object: { spec: { selector, template } },
    defaults: {
      'spec.replicas': 1,
      'spec.strategy.rollingUpdate.maxSurge': '25%',
      'spec.progressDeadlineSeconds': 600,
      'spec.revisionHistoryLimit': 10,
    },
    wrong: { change: { spec: { replicas: -1 } }, field: 'spec.replicas' },
  },
  {
    definition: replicaSet,
    object: { spec: { selector, template } },
    defaults: { 'spec.replicas': 1 },
    wrong: { change: { spec: { minReadySeconds: -1 } }, field: 'spec.minReadySeconds' },
  },
  {
    definition: statefulSet,
    object: { spec: { selector, template, serviceName: 's' } },
    defaults: {
      'spec.replicas': 1,
      'spec.podManagementPolicy': 'OrderedReady',
      'spec.updateStrategy.rollingUpdate.partition': 0,
      'spec.persistentVolumeClaimRetentionPolicy.whenDeleted': 'Retain',
    },
    wrong: { change: { spec: { podManagementPolicy: 'None' } }, field: 'spec.podManagementPolicy' },
  },
  { definition: horizontalPodAutoscalerV1, ...scalers },
  { definition: horizontalPodAutoscaler, ...scalers },
  {
    definition: cronJob,
    object: { spec: { schedule: '0 * * * *', jobTemplate } },
    defaults: {
      'spec.concurrencyPolicy': 'Allow',
      'spec.suspend': false,
      'spec.successfulJobsHistoryLimit': 3,
      'spec.failedJobsHistoryLimit': 1,
    },
    wrong: { change: { spec: { schedule: 'now' } }, field: 'spec.schedule' },
  },
  {
    definition: job,
    object: jobTemplate,
    defaults: {
      'spec.parallelism': 1,
      'spec.completions': 1,
      'spec.backoffLimit': 6,
      'spec.completionMode': 'NonIndexed',
    },
    wrong: { change: { spec: { backoffLimit: -1 } }, field: 'spec.backoffLimit' },
  },
  {
    definition: podDisruptionBudget,
    object: { spec: { selector, minAvailable: 1 } },
    wrong: { change: { spec: { minAvailable: -1 } }, field: 'spec.minAvailable' },
  },
]
