/** Columns of storage.k8s.io/v1. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go. */
import type { Column } from '../../apimachinery/table.ts'
import type {
  V1CSIDriver,
  V1CSINode,
  V1StorageClass,
  V1VolumeAttachment,
  V1VolumeAttributesClass,
} from '../generated/types.ts'
import { UNSET, ageColumn, column, countColumn, createdAtColumns, nameColumn } from '../table-columns.ts'

const DEFAULT_CLASS_ANNOTATIONS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

function classNameText({ metadata }: V1StorageClass): string {
  const isDefault = DEFAULT_CLASS_ANNOTATIONS.some((annotation) => metadata.annotations?.[annotation] === 'true')
  return `${metadata.name ?? ''}${isDefault ? ' (default)' : ''}`
}

export const storageClassColumns: readonly Column<V1StorageClass>[] = [
  column('Name', classNameText, { format: 'name' }),
  column('Provisioner', ({ provisioner }) => provisioner),
  column('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
  column('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
  column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
  ageColumn,
]

export const volumeAttributesClassColumns: readonly Column<V1VolumeAttributesClass>[] = [
  nameColumn,
  column('DriverName', ({ driverName }) => driverName),
  ageColumn,
]

export const csiDriverColumns: readonly Column<V1CSIDriver>[] = [
  nameColumn,
  column('AttachRequired', ({ spec }) => spec.attachRequired ?? true, { type: 'boolean' }),
  column('PodInfoOnMount', ({ spec }) => spec.podInfoOnMount ?? false, { type: 'boolean' }),
  column('StorageCapacity', ({ spec }) => spec.storageCapacity ?? false, { type: 'boolean' }),
  column('TokenRequests', ({ spec }) => spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? UNSET),
  column('RequiresRepublish', ({ spec }) => spec.requiresRepublish ?? false, { type: 'boolean' }),
  column('Modes', ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') || '<none>'),
  ageColumn,
]

export const csiNodeColumns: readonly Column<V1CSINode>[] = [
  nameColumn,
  countColumn('Drivers', ({ spec }) => (spec.drivers as unknown[] | null)?.length),
  ageColumn,
]

// Upstream has a printer for it and does not use it.
export const csiStorageCapacityColumns = createdAtColumns

export const volumeAttachmentColumns: readonly Column<V1VolumeAttachment>[] = [
  nameColumn,
  column('Attacher', ({ spec }) => spec.attacher, { format: 'name' }),
  column('PV', ({ spec }) => spec.source.persistentVolumeName ?? ''),
  column('Node', ({ spec }) => spec.nodeName),
  column('Attached', ({ status }) => status?.attached ?? false, { type: 'boolean' }),
  ageColumn,
]
