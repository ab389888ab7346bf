/**
 * Validation of CustomResourceDefinitions, on create and on update. What an old definition had wrong already is not
 * held against its update: each check asks whether the old one would have passed it. Upstream:
 * k8s.io/apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.
 */
import {
  addErrors, childPath, indexPath, invalid, notSupportedText, ofNamedType, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { validateImmutable } from '../../../apimachinery/metadata-validation.ts'
import { nameIsDnsSubdomain, type NameRule } from '../../../apimachinery/name-rules.ts'
import { isDns1035Label, isDns1123Subdomain } from '../../../apimachinery/names.ts'
import type { V1CustomResourceDefinition } from '../../generated/types.ts'
import { itemsOf } from '../../validation/rules.ts'
import { internalSpec, shareSchema, type InternalSpec, type InternalVersion, type Shared } from '../internal-spec.ts'
import { validateApproval } from './approval.ts'
import { validateConversion } from './conversion.ts'
import { printedVersion } from './internal-values.ts'
import { validateNames } from './definition-names.ts'
import { strictRequirements, requirementsAfter, type Requirements } from './requirements.ts'
import { validateColumn, validateSelectableFields, validateSubresources } from './paths.ts'
import { hasSchema } from './schema-search.ts'
import { unsupportedIn } from './structural.ts'
import { validateVersionSchema, type SchemaContext } from './version-schema.ts'

export type DefinitionContext = Pick<SchemaContext, 'tools' | 'rules'>

/** A definition is called by what it defines, whatever else names must be. */
export function definitionNameRule({ spec }: V1CustomResourceDefinition): NameRule {
  const wanted = `${spec.names.plural}.${spec.group}`
  return (name, isPrefix) => [
    ...nameIsDnsSubdomain(name, isPrefix),
    ...(name === wanted ? [] : ['must be spec.names.plural+"."+spec.group']),
  ]
}

export function validateDefinition(next: V1CustomResourceDefinition, context: DefinitionContext): FieldError[] {
  const spec = internalSpec(next.spec)
  shareSchema(itemsOf(next.spec.versions), spec)
  return [
    ...validateSpec(spec, strictRequirements(), context),
    ...validateDefinitionStatus(next),
    ...validateStoredVersions(next),
    ...validateApproval(next),
    ...validatePreserving(spec),
  ]
}

export function validateDefinitionUpdate(
  next: V1CustomResourceDefinition,
  previous: V1CustomResourceDefinition,
  context: DefinitionContext,
): FieldError[] {
  const spec = internalSpec(next.spec)
  shareSchema(itemsOf(next.spec.versions), spec)
  const old = internalSpec(previous.spec)
  const requirements = requirementsAfter(spec, old, previous, context.tools)
  const names = 'spec.names'
  return [
    ...validateSpec(spec, requirements, context),
    ...(requirements.immutableNames
      ? [
          ...validateImmutable(spec.scope, old.scope, 'spec.scope'),
          ...validateImmutable(spec.names.kind, old.names.kind, childPath(names, 'kind')),
        ]
      : []),
    ...validateImmutable(spec.group, old.group, 'spec.group'),
    ...validateImmutable(spec.names.plural, old.names.plural, childPath(names, 'plural')),
    ...validateDefinitionStatus(next),
    ...validateStoredVersions(next),
    ...validateApproval(next, previous),
    ...(old.preservesUnknownFields ? [] : validatePreserving(spec)),
  ]
}

/** All that is asked of an update of the status. */
export function validateDefinitionStatus({ status }: V1CustomResourceDefinition): FieldError[] {
  const names = status?.acceptedNames
  return names === undefined ? [] : validateNames(names, 'status.acceptedNames')
}

function validateStoredVersions({ spec, status }: V1CustomResourceDefinition): FieldError[] {
  const field = 'status.storedVersions'
  const stored = itemsOf(status?.storedVersions)
  if (stored.length === 0) {
    return [invalid(field, status?.storedVersions ?? null, 'must have at least one stored version')]
  }
  const errors: FieldError[] = []
  // Of two versions of a name the second finds it no more.
  const left = new Set(stored)
  for (const { name, storage } of itemsOf(spec.versions)) {
    if (storage && !left.has(name)) errors.push(invalid(field, stored, `must have the storage version ${name}`))
    left.delete(name)
  }
  const places = new Map(stored.map((name, index) => [name, index]))
  for (const [name, index] of places) {
    if (!left.has(name)) continue
    const why =
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until ` +
      `a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`
    errors.push(invalid(indexPath(field, index), name, why))
  }
  return errors
}

function validatePreserving({ preservesUnknownFields }: InternalSpec): FieldError[] {
  if (!preservesUnknownFields) return []
  const why =
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
  return [invalid('spec.preserveUnknownFields', true, why)]
}

function validateSpec(spec: InternalSpec, asked: Requirements, context: DefinitionContext): FieldError[] {
  const hasDefaults = hasSchema(spec, (schema) => schema.default !== undefined)
  const mustBeStructural = !spec.preservesUnknownFields || hasDefaults || hasSchema(spec, hasExtensions)
  const requirements = { ...asked, structuralSchema: asked.structuralSchema || mustBeStructural }
  const errors = [...validateGroup(spec.group), ...validateScope(spec.scope), ...validatePresence(spec, requirements)]
  if (hasDefaults && spec.preservesUnknownFields) {
    const why = 'must be false in order to use defaults in the schema'
    errors.push(invalid('spec.preserveUnknownFields', true, why))
  }
  for (const [index, version] of spec.versions.entries()) {
    addErrors(errors, validateVersion(version, indexPath('spec.versions', index), spec, requirements, context))
  }
  errors.push(...validateVersionList(spec), ...validateRequiredNames(spec), ...validateNames(spec.names, 'spec.names'))
  const isAnyStatusOn = [spec, ...spec.versions].some(hasStatus)
  const shared = { requirements, version: spec.firstVersion, hasStatus: isAnyStatusOn, ...context }
  return [
    ...errors,
    ...validateVersionSchema(spec.schema, 'spec.validation', shared),
    ...validateServed(spec, 'spec', 'spec.schema', requirements),
    ...validateConversionOf(spec, requirements),
  ]
}

function validateGroup(group: string): FieldError[] {
  const field = 'spec.group'
  if (group === '') return [required(field)]
  const messages = isDns1123Subdomain(group)
  if (messages.length > 0) return [invalid(field, group, messages.join(','))]
  return group.includes('.') ? [] : [invalid(field, group, 'should be a domain with at least one dot')]
}

function validateScope(scope: string): FieldError[] {
  const scopes = ['Cluster', 'Namespaced']
  if (scope === '') return [required('spec.scope')]
  return scopes.includes(scope) ? [] : [notSupportedText('spec.scope', scope, scopes)]
}

/** Each version needs a schema, unless the old definition did without. */
function validatePresence(spec: InternalSpec, { openApiSchema }: Requirements): FieldError[] {
  if (spec.schema?.openAPIV3Schema !== undefined || (!openApiSchema && spec.preservesUnknownFields)) return []
  return spec.versions.flatMap(({ schema, version }, index) => {
    if (schema?.openAPIV3Schema !== undefined || (!openApiSchema && !version.served)) return []
    const at = `${indexPath('spec.versions', index)}.schema.openAPIV3Schema`
    return [required(at, openApiSchema ? '' : 'because otherwise all fields are pruned')]
  })
}

function hasExtensions(schema: Parameters<Parameters<typeof hasSchema>[1]>[0]): boolean {
  return (
    schema['x-kubernetes-embedded-resource'] === true ||
    schema['x-kubernetes-preserve-unknown-fields'] !== undefined ||
    schema['x-kubernetes-int-or-string'] === true ||
    (schema['x-kubernetes-list-map-keys'] ?? []).length > 0 ||
    schema['x-kubernetes-list-type'] !== undefined ||
    (schema['x-kubernetes-validations'] ?? []).length > 0
  )
}

function hasStatus({ subresources }: Pick<InternalVersion, 'subresources'>): boolean {
  return subresources?.status !== undefined && subresources.status !== null
}

function validateVersion(
  own: InternalVersion,
  field: string,
  spec: InternalSpec,
  requirements: Requirements,
  context: DefinitionContext,
): FieldError[] {
  const { version } = own
  const name = isDns1035Label(version.name)
  const status = hasStatus(spec.versions.some(({ subresources }) => subresources !== undefined) ? own : spec)
  const schemaContext = { requirements, version: version.name, hasStatus: status, ...context }
  return [
    ...(name.length > 0 ? [invalid(childPath(field, 'name'), version.name, name.join(','))] : []),
    ...validateDeprecation(version, childPath(field, 'deprecationWarning')),
    ...validateVersionSchema(own.schema, childPath(field, 'schema'), schemaContext),
    ...validateServed(own, field, childPath(field, 'schema'), requirements, version.name),
  ]
}

/** Subresources, columns and selectable fields, of a version or (without one) of all. */
function validateServed(
  { schema, subresources, columns, selectableFields: given }: Shared,
  field: string,
  schemaField: string,
  { tooManySelectableFields }: Requirements,
  version?: string,
): FieldError[] {
  const errors = [
    ...validateSubresources(subresources, childPath(field, 'subresources')),
    ...itemsOf(columns).flatMap((column, index) =>
      validateColumn(column, indexPath(childPath(field, 'additionalPrinterColumns'), index)),
    ),
  ]
  const selectableFields = itemsOf(given)
  if (selectableFields.length === 0) return errors
  const at = childPath(field, 'selectableFields')
  const root = schema?.openAPIV3Schema
  if (version === undefined ? schema === undefined : root === undefined) {
    const why =
      version === undefined
        ? 'may only be set when validations.schema is included'
        : 'may only be set when `version.schema.openAPIV3Schema` is not included'
    return [...errors, invalid(at, '', why)]
  }
  const unsupported = root === undefined ? undefined : unsupportedIn(root)
  if (unsupported !== undefined) errors.push(invalid(`${schemaField}.openAPIV3Schema`, '', unsupported))
  const allowsTooMany = tooManySelectableFields.includes(version ?? '')
  const known = unsupported === undefined ? root : undefined
  return [...errors, ...validateSelectableFields(selectableFields, known, at, allowsTooMany)]
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

function validateDeprecation(
  { deprecated = false, deprecationWarning: warning }: InternalVersion['version'],
  field: string,
): FieldError[] {
  if (warning === undefined) return []
  if (!deprecated) return [invalid(field, ofNamedType(warning), 'can only be set for deprecated versions')]
  const messages: string[] = []
  const encoder = new TextEncoder()
  if (encoder.encode(warning).length > 256) messages.push('must be <= 256 characters long')
  if (warning === '') messages.push('must not be an empty string')
  let offset = 0
  for (const character of warning) {
    if (!PRINTABLE.test(character)) {
      const found = `non-printable character found at index ${String(offset)}`
      messages.push(`must only contain printable UTF-8 characters; ${found}`)
      break
    }
    offset += encoder.encode(character).length
  }
  return messages.map((message) => invalid(field, ofNamedType(warning), message))
}

function validateVersionList(spec: InternalSpec): FieldError[] {
  const { versions } = spec
  const names = new Set(versions.map(({ version }) => version.name))
  const errors: FieldError[] = []
  const refuse = (why: string): void => {
    errors.push(invalid('spec.versions', spec.hasVersions ? versions.map(printedVersion) : null, why))
  }
  if (names.size < versions.length) refuse('must contain unique version names')
  if (versions.filter(({ version }) => version.storage).length !== 1) {
    refuse('must have exactly one version marked as storage version')
  }
  const messages = spec.firstVersion === '' ? [] : isDns1035Label(spec.firstVersion)
  if (messages.length > 0) errors.push(invalid('spec.version', spec.firstVersion, messages.join(',')))
  return errors
}

function validateRequiredNames({ names }: InternalSpec): FieldError[] {
  return (['plural', 'singular', 'kind', 'listKind'] as const)
    .filter((name) => (names[name] ?? '') === '')
    .map((name) => required(`spec.names.${name}`))
}

function validateConversionOf(spec: InternalSpec, requirements: Requirements): FieldError[] {
  const { conversion, preservesUnknownFields } = spec
  if (conversion === undefined) return []
  const isRefused = conversion.strategy !== 'None' && preservesUnknownFields
  const why = 'must be None if spec.preserveUnknownFields is true'
  return [
    ...(isRefused ? [invalid('spec.conversion.strategy', ofNamedType(conversion.strategy), why)] : []),
    ...validateConversion(conversion, 'spec.conversion', {
      requiresKnownReviewVersion: requirements.knownReviewVersion,
      allowsInvalidCaBundle: requirements.allowsInvalidCaBundle,
    }),
  ]
}
