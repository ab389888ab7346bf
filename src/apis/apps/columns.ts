/** Columns of apps/v1. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go. */
import { controllerOf } from '../../apimachinery/meta.ts'
import { formatLabelSelector } from '../../apimachinery/selectors.ts'
import type { Column } from '../../apimachinery/table.ts'
import type {
  V1ControllerRevision,
  V1DaemonSet,
  V1Deployment,
  V1ReplicaSet,
  V1StatefulSet,
} from '../generated/types.ts'
import {
  NONE,
  ageColumn,
  column,
  countColumn,
  labelsText,
  nameColumn,
  selectorText,
  templateColumns,
} from '../table-columns.ts'

const readyText = (ready = 0, wanted = 0): string => `${String(ready)}/${String(wanted)}`

export const deploymentColumns: readonly Column<V1Deployment>[] = [
  nameColumn,
  column('Ready', ({ spec, status }) => readyText(status?.readyReplicas, spec?.replicas)),
  column('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
  column('Available', ({ status }) => status?.availableReplicas ?? 0),
  ageColumn,
  ...templateColumns<V1Deployment>(
    ({ spec }) => spec?.template,
    ({ spec }) => formatLabelSelector(spec?.selector),
  ),
]

export const replicaSetColumns: readonly Column<V1ReplicaSet>[] = [
  nameColumn,
  countColumn('Desired', ({ spec }) => spec?.replicas),
  countColumn('Current', ({ status }) => status?.replicas),
  countColumn('Ready', ({ status }) => status?.readyReplicas),
  ageColumn,
  ...templateColumns<V1ReplicaSet>(
    ({ spec }) => spec?.template,
    ({ spec }) => selectorText(spec?.selector),
  ),
]

export const statefulSetColumns: readonly Column<V1StatefulSet>[] = [
  nameColumn,
  column('Ready', ({ spec, status }) => readyText(status?.readyReplicas, spec?.replicas)),
  ageColumn,
  ...templateColumns<V1StatefulSet>(({ spec }) => spec?.template),
]

export const daemonSetColumns: readonly Column<V1DaemonSet>[] = [
  nameColumn,
  countColumn('Desired', ({ status }) => status?.desiredNumberScheduled),
  countColumn('Current', ({ status }) => status?.currentNumberScheduled),
  countColumn('Ready', ({ status }) => status?.numberReady),
  countColumn('Up-to-date', ({ status }) => status?.updatedNumberScheduled),
  countColumn('Available', ({ status }) => status?.numberAvailable),
  column('Node Selector', ({ spec }) => labelsText(spec?.template.spec?.nodeSelector)),
  ageColumn,
  ...templateColumns<V1DaemonSet>(
    ({ spec }) => spec?.template,
    ({ spec }) => selectorText(spec?.selector),
  ),
]

/** `statefulset.apps/web` */
function controllerText(revision: V1ControllerRevision): string {
  const owner = controllerOf(revision)
  if (owner === undefined) return NONE
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0] ?? ''}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}

export const controllerRevisionColumns: readonly Column<V1ControllerRevision>[] = [
  nameColumn,
  column('Controller', controllerText),
  column('Revision', ({ revision }) => revision),
  ageColumn,
]
