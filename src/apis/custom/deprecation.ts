/**
 * What answers about a deprecated version of a custom resource warn of: the definition's own words, or the version to
 * use instead (k8s.io/apiextensions-apiserver pkg/apiserver/customresource_handler.go, defaultDeprecationWarning).
 */
import { compareVersions } from '../../apimachinery/meta.ts'
import type { V1CustomResourceDefinitionSpec, V1CustomResourceDefinitionVersion } from '../generated/types.ts'

export function deprecationWarning(
  { group, names, versions }: V1CustomResourceDefinitionSpec,
  { name, deprecated, deprecationWarning: own }: V1CustomResourceDefinitionVersion,
): string | undefined {
  if (deprecated !== true) return undefined
  if (own !== undefined) return own
  const warning = `${group}/${name} ${names.kind} is deprecated`
  const better = versions
    .filter((other) => other.served && other.deprecated !== true && compareVersions(other.name, name) < 0)
    .map((other) => other.name)
    .toSorted(compareVersions)
  return better[0] === undefined ? warning : `${warning}; use ${group}/${better[0]} ${names.kind}`
}
