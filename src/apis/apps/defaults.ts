/**
 * Defaults of apps/v1. Upstream: kubernetes/kubernetes pkg/apis/apps/v1/defaults.go. Templates are defaulted by
 * the rows of the types inside them.
 */
import type {
  V1DaemonSetUpdateStrategy, V1DeploymentStrategy, V1StatefulSetSpec, V1StatefulSetUpdateStrategy,
} from '../generated/types.ts'
import { startTemplateGeneration } from './daemon-set/template-generation.ts'
import type { DefaultTable, Fields } from '../defaulting.ts'

/** A rolling update is written out where the type is not said, and reaches all pods unless it says which. */
function fromFirstPod(owner: Fields): void {
  const strategy = owner as V1StatefulSetUpdateStrategy
  const { type = '' } = strategy
  if (type === '') strategy.rollingUpdate ??= {}
  if (type === '' || type === 'RollingUpdate') {
    if (strategy.rollingUpdate !== undefined) strategy.rollingUpdate.partition ??= 0
  }
}

/** Other strategies need no numbers; upstream's conversion prints them all the same. */
function keepUnusedUpdate(owner: Fields): void {
  const { type = '', rollingUpdate } = owner as V1DaemonSetUpdateStrategy | V1DeploymentStrategy
  if (type === '' || type === 'RollingUpdate' || rollingUpdate === undefined) return
  rollingUpdate.maxUnavailable ??= 0
  rollingUpdate.maxSurge ??= 0
}

/** Convert_apps_StatefulSetSpec_To_v1_StatefulSetSpec (pkg/apis/apps/v1/conversion.go): claims say what they are. */
function nameClaims(owner: Fields): void {
  for (const claim of (owner as Partial<V1StatefulSetSpec>).volumeClaimTemplates ?? []) {
    claim.apiVersion = 'v1'
    claim.kind = 'PersistentVolumeClaim'
  }
}

export const appsDefaults: DefaultTable = {
  // SetDefaults_Deployment
  V1DeploymentSpec: { fields: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 } },
  V1DeploymentStrategy: {
    rule: keepUnusedUpdate,
    fields: {
      type: 'RollingUpdate',
      rollingUpdate: ({ type }) => (type === 'RollingUpdate' ? {} : undefined),
    },
  },
  V1RollingUpdateDeployment: { fields: { maxUnavailable: '25%', maxSurge: '25%' } },
  // SetDefaults_DaemonSet
  V1DaemonSet: { rule: startTemplateGeneration },
  V1DaemonSetSpec: { fields: { revisionHistoryLimit: 10 } },
  V1DaemonSetUpdateStrategy: {
    rule: keepUnusedUpdate,
    fields: {
      type: 'RollingUpdate',
      rollingUpdate: ({ type }) => (type === 'RollingUpdate' ? {} : undefined),
    },
  },
  V1RollingUpdateDaemonSet: { fields: { maxUnavailable: 1, maxSurge: 0 } },
  // SetDefaults_StatefulSet
  V1StatefulSetSpec: {
    rule: nameClaims,
    fields: {
      podManagementPolicy: 'OrderedReady',
      persistentVolumeClaimRetentionPolicy: () => ({}),
      replicas: 1,
      revisionHistoryLimit: 10,
    },
  },
  V1StatefulSetUpdateStrategy: {
    rule: fromFirstPod,
    fields: { type: 'RollingUpdate' },
  },
  V1StatefulSetPersistentVolumeClaimRetentionPolicy: { fields: { whenDeleted: 'Retain', whenScaled: 'Retain' } },
  // SetDefaults_ReplicaSet
  V1ReplicaSetSpec: { fields: { replicas: 1 } },
}
