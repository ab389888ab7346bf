/**
 * The claim that an ephemeral volume makes for its pod.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimTemplate.
 */
import { childPath, type FieldError } from '../../../../apimachinery/field-path.ts'
import type { V1PersistentVolumeClaimTemplate } from '../../../generated/types.ts'
import { validateTemplateMeta } from '../../../validation/template-meta.ts'
import { validateClaimSpec } from '../../volume/claim-spec.ts'

export function validateClaimTemplate({ metadata, spec }: V1PersistentVolumeClaimTemplate, at: string): FieldError[] {
  return [
    ...validateTemplateMeta(metadata, childPath(at, 'metadata')),
    ...validateClaimSpec(spec, childPath(at, 'spec')),
  ]
}
