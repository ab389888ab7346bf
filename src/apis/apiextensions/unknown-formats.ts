/**
 * Warnings of formats that nobody checks: a definition may have them, they count as none. Of an update only those are
 * told that are new. Upstream: k8s.io/apiextensions-apiserver pkg/registry/customresourcedefinition/strategy.go.
 */
import { quote } from '../../apimachinery/field-path.ts'
import { isKnownFormat } from '../../apimachinery/structural/values/value-rules.ts'
import type { V1CustomResourceDefinition } from '../generated/types.ts'
import { internalSpec, schemasOf } from './internal-spec.ts'
import { schemasWithin } from './validation/schema-search.ts'

export function formatWarnings(
  next: V1CustomResourceDefinition,
  previous: V1CustomResourceDefinition | undefined,
): string[] {
  const known = new Set(previous === undefined ? [] : unknownFormatsOf(previous))
  return unknownFormatsOf(next)
    .filter((format) => !known.has(format))
    .map((format) => `unrecognized format ${quote(format)}`)
}

function unknownFormatsOf({ spec }: V1CustomResourceDefinition): string[] {
  return schemasOf(internalSpec(spec))
    .flatMap((schema) => [...schemasWithin(schema)])
    .filter(({ format = '', type = '' }) => format !== '' && !isKnownFormat(format, type))
    .map(({ format = '' }) => format)
}
