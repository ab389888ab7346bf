/**
 * How PersistentVolume objects behave on writes, beyond their schema: a volume begins as pending, and says since when
 * it is in its phase.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/persistentvolume/strategy.go; pkg/api/persistentvolume/util.go,
 * GetWarningsForPersistentVolume.
 */
import { childPath, indexPath, keyPath } from '../../../../apimachinery/field-path.ts'
import { formatTime } from '../../../../apimachinery/meta.ts'
import type { Strategy } from '../../../define-kind.ts'
import type { V1PersistentVolume, V1PersistentVolumeSpec } from '../../../generated/types.ts'
import { specAndStatusStrategy } from '../../../status-strategy.ts'
import { keyWarnings } from '../../pod/warnings/node-labels.ts'
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1PersistentVolume>('V1PersistentVolume', { allowsUnconditionalUpdate: true })

const DEPRECATED_ANNOTATIONS: readonly (readonly [key: string, message: string])[] = [
  ['volume.beta.kubernetes.io/storage-class', 'deprecated since v1.8; use "storageClassName" attribute instead'],
  ['volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead'],
]
/** Field, the name that the warning gives it, and why. */
const DEPRECATED_SOURCES: readonly (readonly [keyof V1PersistentVolumeSpec, string, string])[] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]
const RECYCLE =
  'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'

function warnings({ metadata, spec }: V1PersistentVolume): string[] {
  const annotations = DEPRECATED_ANNOTATIONS.filter(([key]) => metadata.annotations?.[key] !== undefined)
  const sources = DEPRECATED_SOURCES.filter(([field]) => spec?.[field] !== undefined)
  const termsAt = childPath('spec', 'nodeAffinity', 'required', 'nodeSelectorTerms')
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []
  return [
    ...annotations.map(([key, message]) => `${keyPath('metadata.annotations', key)}: ${message}`),
    ...(spec?.persistentVolumeReclaimPolicy === 'Recycle' ? [`spec.persistentVolumeReclaimPolicy: ${RECYCLE}`] : []),
    ...terms.flatMap((term, index) => keyWarnings(term, indexPath(termsAt, index))),
    ...sources.map(([, name, message]) => `spec.${name}: ${message}`),
  ]
}

export const persistentVolumeStrategy: Strategy<V1PersistentVolume> = {
  ...base,
  prepareForCreate(next, context) {
    next.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(context.nowMs) }
  },
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  warnings,
  status: {
    prepareForUpdate(next, previous, context) {
      base.status?.prepareForUpdate?.(next, previous, context)
      const [said, before] = [next.status?.lastPhaseTransitionTime, previous.status?.lastPhaseTransitionTime]
      const isKept = said === undefined || said === before
      if (!isKept) return
      const isInPhase = next.status?.phase === previous.status?.phase
      const since = isInPhase ? before : formatTime(context.nowMs)
      if (since !== undefined) next.status = { ...next.status, lastPhaseTransitionTime: since }
    },
  },
}
