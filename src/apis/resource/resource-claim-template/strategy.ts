/**
 * How ResourceClaimTemplate objects behave on writes, beyond their schema: nothing of one changes.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/resourceclaimtemplate/strategy.go;
 * pkg/apis/resource/validation/validation.go, ValidateResourceClaimTemplate.
 */
import { childPath, invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1ResourceClaimTemplate } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { isEqual } from '../../validation/rules.ts'
import { validateTemplateMeta } from '../../validation/template-meta.ts'
import { validateAdminAccess } from '../admin-access.ts'
import { validateDeviceClaim } from '../device-claim.ts'

function validateTemplate({ spec: { metadata, spec } }: V1ResourceClaimTemplate): FieldError[] {
  return [
    ...validateTemplateMeta(metadata, 'spec.metadata'),
    ...validateDeviceClaim(spec.devices ?? {}, childPath('spec', 'spec', 'devices')),
  ]
}

export const resourceClaimTemplateStrategy: Strategy<V1ResourceClaimTemplate> = {
  allowsUnconditionalUpdate: true,
  validate: (next, facts) => [
    ...validateAdminAccess(next.spec.spec.devices ?? {}, facts),
    ...validateTemplate(next),
  ],
  validateUpdate(next, previous, facts) {
    const errors = [...validateTemplate(next), ...(facts?.metadataAgain() ?? [])]
    if (isEqual(next.spec, previous.spec)) return errors
    const printed = internalForm('ResourceClaimTemplateSpec', next.spec)
    return [...errors, invalid('spec', printed, FIELD_IMMUTABLE_MESSAGE)]
  },
}
