/** What a version's rules need is loaded before they are judged, where it has any. */
import { loadRules } from '../apiextensions/rules/load-rules.ts'
import { isPartly } from '../apiextensions/validation/schema-search.ts'
import type { V1CustomResourceDefinitionVersion } from '../generated/types.ts'

const loading = new WeakMap<V1CustomResourceDefinitionVersion, Promise<unknown>>()

export function loadRulesOf(version: V1CustomResourceDefinitionVersion): Promise<unknown> {
  let loaded = loading.get(version)
  if (loaded === undefined) {
    const schema = version.schema?.openAPIV3Schema ?? {}
    const hasRules = isPartly(schema, (part) => (part['x-kubernetes-validations'] ?? []).length > 0)
    loaded = hasRules ? loadRules() : Promise.resolve()
    loading.set(version, loaded)
  }
  return loaded
}
