/**
 * What an update of a definition is held to: everything that the old one fulfilled. Upstream: validationOptions in
 * k8s.io/apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.
 */
import { equalJson } from '../../../apimachinery/patch/json-value.ts'
import type { SchemaTools } from '../../../apimachinery/structural/custom-resource.ts'
import type { JsonSchema } from '../../../apimachinery/structural/json-schema.ts'
import { compileStructural } from '../../../apimachinery/structural/structural-schema.ts'
import { hasUnprunedDefaults } from '../../../apimachinery/structural/surrounding-object.ts'
import type { V1CustomResourceDefinition } from '../../generated/types.ts'
import { isEqual, itemsOf } from '../../validation/rules.ts'
import { schemaOfVersion, schemasOf, type InternalSpec } from '../internal-spec.ts'
import { certificateProblem } from './ca-bundle.ts'
import { hasKnownReviewVersion } from '../../validation/webhook-client.ts'
import { hasGranularSetItems, validateNullableKeys } from './list-type-rules.ts'
import { MAX_SELECTABLE_FIELDS } from './paths.ts'
import { hasSchema, isPartly, schemasWithin } from './schema-search.ts'
import { isKnownType } from './schema.ts'
import { unsupportedIn, validateStructural } from './structural.ts'

export interface Requirements {
  readonly knownReviewVersion: boolean
  readonly immutableNames: boolean
  readonly openApiSchema: boolean
  readonly knownTypes: boolean
  readonly structuralSchema: boolean
  readonly prunedDefaults: boolean
  readonly atomicSets: boolean
  readonly presentKeys: boolean
  readonly allowsInvalidCaBundle: boolean
  /** Versions with more selectable fields than allowed, as they had before; '' for what all versions share. */
  readonly tooManySelectableFields: readonly string[]
  /** Versions whose schemas are as they were: the cost of a single rule is not held against them. */
  readonly unchangedVersions: readonly string[]
  /** Expressions that were there before. */
  readonly knownExpressions: ReadonlySet<string>
}

/** Of a new definition. A CA bundle that cannot be read only matters once the definition is established. */
export function strictRequirements(): Requirements {
  return {
    knownReviewVersion: true,
    immutableNames: false,
    openApiSchema: true,
    knownTypes: true,
    structuralSchema: true,
    prunedDefaults: true,
    atomicSets: true,
    presentKeys: true,
    allowsInvalidCaBundle: true,
    tooManySelectableFields: [],
    unchangedVersions: [],
    knownExpressions: new Set(),
  }
}

export function requirementsAfter(
  next: InternalSpec,
  old: InternalSpec,
  previous: V1CustomResourceDefinition,
  tools: SchemaTools,
): Requirements {
  const reviewVersions = old.conversion?.conversionReviewVersions ?? []
  const isEstablished = (previous.status?.conditions ?? []).some(
    ({ type, status }) => type === 'Established' && status === 'True',
  )
  const hasSchemas = old.schema?.openAPIV3Schema !== undefined
  return {
    knownReviewVersion: reviewVersions.length === 0 || hasKnownReviewVersion(reviewVersions),
    immutableNames: isEstablished,
    openApiSchema: hasSchemas || old.versions.every(({ schema }) => schema?.openAPIV3Schema !== undefined),
    knownTypes: !hasSchema(old, ({ type = '' }) => type !== '' && !isKnownType(type)),
    structuralSchema: schemasOf(old).every((schema) => isStructural(schema, tools)),
    prunedDefaults: !schemasOf(old).some((schema) => hasUnpruned(schema, tools)),
    atomicSets: !hasSchema(old, hasGranularSetItems),
    presentKeys: !hasSchema(old, (schema) => validateNullableKeys(schema, '').length > 0),
    allowsInvalidCaBundle: !isEstablished || hasInvalidCaBundle(old),
    tooManySelectableFields: tooManyBefore(next, old),
    unchangedVersions: next.versions
      .map(({ version }) => version.name)
      .filter((name) => isSameSchema(schemaOfVersion(next, name), schemaOfVersion(old, name))),
    knownExpressions: new Set(schemasOf(old).flatMap(expressionsIn)),
  }
}

function isSameSchema(one: JsonSchema | undefined, other: JsonSchema | undefined): boolean {
  return equalJson(one, other)
}

function isStructural(schema: JsonSchema, { compilePattern }: SchemaTools): boolean {
  return unsupportedIn(schema) === undefined && validateStructural(schema, '', compilePattern).length === 0
}

function hasUnpruned(schema: JsonSchema, tools: SchemaTools): boolean {
  if (!isPartly(schema, (part) => part.default !== undefined) || !isStructural(schema, tools)) return false
  return hasUnprunedDefaults(compileStructural(schema), tools.decodeMetadata)
}

function hasInvalidCaBundle({ conversion }: InternalSpec): boolean {
  const bundle = conversion?.webhookClientConfig?.caBundle ?? ''
  return bundle !== '' && certificateProblem(bundle) !== undefined
}

function tooManyBefore(next: InternalSpec, old: InternalSpec): string[] {
  const isKept = (after: InternalSpec['selectableFields'], before: InternalSpec['selectableFields']): boolean =>
    itemsOf(before).length > MAX_SELECTABLE_FIELDS && isEqual(after, before)
  const versions = next.versions.filter(({ version, selectableFields }) => {
    const before = old.versions.find((one) => one.version.name === version.name)
    return before !== undefined && isKept(selectableFields, before.selectableFields)
  })
  const names = versions.map(({ version }) => version.name)
  return isKept(next.selectableFields, old.selectableFields) ? ['', ...names] : names
}

function expressionsIn(schema: JsonSchema): string[] {
  return [...schemasWithin(schema)].flatMap((part) =>
    (part['x-kubernetes-validations'] ?? []).flatMap(({ rule, messageExpression = '' }) => [rule, messageExpression]),
  )
}
