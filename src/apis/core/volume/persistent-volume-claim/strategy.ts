/**
 * How PersistentVolumeClaim objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/persistentvolumeclaim/strategy.go;
 * pkg/api/persistentvolumeclaim/util.go, GetWarningsForPersistentVolumeClaim.
 */
import { keyPath } from '../../../../apimachinery/field-path.ts'
import type { Strategy } from '../../../define-kind.ts'
import type { V1PersistentVolumeClaim } from '../../../generated/types.ts'
import { specAndStatusStrategy } from '../../../status-strategy.ts'
import { claimSpecWarnings } from '../claim-warnings.ts'
import { dropForeignDataSource, dropUnknownDataSource, normalizeDataSources } from './data-sources.ts'
import {
  CLASS_ANNOTATION,
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimStatusUpdate,
  validatePersistentVolumeClaimUpdate,
} from './validation.ts'

const base = specAndStatusStrategy<V1PersistentVolumeClaim>('V1PersistentVolumeClaim', {
  allowsUnconditionalUpdate: true,
})
const CLASS_WARNING = 'deprecated since v1.8; use "storageClassName" attribute instead'

export const persistentVolumeClaimStrategy: Strategy<V1PersistentVolumeClaim> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    next.status = {}
    dropForeignDataSource(next.spec ?? {}, undefined)
    dropUnknownDataSource(next.spec ?? {}, undefined)
    normalizeDataSources(next.spec ?? {})
  },
  validate: validatePersistentVolumeClaim,
  prepareForUpdate(next, previous, context) {
    base.prepareForUpdate?.(next, previous, context)
    dropForeignDataSource(next.spec ?? {}, previous.spec)
    dropUnknownDataSource(next.spec ?? {}, previous.spec)
    normalizeDataSources(next.spec ?? {})
  },
  validateUpdate: validatePersistentVolumeClaimUpdate,
  warnings({ metadata, spec }) {
    const isOld = metadata.annotations?.[CLASS_ANNOTATION] !== undefined
    return [
      ...(isOld ? [`${keyPath('metadata.annotations', CLASS_ANNOTATION)}: ${CLASS_WARNING}`] : []),
      ...claimSpecWarnings(spec, 'spec'),
    ]
  },
  // The phase of a new one is stored by whoever writes it next; until then it is what is read where there is none.
  canonicalize({ status }) {
    if (status === undefined || status.phase !== undefined) return false
    status.phase = 'Pending'
    return true
  },
  status: { ...base.status, validateUpdate: validatePersistentVolumeClaimStatusUpdate },
}
