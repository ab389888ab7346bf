/**
 * `pods/ephemeralcontainers`: adds containers to a pod that runs, and changes nothing else.
 * Upstream: kubernetes/kubernetes pkg/registry/core/pod/strategy.go (podEphemeralContainersStrategy),
 * pkg/apis/core/validation/validation.go (ValidatePodEphemeralContainersUpdate).
 */
import { forbidden, goJson, quote, type FieldError } from '../../../../apimachinery/field-path.ts'
import { unifiedDiff } from '../../../../lib/unified-diff.ts'
import type { EndpointStrategy } from '../../../define-kind.ts'
import type { V1EphemeralContainer, V1Pod } from '../../../generated/types.ts'
import { copyField, keepMetadata } from '../../../status-strategy.ts'
import { internalForm } from '../../../validation/internal-form.ts'
import { isEqual } from '../../../validation/rules.ts'
import { MIRROR_ANNOTATION, validateAnnotationsKept } from '../annotations.ts'
import { validateWholePod } from '../validation.ts'
import { NO_FIELD } from './kept.ts'

const AT = 'spec.ephemeralContainers'

function validateAdditions(pod: V1Pod, old: V1Pod): FieldError[] {
  const errors = [
    ...validateWholePod(pod, old),
    ...validateAnnotationsKept(pod.metadata.annotations ?? {}, old.metadata.annotations ?? {}, 'metadata.annotations'),
  ]
  if (old.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined) {
    return [forbidden(NO_FIELD, 'static pods do not support ephemeral containers')]
  }
  const next = new Map((pod.spec?.ephemeralContainers ?? []).map((container) => [container.name, container]))
  for (const before of old.spec?.ephemeralContainers ?? []) {
    const now = next.get(before.name)
    const which = `existing ephemeral containers ${quote(before.name)}`
    if (now === undefined) errors.push(forbidden(AT, `${which} may not be removed\n`))
    else if (!isEqual(before, now)) errors.push(forbidden(AT, `${which} may not be changed\n${diffOf(before, now)}`))
  }
  return errors
}

function diffOf(before: V1EphemeralContainer, now: V1EphemeralContainer): string {
  const printed = (container: V1EphemeralContainer): string => goJson(internalForm('EphemeralContainer', container), 1)
  return unifiedDiff(printed(before), printed(now))
}

export const ephemeralContainersEndpoint: EndpointStrategy<V1Pod> = {
  prepareForUpdate(next, previous) {
    const added = next.spec?.ephemeralContainers
    copyField(next, previous, 'spec')
    copyField(next, previous, 'status')
    keepMetadata(next, previous)
    const { ephemeralContainers: _before, ...spec } = previous.spec ?? { containers: [] }
    next.spec = added === undefined ? spec : { ...spec, ephemeralContainers: added }
  },
  validateUpdate: validateAdditions,
}
