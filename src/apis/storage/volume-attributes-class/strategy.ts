/**
 * How VolumeAttributesClass objects behave on writes, beyond their schema: nothing of one changes.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/volumeattributesclass/strategy.go;
 * pkg/apis/storage/validation/validation.go, ValidateVolumeAttributesClass.
 */
import { forbidden, type FieldError } from '../../../apimachinery/field-path.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1VolumeAttributesClass } from '../../generated/types.ts'
import { isEqual } from '../../validation/rules.ts'
import { validateDriver, validateParameters } from '../parameters.ts'

function validateVolumeAttributesClass({ driverName, parameters = {} }: V1VolumeAttributesClass): FieldError[] {
  return [...validateDriver('driverName', driverName), ...validateParameters(parameters, false)]
}

export const volumeAttributesClassStrategy: Strategy<V1VolumeAttributesClass> = {
  allowsUnconditionalUpdate: true,
  validate: validateVolumeAttributesClass,
  validateUpdate: (next, previous, facts) => [
    ...(['driverName', 'parameters'] as const).flatMap((field) =>
      isEqual(next[field] ?? {}, previous[field] ?? {}) ? [] : [forbidden(field, `updates to ${field} are forbidden.`)],
    ),
    ...(facts?.metadataAgain() ?? []),
    ...validateVolumeAttributesClass(next),
  ],
}
