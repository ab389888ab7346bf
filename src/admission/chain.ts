/**
 * Runs the admission plugins in their order: first all that change, then all that only look (k8s.io/apiserver
 * pkg/admission/chain.go). Synchronous, inside the turn; the first refusal ends it.
 */
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.ts'

export interface AdmissionChain {
  /** The mutating half: may change `attributes.object` in place; throws ApiStatusError to refuse. */
  admit(attributes: AdmissionAttributes, context: AdmissionContext): void
  /** The validating half: changes nothing; throws ApiStatusError to refuse. */
  validate(attributes: AdmissionAttributes, context: AdmissionContext): void
}

export function createAdmissionChain(plugins: readonly AdmissionPlugin[]): AdmissionChain {
  const mutating = plugins.filter(({ admit }) => admit !== undefined)
  const validating = plugins.filter(({ validate }) => validate !== undefined)
  return {
    admit(attributes, context) {
      for (const plugin of mutating) if (plugin.handles(attributes)) plugin.admit?.(attributes, context)
    },
    validate(attributes, context) {
      for (const plugin of validating) if (plugin.handles(attributes)) plugin.validate?.(attributes, context)
    },
  }
}
