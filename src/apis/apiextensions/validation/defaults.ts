/**
 * Whether the defaults of a schema are values that the schema accepts, and hold nothing that it does not know. A
 * default inside of a resource's metadata is judged as part of the smallest resource that has it. Upstream:
 * k8s.io/apiextensions-apiserver pkg/apiserver/schema/defaulting/validation.go.
 */
import {
  childPath, formatFieldError, formatFieldErrors, invalid, keyPath, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { cloneJson, equalJson, sortedFields, type JsonObject } from '../../../apimachinery/patch/json-value.ts'
import type { SchemaTools } from '../../../apimachinery/structural/custom-resource.ts'
import {
  coerceEmbedded, validateAsResource, validateEmbedded,
} from '../../../apimachinery/structural/embedded-resources.ts'
import { isMetaField, prune } from '../../../apimachinery/structural/prune.ts'
import {
  ANY_ITEM, asResourceRoot, compileStructural, type Steps, type StructuralSchema,
} from '../../../apimachinery/structural/structural-schema.ts'
import { surround } from '../../../apimachinery/structural/surrounding-object.ts'
import { checkValue } from '../../../apimachinery/structural/values/check-value.ts'

/** Judges a value by the rules of its schema, all of them (x-kubernetes-validations). */
export type RuleCheck = (value: unknown, schema: StructuralSchema, field: string, isResource: boolean) => FieldError[]

export interface DefaultsOptions {
  readonly tools: SchemaTools
  readonly requiresPruned: boolean
  readonly checkRules: RuleCheck
}

/** The resource that a value is part of. */
interface Surroundings {
  readonly resource: StructuralSchema
  readonly steps: Steps
  readonly isInsideMeta: boolean
}

/**
 * What defaults say of embedded resources' metadata is brought into form, in place: upstream does so while it judges
 * them, and tells of and stores what it judged.
 */
export function validateDefaults(schema: StructuralSchema, field: string, options: DefaultsOptions): FieldError[] {
  const errors: FieldError[] = []
  const resource = asResourceRoot(schema)
  walk(resource, field, { resource, steps: [], isInsideMeta: false }, options, errors)
  return errors
}

function walk(
  schema: StructuralSchema,
  field: string,
  around: Surroundings,
  options: DefaultsOptions,
  errors: FieldError[],
): void {
  if (!schema.reach.defaults) return
  const here = schema.isEmbeddedResource ? { resource: schema, steps: [], isInsideMeta: false } : around
  if (schema.default !== undefined) errors.push(...validateDefault(schema, childPath(field, 'default'), here, options))
  if (schema.items !== undefined) {
    const inItems = { ...here, steps: [...here.steps, ANY_ITEM] }
    walk(schema.items, childPath(field, 'items'), inItems, options, errors)
  }
  for (const [name, property] of schema.properties) {
    const isInsideMeta = here.isInsideMeta || (schema.isEmbeddedResource && isMetaField(name))
    const inProperty = { ...here, steps: [...here.steps, name], isInsideMeta }
    walk(property, keyPath(childPath(field, 'properties'), name), inProperty, options, errors)
  }
}

function validateDefault(
  schema: StructuralSchema,
  field: string,
  around: Surroundings,
  options: DefaultsOptions,
): FieldError[] {
  const value = schema.default
  const errors = around.isInsideMeta
    ? validateInMetadata(value, field, around, options)
    : validateInPlace(value, schema, field, options)
  if (errors.some(({ body }) => !body.endsWith(UNKNOWN))) return errors
  const values = checkValue(value, compileStructural(schema.source, 'written'), options.tools.compilePattern, field)
  if (values.length > 0) return [...errors, ...values]
  return [...errors, ...options.checkRules(value, schema, field, schema === around.resource)]
}

const UNKNOWN = 'must not have unknown fields'

function validateInPlace(
  value: unknown,
  schema: StructuralSchema,
  field: string,
  options: DefaultsOptions,
): FieldError[] {
  const { decodeMetadata } = options.tools
  const isPruned = !options.requiresPruned || equalJson(prunedCopy(value, schema), value)
  const isResource = schema.isEmbeddedResource
  const { error } = coerceEmbedded(value, schema, { decodeMetadata, isResource }, field)
  const errors = isPruned ? [] : [invalid(field, sortedFields(value), UNKNOWN)]
  if (error !== undefined) return [...errors, error]
  return [...errors, ...validateEmbedded(value, schema, decodeMetadata, field)]
}

function prunedCopy(value: unknown, schema: StructuralSchema): unknown {
  const copy = cloneJson(value)
  prune(copy, schema)
  return copy
}

function validateInMetadata(
  value: unknown,
  field: string,
  around: Surroundings,
  options: DefaultsOptions,
): FieldError[] {
  const { decodeMetadata } = options.tools
  const object: JsonObject = surround(cloneJson(value), around.steps) ?? {}
  for (const [name, text] of [['kind', 'Validation'], ['apiVersion', 'validation/v1']] as const) {
    if (!Object.hasOwn(object, name)) object[name] = text
  }
  const refuse = (why: string): FieldError[] => {
    return [invalid(field, sortedFields(value), `must result in valid metadata: ${why}`)]
  }
  const { error } = coerceEmbedded(object, around.resource, { decodeMetadata, isResource: true })
  if (error !== undefined) return refuse(formatFieldError(error))
  const errors = validateAsResource(object, around.resource, decodeMetadata)
  return errors.length === 0 ? [] : refuse(formatFieldErrors(errors))
}
