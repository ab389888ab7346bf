/**
 * Columns of PersistentVolumes and claims. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go,
 * printPersistentVolume, printPersistentVolumeClaim.
 */
import type { KubeObject } from '../../../apimachinery/meta.ts'
import type { Column } from '../../../apimachinery/table.ts'
import type { V1PersistentVolume, V1PersistentVolumeClaim } from '../../generated/types.ts'
import { UNSET, accessModesText, ageColumn, column, nameColumn } from '../../table-columns.ts'

/** Where classes were before they had a field. */
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'

function classOf({ metadata }: KubeObject, field: string | undefined): string {
  return metadata.annotations?.[CLASS_ANNOTATION] ?? field ?? ''
}

function phaseText({ metadata }: KubeObject, phase: string | undefined): string {
  return metadata.deletionTimestamp === undefined ? (phase ?? '') : 'Terminating'
}

export const persistentVolumeColumns: readonly Column<V1PersistentVolume>[] = [
  nameColumn,
  column('Capacity', ({ spec }) => spec?.capacity?.['storage'] ?? '0'),
  column('Access Modes', ({ spec }) => accessModesText(spec?.accessModes)),
  column('Reclaim Policy', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
  column('Status', (volume) => phaseText(volume, volume.status?.phase)),
  column('Claim', ({ spec }) => {
    const claim = spec?.claimRef
    return claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`
  }),
  column('StorageClass', (volume) => classOf(volume, volume.spec?.storageClassName)),
  column('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? UNSET),
  column('Reason', ({ status }) => status?.reason ?? ''),
  ageColumn,
  column('VolumeMode', ({ spec }) => spec?.volumeMode ?? UNSET, { isWide: true }),
]

export const persistentVolumeClaimColumns: readonly Column<V1PersistentVolumeClaim>[] = [
  nameColumn,
  column('Status', (claim) => phaseText(claim, claim.status?.phase)),
  column('Volume', ({ spec }) => spec?.volumeName ?? ''),
  // What the volume has is said only of a claim that has one.
  column('Capacity', ({ spec, status }) =>
    (spec?.volumeName ?? '') === '' ? '' : (status?.capacity?.['storage'] ?? '0'),
  ),
  column('Access Modes', ({ spec, status }) =>
    (spec?.volumeName ?? '') === '' ? '' : accessModesText(status?.accessModes),
  ),
  column('StorageClass', (claim) => classOf(claim, claim.spec?.storageClassName)),
  column('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? UNSET),
  ageColumn,
  column('VolumeMode', ({ spec }) => spec?.volumeMode ?? UNSET, { isWide: true }),
]
