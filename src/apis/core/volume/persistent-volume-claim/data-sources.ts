/**
 * The two fields that say what a claim's volume is filled with: the older one takes claims and snapshots only, and each
 * follows the other where it is not said.
 * Upstream: kubernetes/kubernetes pkg/api/persistentvolumeclaim/util.go, DropDisabledFields,
 * EnforceDataSourceBackwardsCompatibility, NormalizeDataSources (KEP-1495).
 */
import type { V1PersistentVolumeClaimSpec } from '../../../generated/types.ts'

type Spec = Partial<V1PersistentVolumeClaimSpec>

function isOldSource({ kind, apiGroup }: NonNullable<Spec['dataSource']>): boolean {
  const group = apiGroup ?? ''
  if (kind === 'PersistentVolumeClaim') return group === ''
  return kind === 'VolumeSnapshot' && group === 'snapshot.storage.k8s.io'
}

/** Sources in other namespaces are a feature that is off (CrossNamespaceVolumeDataSource). Mutates `next`. */
export function dropForeignDataSource(next: Spec, previous: Spec | undefined): void {
  const isForeign = (next.dataSourceRef?.namespace ?? '') !== ''
  if (isForeign && previous?.dataSourceRef === undefined) delete next.dataSourceRef
}

/** The older field used to pass over what it did not know. Mutates `next`. */
export function dropUnknownDataSource(next: Spec, previous: Spec | undefined): void {
  const hadSource = previous?.dataSource !== undefined || previous?.dataSourceRef !== undefined
  if (hadSource || next.dataSourceRef !== undefined || next.dataSource === undefined) return
  if (!isOldSource(next.dataSource)) delete next.dataSource
}

/** Mutates `spec`. */
export function normalizeDataSources(spec: Spec): void {
  const { dataSource, dataSourceRef } = spec
  if (dataSource !== undefined && dataSourceRef === undefined) spec.dataSourceRef = { ...dataSource }
  else if (dataSourceRef !== undefined && dataSource === undefined) {
    const { namespace = '', ...local } = dataSourceRef
    if (namespace === '') spec.dataSource = local
  }
}
