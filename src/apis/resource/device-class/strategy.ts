/**
 * How DeviceClass objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/deviceclass/strategy.go;
 * pkg/apis/resource/validation/validation.go, validateDeviceClassSpec.
 */
import { invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import { isExtendedResource } from '../../core/pod/containers/resource-names.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1DeviceClass } from '../../generated/types.ts'
import { isEqual } from '../../validation/rules.ts'
import { MAX_CONFIGURATIONS, validateConfiguration } from '../configuration.ts'
import { validateSelectors } from '../device-selector.ts'
import { validateList } from '../lists.ts'

function validateDeviceClass({ spec }: V1DeviceClass, previous?: V1DeviceClass): FieldError[] {
  const { selectors = [], config = [], extendedResourceName: name } = spec
  const isStored = previous !== undefined && isEqual(config, previous.spec.config)
  const isNamed = name === undefined || isExtendedResource(name)
  return [
    ...validateSelectors(selectors, 'spec'),
    ...validateList(config, MAX_CONFIGURATIONS, (one, at) => validateConfiguration(one, isStored, at), 'spec.config'),
    ...(isNamed ? [] : [invalid('spec.extendedResourceName', name, 'must be a valid extended resource name')]),
  ]
}

export const deviceClassStrategy: Strategy<V1DeviceClass> = {
  allowsUnconditionalUpdate: true,
  countsGenerations: true,
  validate: (next) => validateDeviceClass(next),
  validateUpdate: validateDeviceClass,
}
