/**
 * What upstream asks of a schema beyond being structural: nothing that OpenAPI v3 or Kubernetes does not have, list
 * and map types that fit, and rules that are complete. Errors of expressions come after all others, and only where
 * the schema around them is right. Upstream: k8s.io/apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go, ValidateCustomResourceDefinitionOpenAPISchema.
 */
import { isJsonObject } from '../../../apimachinery/patch/json-value.ts'
import {
  childPath, forbidden, indexPath, invalid, keyPath, notSupportedText, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { additionalPropertiesOf, itemsOf, type JsonSchema } from '../../../apimachinery/structural/json-schema.ts'
import { givenEmpty } from '../../../apimachinery/schema/given-empty.ts'
import { isMetaField } from '../../../apimachinery/structural/prune.ts'
import { validateListType, validateNullableKeys } from './list-type-rules.ts'
import { validateRuleFields } from './rule-fields.ts'
import { ToldErrors } from './told-errors.ts'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']

export function isKnownType(type: string): boolean {
  return TYPES.includes(type)
}

/** Judges the expressions of a schema's rules; knows how many values the schema can be about. */
export interface RuleContext {
  ofProperty(schema: JsonSchema, name: string): RuleContext
  ofItems(schema: JsonSchema): RuleContext
  ofOthers(schema: JsonSchema): RuleContext
  /** `uncorrelatable` is the path of what cannot be found again in the old object, if the schema is inside of that. */
  validateRules(field: string, uncorrelatable: string | undefined): FieldError[]
}

export interface SchemaOptions {
  readonly requiresKnownTypes: boolean
  readonly requiresAtomicSets: boolean
  readonly requiresPresentKeys: boolean
}

/** Where in the definition the schema is. */
interface Place {
  readonly field: string
  readonly isRoot: boolean
  /** Inside of the type or metadata of a resource. */
  readonly isInsideMeta: boolean
  /** Why there may be no defaults. */
  readonly noDefaults: string | undefined
  readonly uncorrelatable: string | undefined
  readonly rules: RuleContext | undefined
}

interface Found {
  readonly schema: ToldErrors
  readonly rules: ToldErrors
}

export function validateSchema(
  schema: JsonSchema,
  field: string,
  options: SchemaOptions,
  rules: RuleContext | undefined,
): FieldError[] {
  const place = { field, isRoot: true, isInsideMeta: false, noDefaults: undefined, uncorrelatable: undefined, rules }
  const found = validateAt(schema, place, options)
  return [...found.schema.all, ...found.rules.all]
}

function validateAt(schema: JsonSchema, place: Place, options: SchemaOptions): Found {
  const { field } = place
  const found: Found = { schema: new ToldErrors(), rules: new ToldErrors() }
  found.schema.add(validateFields(schema, place, options))
  for (const [part, partPlace] of partsOf(schema, place, found.schema)) {
    const below = validateAt(part, partPlace, options)
    found.schema.add(below.schema.all)
    found.rules.add(below.rules.all)
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    const at = childPath(field, 'x-kubernetes-preserve-unknown-fields')
    found.schema.push(invalid(at, false, 'must be true or undefined'))
  }
  found.schema.add(validateMapType(schema, field))
  found.schema.add(validateListType(schema, field, options.requiresAtomicSets))
  if (options.requiresPresentKeys) found.schema.add(validateNullableKeys(schema, field))
  for (const [index, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const at = indexPath(childPath(field, 'x-kubernetes-validations'), index)
    found.schema.add(validateRuleFields(rule, schema, at))
  }
  const hasRules = (schema['x-kubernetes-validations'] ?? []).length > 0
  if (hasRules && found.schema.all.length === 0 && place.rules !== undefined) {
    found.rules.add(place.rules.validateRules(field, place.uncorrelatable))
  }
  return found
}

/** What may not be there at all (specStandardValidatorV3). */
function validateFields(schema: JsonSchema, place: Place, { requiresKnownTypes }: SchemaOptions): FieldError[] {
  const { field } = place
  const at = (name: string): string => childPath(field, name)
  const errors: FieldError[] = []
  const refuse = (isSet: boolean, name: string, why: string): void => {
    if (isSet) errors.push(forbidden(at(name), why))
  }
  const { type = '' } = schema
  if (requiresKnownTypes && type !== '' && !isKnownType(type)) errors.push(notSupportedText(at('type'), type, TYPES))
  refuse(
    schema.default !== undefined && place.noDefaults !== undefined,
    'default',
    `must not be set ${place.noDefaults ?? ''}`,
  )
  refuse((schema.id ?? '') !== '', 'id', 'id is not supported')
  refuse(schema.additionalItems !== undefined, 'additionalItems', 'additionalItems is not supported')
  for (const name of ['patternProperties', 'definitions'] as const) {
    refuse(Object.keys(schema[name] ?? {}).length > 0, name, `${name} is not supported`)
  }
  const dependencies = schema.dependencies ?? givenEmpty(schema, 'dependencies')
  refuse(dependencies !== undefined, 'dependencies', 'dependencies is not supported')
  refuse(schema.$ref !== undefined, '$ref', '$ref is not supported')
  refuse(type === 'null', 'type', 'type cannot be set to null, use nullable as an alternative')
  const hasItemsList = Array.isArray(schema.items) && schema.items.length > 0
  refuse(hasItemsList, 'items', 'items must be a schema object and not an array')
  refuse(
    place.isInsideMeta && schema['x-kubernetes-embedded-resource'] === true,
    'x-kubernetes-embedded-resource',
    'must not be used inside of resource meta',
  )
  refuse(
    schema.uniqueItems === true,
    'uniqueItems',
    'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
  )
  return errors
}

/** The schemas that are part of this one, each with its place; in upstream's order. */
function partsOf(schema: JsonSchema, place: Place, errors: ToldErrors): [JsonSchema, Place][] {
  const { field, rules } = place
  const parts: [JsonSchema, Place][] = []
  const below = { ...place, isRoot: false, rules: undefined }
  const { additionalProperties, properties = {} } = schema
  const others = additionalPropertiesOf(schema)
  if (additionalProperties !== undefined) {
    const at = childPath(field, 'additionalProperties')
    const isExclusive = Object.keys(properties).length > 0 && additionalProperties !== true
    if (isExclusive) errors.push(forbidden(at, 'additionalProperties and properties are mutual exclusive'))
    const noDefaults = place.isInsideMeta ? 'inside additionalProperties applying to object metadata' : place.noDefaults
    if (others !== undefined) parts.push([others, { ...below, field: at, noDefaults, rules: rules?.ofOthers(others) }])
  }
  for (const [name, property] of Object.entries(properties)) {
    parts.push([property, placeOfProperty(schema, name, property, place)])
  }
  const alternatives = [
    ...(schema.not === undefined ? [] : [['not', schema.not] as const]),
    ...(['allOf', 'oneOf', 'anyOf'] as const).flatMap((kind) =>
      (schema[kind] ?? []).map((one, index) => [indexPath(kind, index), one] as const),
    ),
    ...Object.entries(schema.definitions ?? {}).map(([name, one]) => [keyPath('definitions', name), one] as const),
  ]
  for (const [path, part] of alternatives) parts.push([part, { ...below, field: childPath(field, path) }])
  // Items can only be found again in the old object by their keys.
  const isMap = schema['x-kubernetes-list-type'] === 'map'
  const uncorrelatable = isMap ? place.uncorrelatable : (place.uncorrelatable ?? field)
  const items = itemsOf(schema)
  const itemsAt = childPath(field, 'items')
  if (items !== undefined) {
    parts.push([items, { ...below, field: itemsAt, uncorrelatable, rules: rules?.ofItems(items) }])
  }
  const list = Array.isArray(schema.items) ? (schema.items as JsonSchema[]) : []
  for (const [index, item] of list.entries()) {
    parts.push([item, { ...below, field: indexPath(itemsAt, index), uncorrelatable }])
  }
  for (const [name, part] of Object.entries(schema.dependencies ?? {})) {
    if (isJsonObject(part)) parts.push([part, { ...below, field: keyPath(childPath(field, 'dependencies'), name) }])
  }
  return parts
}

function placeOfProperty(schema: JsonSchema, name: string, property: JsonSchema, place: Place): Place {
  // Fields are found again by their names, whatever the type of the map.
  const isCorrelatable = isMapType(schema['x-kubernetes-map-type'] ?? MAP_TYPES[0])
  const isMeta = (place.isRoot || schema['x-kubernetes-embedded-resource'] === true) && isMetaField(name)
  return {
    field: keyPath(childPath(place.field, 'properties'), name),
    isRoot: false,
    isInsideMeta: place.isInsideMeta || isMeta,
    noDefaults: isMeta && place.isRoot ? `in top-level ${name}` : place.noDefaults,
    uncorrelatable: isCorrelatable ? place.uncorrelatable : (place.uncorrelatable ?? place.field),
    rules: place.rules?.ofProperty(property, name),
  }
}

const MAP_TYPES = ['atomic', 'granular']

function isMapType(mapType: string | undefined): boolean {
  return mapType !== undefined && MAP_TYPES.includes(mapType)
}

function validateMapType(schema: JsonSchema, field: string): FieldError[] {
  const mapType = schema['x-kubernetes-map-type']
  if (mapType === undefined) return []
  const errors: FieldError[] = []
  const { type = '' } = schema
  const why = 'must be object if x-kubernetes-map-type is specified'
  const typeAt = childPath(field, 'type')
  if (type !== 'object') errors.push(type === '' ? required(typeAt, why) : invalid(typeAt, type, why))
  if (!isMapType(mapType)) {
    errors.push(notSupportedText(childPath(field, 'x-kubernetes-map-type'), mapType, MAP_TYPES))
  }
  return errors
}
