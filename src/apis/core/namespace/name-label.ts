/**
 * The label that selects a namespace by its name (pkg/apis/core/v1/defaults.go, SetDefaults_Namespace). It is there
 * before a namespace is judged, but for a generated name: that one is not known yet when fields are filled in.
 */
import type { V1Namespace } from '../../generated/types.ts'

const NAME_LABEL = 'kubernetes.io/metadata.name'

/** Whatever was sent. */
export function nameLabel({ metadata }: Partial<V1Namespace>): void {
  if (metadata?.name === undefined || metadata.name === '') return
  metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name }
}
