/**
 * Columns of the core kinds that need no working out. Upstream: kubernetes/kubernetes
 * pkg/printers/internalversion/printers.go.
 */
import type { Column } from '../../../apimachinery/table.ts'
import type {
  V1ConfigMap,
  V1Namespace,
  V1PodTemplate,
  V1ReplicationController,
  V1Secret,
  V1ServiceAccount,
} from '../../generated/types.ts'
import { ageColumn, column, countColumn, labelsText, nameColumn, templateColumns } from '../../table-columns.ts'

const size = (...maps: readonly (object | undefined)[]): number =>
  maps.reduce((total, map) => total + Object.keys(map ?? {}).length, 0)

export const configMapColumns: readonly Column<V1ConfigMap>[] = [
  nameColumn,
  column('Data', ({ data, binaryData }) => size(data, binaryData)),
  ageColumn,
]

export const namespaceColumns: readonly Column<V1Namespace>[] = [
  nameColumn,
  column('Status', ({ status }) => status?.phase ?? ''),
  ageColumn,
]

export const secretColumns: readonly Column<V1Secret>[] = [
  nameColumn,
  column('Type', ({ type }) => type ?? ''),
  column('Data', ({ data }) => size(data)),
  ageColumn,
]

// Upstream shows no secrets since 1.35: tokens are asked for, not stored.
export const serviceAccountColumns: readonly Column<V1ServiceAccount>[] = [nameColumn, ageColumn]

export const replicationControllerColumns: readonly Column<V1ReplicationController>[] = [
  nameColumn,
  countColumn('Desired', ({ spec }) => spec?.replicas),
  countColumn('Current', ({ status }) => status?.replicas),
  countColumn('Ready', ({ status }) => status?.readyReplicas),
  ageColumn,
  ...templateColumns<V1ReplicationController>(
    ({ spec }) => spec?.template,
    ({ spec }) => labelsText(spec?.selector),
  ),
]

export const podTemplateColumns: readonly Column<V1PodTemplate>[] = [
  nameColumn,
  ...templateColumns<V1PodTemplate>(({ template }) => template).map((shown) => ({ ...shown, priority: 0 })),
  column('Pod Labels', ({ template }) => labelsText(template?.metadata?.labels)),
]
