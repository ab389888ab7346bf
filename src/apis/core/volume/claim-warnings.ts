/**
 * What a writer of a claim is warned of: a size that is no whole number of bytes.
 * Upstream: kubernetes/kubernetes pkg/api/persistentvolumeclaim/util.go, GetWarningsForPersistentVolumeClaimSpec.
 */
import { childPath } from '../../../apimachinery/field-path.ts'
import type { V1PersistentVolumeClaimSpec } from '../../generated/types.ts'
import { fractionWarnings } from '../pod/warnings/container-warnings.ts'

export function claimSpecWarnings(spec: V1PersistentVolumeClaimSpec | undefined, field: string): string[] {
  const { requests, limits } = spec?.resources ?? {}
  const at = childPath(field, 'resources')
  return [
    ...fractionWarnings(requests, ['storage'], childPath(at, 'requests')),
    ...fractionWarnings(limits, ['storage'], childPath(at, 'limits')),
  ]
}
