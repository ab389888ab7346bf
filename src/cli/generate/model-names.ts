/**
 * Names of types: from OpenAPI definition names (`io.k8s.api.core.v1.Event`) to the names of the generated models
 * (`CoreV1Event`), which are `V1Event` unless two groups share the name. GA versions only.
 */
const GA_DEFINITION = /^io\.k8s\.(?:.*\.)?([a-z]+)\.(v\d+)\.(\w+)$/

/** Types that are not models of their own but leaf values. */
const LEAF_TYPES = new Set([
  'Time',
  'MicroTime',
  'FieldsV1',
  'JSON',
  'JSONSchemaPropsOrArray',
  'JSONSchemaPropsOrBool',
  'JSONSchemaPropsOrStringArray',
  'Patch',
])

export function modelNames(definitions: readonly string[]): Map<string, string> {
  const shortNames = new Map<string, number>()
  const found: { definition: string; group: string; version: string; name: string }[] = []
  for (const definition of definitions) {
    const [, group, version, name] = GA_DEFINITION.exec(definition) ?? []
    if (group === undefined || version === undefined || name === undefined || LEAF_TYPES.has(name)) continue
    found.push({ definition, group, version, name })
    shortNames.set(`${version}${name}`, (shortNames.get(`${version}${name}`) ?? 0) + 1)
  }
  const names = new Map<string, string>()
  for (const { definition, group, version, name } of found) {
    const isShared = (shortNames.get(`${version}${name}`) ?? 0) > 1
    names.set(definition, `${isShared ? capitalized(group) : ''}${capitalized(version)}${name}`)
  }
  return names
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
