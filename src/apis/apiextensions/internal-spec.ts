/**
 * The form in which upstream validates a definition: what all versions have in common (schema, subresources, columns,
 * selectable fields) stands at the top and no longer in the versions, and the webhook of the conversion is flat. The
 * paths in its errors are those of this form. Upstream: k8s.io/apiextensions-apiserver
 * pkg/apis/apiextensions/v1/conversion.go.
 */
import type {
  ApiextensionsV1WebhookClientConfig, V1CustomResourceColumnDefinition, V1CustomResourceDefinitionNames,
  V1CustomResourceDefinitionSpec, V1CustomResourceDefinitionVersion, V1CustomResourceSubresources,
  V1CustomResourceValidation, V1SelectableField,
} from '../generated/types.ts'
import { givenEmpty } from '../../apimachinery/schema/given-empty.ts'
import type { JsonSchema } from '../../apimachinery/structural/json-schema.ts'
import { isSameSchema } from './same-schema.ts'
import { isEqual, itemsOf } from '../validation/rules.ts'

export interface InternalConversion {
  readonly strategy: string
  readonly webhookClientConfig: ApiextensionsV1WebhookClientConfig | undefined
  readonly conversionReviewVersions: readonly string[]
}

export interface Shared {
  readonly schema: V1CustomResourceValidation | undefined
  readonly subresources: V1CustomResourceSubresources | undefined
  /** Undefined where none were given, not even an empty list. */
  readonly columns: readonly V1CustomResourceColumnDefinition[] | undefined
  readonly selectableFields: readonly V1SelectableField[] | undefined
}

export interface InternalVersion extends Shared {
  readonly version: V1CustomResourceDefinitionVersion
}

export interface InternalSpec extends Shared {
  readonly group: string
  readonly firstVersion: string
  readonly names: V1CustomResourceDefinitionNames
  readonly scope: string
  readonly versions: readonly InternalVersion[]
  /** False where there is not even an empty list. */
  readonly hasVersions: boolean
  readonly conversion: InternalConversion | undefined
  readonly preservesUnknownFields: boolean
}

const NOTHING: Shared = { schema: undefined, subresources: undefined, columns: undefined, selectableFields: undefined }

export function internalSpec(spec: V1CustomResourceDefinitionSpec): InternalSpec {
  const versions = itemsOf(spec.versions)
  const { shared, own } = split(versions.map(sharedOf))
  return {
    ...shared,
    group: spec.group,
    firstVersion: versions[0]?.name ?? '',
    names: spec.names,
    scope: spec.scope,
    versions: versions.map((version, index) => ({ ...(own[index] ?? NOTHING), version })),
    hasVersions: Array.isArray(spec.versions),
    conversion: conversionOf(spec),
    preservesUnknownFields: spec.preserveUnknownFields === true,
  }
}

/** The schema that all versions have in common is one: as it is brought into form by judging it, each has it. Mutates. */
export function shareSchema(versions: readonly V1CustomResourceDefinitionVersion[], { schema }: InternalSpec): void {
  if (schema !== undefined) for (const version of versions) version.schema = schema
}

function sharedOf(version: V1CustomResourceDefinitionVersion): Shared {
  return {
    schema: version.schema,
    subresources: version.subresources,
    columns: version.additionalPrinterColumns ?? emptyList(version, 'additionalPrinterColumns'),
    selectableFields: version.selectableFields ?? emptyList(version, 'selectableFields'),
  }
}

function emptyList(version: V1CustomResourceDefinitionVersion, field: keyof typeof version): [] | undefined {
  return givenEmpty(version, field) === undefined ? undefined : []
}

/** What is the same in all versions, and what is left of each. */
function split(versions: readonly Shared[]): { shared: Shared; own: Shared[] } {
  const [first = NOTHING] = versions
  const isShared = (part: keyof Shared): boolean =>
    versions.every((version) => (part === 'schema' ? isSameSchema : isEqual)(version[part], first[part]))
  const parts = { schema: isShared('schema'), subresources: isShared('subresources') }
  const lists = { columns: isShared('columns'), selectableFields: isShared('selectableFields') }
  const keep = (from: Shared, isKept: (isSharedPart: boolean) => boolean): Shared => ({
    schema: isKept(parts.schema) ? from.schema : undefined,
    subresources: isKept(parts.subresources) ? from.subresources : undefined,
    columns: isKept(lists.columns) ? from.columns : undefined,
    selectableFields: isKept(lists.selectableFields) ? from.selectableFields : undefined,
  })
  return {
    shared: keep(first, (isSharedPart) => isSharedPart),
    own: versions.map((version) => keep(version, (isSharedPart) => !isSharedPart)),
  }
}

function conversionOf({ conversion }: V1CustomResourceDefinitionSpec): InternalConversion | undefined {
  if (conversion === undefined) return undefined
  return {
    strategy: conversion.strategy,
    webhookClientConfig: conversion.webhook?.clientConfig,
    conversionReviewVersions: itemsOf(conversion.webhook?.conversionReviewVersions),
  }
}

/** All schemas of a definition, the shared one first. */
export function schemasOf(spec: InternalSpec): JsonSchema[] {
  return [spec, ...spec.versions].flatMap(({ schema }) => schema?.openAPIV3Schema ?? [])
}

/** The schema that a version is served with. */
export function schemaOfVersion(spec: InternalSpec, name: string): JsonSchema | undefined {
  const own = spec.versions.find(({ version }) => version.name === name)?.schema
  return (own ?? spec.schema)?.openAPIV3Schema
}
