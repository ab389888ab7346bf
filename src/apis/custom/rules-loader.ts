/** What a version's rules need is loaded before they are judged, where it has any. */
import { loadRules } from '../apiextensions/rules/load-rules.ts'
import { isPartly } from '../apiextensions/validation/schema-search.ts'
import type { V1CustomResourceDefinitionVersion } from '../generated/types.ts'

/** No promises are kept: one that belongs to another request cannot be waited for. */
const withRules = new WeakMap<V1CustomResourceDefinitionVersion, boolean>()

export function loadRulesOf(version: V1CustomResourceDefinitionVersion): Promise<unknown> | undefined {
  let hasRules = withRules.get(version)
  if (hasRules === undefined) {
    const schema = version.schema?.openAPIV3Schema ?? {}
    hasRules = isPartly(schema, (part) => (part['x-kubernetes-validations'] ?? []).length > 0)
    withRules.set(version, hasRules)
  }
  return hasRules ? loadRules() : undefined
}
