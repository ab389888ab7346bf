/** How a plugin says no, worded as upstream's admission.NewForbidden (k8s.io/apiserver pkg/admission/errors.go). */
import type { ApiStatusError } from '../apimachinery/status-error.ts'
import { forbiddenError } from '../apimachinery/status-error.ts'
import type { AdmissionAttributes } from './plugin.ts'

/** 403 on the object at hand. */
export function refusal(attributes: AdmissionAttributes, why: string): ApiStatusError {
  const { group, resource } = attributes.definition
  return forbiddenError({ group, resource }, nameOf(attributes), why)
}

function nameOf({ name, object }: AdmissionAttributes): string {
  return name || object?.metadata.name || object?.metadata.generateName || 'Unknown'
}
