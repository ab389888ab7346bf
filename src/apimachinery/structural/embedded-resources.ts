/**
 * Resources inside of a custom resource (x-kubernetes-embedded-resource): their type and metadata are brought to the
 * form that every object has, and validated, wherever the schema says that one is. Upstream:
 * k8s.io/apiextensions-apiserver pkg/apiserver/schema/objectmeta/{algorithm,coerce,validation}.go.
 */
import { addErrors, childPath, indexPath, invalid, keyPath, required, type FieldError } from '../field-path.ts'
import { parseGroupVersion, type ObjectMeta } from '../meta.ts'
import { validateObjectMeta } from '../metadata-validation.ts'
import { nameIsPathSegment } from '../name-rules.ts'
import { isDns1035Label } from '../names.ts'
import { isJsonObject, setField, type JsonObject } from '../patch/json-value.ts'
import { DecodeError } from '../schema/decode-error.ts'
import { isMetaField } from './prune.ts'
import { asResourceRoot, type StructuralSchema } from './structural-schema.ts'
import { MAX_TOLD } from './values/failure.ts'

/** Decodes ObjectMeta. Throws {@link DecodeError}; handed in, because the schema of built-in types is above. */
export type MetadataDecoder = (value: unknown) => {
  readonly metadata: JsonObject
  readonly unknownFields: readonly string[]
}

export interface CoerceOptions {
  readonly decodeMetadata: MetadataDecoder
  /** Whether the value given is a resource itself. */
  readonly isResource?: boolean
  /** What does not fit is dropped rather than refused: for what has been stored under an older schema. */
  readonly dropsInvalid?: boolean
  /** Nothing is changed: metadata that can be brought into form stays as it was given. */
  readonly keepsForm?: boolean
}

export interface Coerced {
  /** The first thing that does not fit. */
  readonly error: FieldError | undefined
  /** Paths of unknown fields of metadata, which are dropped; sorted. */
  readonly unknownFields: string[]
}

/** Mutates. `field` is the path of the value. */
export function coerceEmbedded(
  value: unknown,
  schema: StructuralSchema | undefined,
  options: CoerceOptions,
  field = '',
): Coerced {
  if (schema === undefined) return { error: undefined, unknownFields: [] }
  const unknownFields: string[] = []
  const root = options.isResource === true ? asResourceRoot(schema) : schema
  const error = coerceValue(value, root, options, field, unknownFields)
  return { error, unknownFields: unknownFields.sort() }
}

function coerceValue(
  value: unknown,
  schema: StructuralSchema | undefined,
  options: CoerceOptions,
  path: string,
  unknown: string[],
): FieldError | undefined {
  if (schema === undefined || !schema.reach.embeddedResources) return undefined
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      const error = coerceValue(item, schema.items, options, indexPath(path, at), unknown)
      if (error !== undefined) return error
    }
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  for (const name of Object.keys(value)) {
    const isTyping = schema.isEmbeddedResource && isMetaField(name)
    const error =
      (isTyping ? coerceMetaField(value, name, options, path, unknown) : undefined) ??
      coerceField(value, name, schema, options, path, unknown)
    if (error !== undefined) return error
  }
  return undefined
}

function coerceField(
  value: JsonObject,
  name: string,
  schema: StructuralSchema,
  options: CoerceOptions,
  path: string,
  unknown: string[],
): FieldError | undefined {
  const property = schema.properties.get(name)
  if (property !== undefined) return coerceValue(value[name], property, options, childPath(path, name), unknown)
  return coerceValue(value[name], schema.additionalProperties, options, keyPath(path, name), unknown)
}

function coerceMetaField(
  value: JsonObject,
  name: string,
  options: CoerceOptions,
  path: string,
  unknown: string[],
): FieldError | undefined {
  const given = value[name]
  if (name !== 'metadata') {
    if (typeof given === 'string') return undefined
    if (options.dropsInvalid !== true) return invalid(childPath(path, name), given, 'must be a string')
    Reflect.deleteProperty(value, name)
    return undefined
  }
  try {
    const { metadata, unknownFields } = options.decodeMetadata(given ?? {})
    if (options.keepsForm !== true) setMetadata(value, metadata)
    const metadataPath = childPath(path, 'metadata')
    for (const field of unknownFields) unknown.push(childPath(metadataPath, field))
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    if (options.dropsInvalid !== true) return invalid(childPath(path, 'metadata'), given, error.message)
    if (isJsonObject(given)) setMetadata(value, decodableFields(given, options.decodeMetadata))
  }
  return undefined
}

function setMetadata(value: JsonObject, metadata: JsonObject): void {
  if (metadata['creationTimestamp'] === null) Reflect.deleteProperty(metadata, 'creationTimestamp')
  value['metadata'] = metadata
}

/** Field by field, what can be decoded. */
function decodableFields(metadata: JsonObject, decode: MetadataDecoder): JsonObject {
  const kept: JsonObject = {}
  for (const [name, value] of Object.entries(metadata)) {
    try {
      const decoded = decode({ [name]: value }).metadata
      if (Object.hasOwn(decoded, name)) setField(kept, name, decoded[name])
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
    }
  }
  return kept
}

/** What is wrong with the types and metadata of embedded resources. */
export function validateEmbedded(
  value: unknown,
  schema: StructuralSchema | undefined,
  decodeMetadata: MetadataDecoder,
  field = '',
): FieldError[] {
  const errors: FieldError[] = []
  validateValue(value, schema, decodeMetadata, field, errors)
  return errors.slice(0, MAX_TOLD)
}

/** The same, where the value is a resource itself. */
export function validateAsResource(
  value: unknown,
  schema: StructuralSchema,
  decodeMetadata: MetadataDecoder,
  field = '',
): FieldError[] {
  return validateEmbedded(value, asResourceRoot(schema), decodeMetadata, field)
}

function validateValue(
  value: unknown,
  schema: StructuralSchema | undefined,
  decode: MetadataDecoder,
  path: string,
  errors: FieldError[],
): void {
  if (schema === undefined || !schema.reach.embeddedResources || errors.length >= MAX_TOLD) return
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) validateValue(item, schema.items, decode, indexPath(path, at), errors)
  } else if (isJsonObject(value)) {
    if (schema.isEmbeddedResource) validateResource(value, decode, path, errors)
    for (const name of Object.keys(value)) {
      const property = schema.properties.get(name)
      const at = property === undefined ? keyPath(path, name) : childPath(path, name)
      validateValue(value[name], property ?? schema.additionalProperties, decode, at, errors)
    }
  }
}

function validateResource(value: JsonObject, decode: MetadataDecoder, path: string, errors: FieldError[]): void {
  for (const name of ['apiVersion', 'kind']) {
    if (!Object.hasOwn(value, name)) errors.push(required(childPath(path, name)))
  }
  for (const name of Object.keys(value)) {
    const field = childPath(path, name)
    if (name === 'apiVersion') errors.push(...validateApiVersion(value[name], field))
    else if (name === 'kind') errors.push(...validateKind(value[name], field))
    else if (name === 'metadata') addErrors(errors, validateMetadata(value[name], decode, field))
  }
}

function validateApiVersion(value: unknown, field: string): FieldError[] {
  if (typeof value !== 'string') return [invalid(field, value, 'must be a string')]
  if (value === '') return [invalid(field, value, 'must not be empty')]
  const isParsable = parseGroupVersion(value) !== undefined || value.split('/').length <= 2
  return isParsable ? [] : [invalid(field, value, `unexpected GroupVersion string: ${value}`)]
}

function validateKind(value: unknown, field: string): FieldError[] {
  if (typeof value !== 'string') return [invalid(field, value, 'must be a string')]
  if (value === '') return [invalid(field, value, 'must not be empty')]
  const problems = isDns1035Label(value.toLowerCase())
  if (problems.length === 0) return []
  return [invalid(field, value, `may have mixed case, but should otherwise match: ${problems.join(',')}`)]
}

/** A name is not asked for; any that could stand in a path will do. */
function validateMetadata(value: unknown, decode: MetadataDecoder, field: string): FieldError[] {
  let metadata: ObjectMeta
  try {
    ;({ metadata } = decode(value ?? {}))
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return [invalid(field, value, error.message)]
  }
  const named = (metadata.name ?? '') === '' ? { ...metadata, name: 'fakename' } : metadata
  return validateObjectMeta(named, (metadata.namespace ?? '') !== '', nameIsPathSegment, field)
}
