/**
 * How StorageClass objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/storageclass/strategy.go; pkg/api/storage/util.go.
 */
import { childPath, indexPath } from '../../../apimachinery/field-path.ts'
import { labelDeprecation } from '../../core/pod/warnings/node-labels.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1StorageClass } from '../../generated/types.ts'
import { validateStorageClass, validateStorageClassUpdate } from './validation.ts'

export const storageClassStrategy: Strategy<V1StorageClass> = {
  allowsUnconditionalUpdate: true,
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  warnings({ allowedTopologies = [] }) {
    return allowedTopologies.flatMap(({ matchLabelExpressions = [] }, index) => {
      const at = childPath(indexPath('allowedTopologies', index), 'matchLabelExpressions')
      return matchLabelExpressions.flatMap(({ key }, place) => {
        const message = labelDeprecation(key)
        return message === undefined ? [] : [`${childPath(indexPath(at, place), 'key')}: ${message}`]
      })
    })
  },
}
