/**
 * How RuntimeClass objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/node/runtimeclass/strategy.go; pkg/apis/node/validation/validation.go,
 * ValidateRuntimeClass; pkg/api/node/util.go, GetWarningsForRuntimeClass.
 */
import { duplicate, indexPath, type FieldError } from '../../../apimachinery/field-path.ts'
import { validateLabels } from '../../../apimachinery/metadata-validation.ts'
import { validateContainerResources } from '../../core/pod/containers/resources.ts'
import { validateTolerations } from '../../core/pod/spec/tolerations.ts'
import { labelDeprecation } from '../../core/pod/warnings/node-labels.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1RuntimeClass, V1Toleration } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { dnsLabel, immutable, requiredAnd } from '../../validation/rules.ts'
import { repeats } from '../../validation/repeats.ts'

const TOLERATIONS = 'scheduling.tolerations'

/** What tells tolerations apart: not for how long they last. */
function keyOf({ key = '', operator = '', value = '', effect = '' }: V1Toleration): string {
  return JSON.stringify([key, operator, value, effect])
}

function validateRuntimeClass({ handler, overhead, scheduling }: V1RuntimeClass): FieldError[] {
  const { nodeSelector, tolerations = [] } = scheduling ?? {}
  const isRepeat = repeats()
  const limits = overhead?.podFixed
  return [
    ...requiredAnd('handler', handler, dnsLabel),
    ...validateContainerResources(limits && { limits }, new Set(), 'overhead'),
    ...validateLabels(nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(tolerations, TOLERATIONS),
    ...tolerations.flatMap((toleration, index) =>
      isRepeat(keyOf(toleration))
        ? [duplicate(indexPath(TOLERATIONS, index), internalForm('Toleration', toleration))]
        : [],
    ),
  ]
}

export const runtimeClassStrategy: Strategy<V1RuntimeClass> = {
  allowsCreateOnUpdate: true,
  validate: validateRuntimeClass,
  validateUpdate: (next, previous, facts) => [
    ...validateRuntimeClass(next),
    ...(facts?.metadataAgain() ?? []),
    ...immutable('handler', next.handler, previous.handler),
  ],
  warnings({ scheduling }) {
    return Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => {
      const message = labelDeprecation(key)
      return message === undefined ? [] : [`scheduling.nodeSelector: ${message}`]
    })
  },
}
