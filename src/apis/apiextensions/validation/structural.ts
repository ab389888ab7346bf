/**
 * Whether a schema is structural: types of everything are known without looking into allOf, anyOf, oneOf and not,
 * which only judge values. Errors come sorted by their text, as upstream sorts them. Upstream:
 * k8s.io/apiextensions-apiserver pkg/apiserver/schema/{convert,validation,complete}.go.
 */
import { ascending } from '../../../lib/order.ts'
import { ownValue } from '../../../lib/own-value.ts'
import {
  childPath, forbidden, formatFieldError, invalid, keyPath, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { givenEmpty } from '../../../apimachinery/schema/given-empty.ts'
import { additionalPropertiesOf, itemsOf, type JsonSchema } from '../../../apimachinery/structural/json-schema.ts'
import type { PatternCompiler } from '../../../apimachinery/structural/values/pattern.ts'
import { alternativesOf } from './schema-search.ts'
import { ToldErrors } from './told-errors.ts'

type Level = 'root' | 'item' | 'field'

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

const unsupportedKnown = new WeakMap<JsonSchema, { readonly problem: string | undefined }>()

/** What keeps a schema from being made into a structural one at all; undefined if nothing does. Asked for each rule. */
export function unsupportedIn(schema: JsonSchema): string | undefined {
  let known = unsupportedKnown.get(schema)
  if (known === undefined) unsupportedKnown.set(schema, (known = { problem: findUnsupported(schema) }))
  return known.problem
}

function findUnsupported(schema: JsonSchema): string | undefined {
  const unsupported = (
    [
      ['id', (schema.id ?? '') !== ''],
      ['schema', (schema.$schema ?? '') !== ''],
      ['$ref', (schema.$ref ?? '') !== ''],
      ['patternProperties', Object.keys(schema.patternProperties ?? {}).length > 0],
      ['dependencies', Object.keys(schema.dependencies ?? {}).length > 0],
      ['additionalItems', schema.additionalItems !== undefined],
      ['definitions', Object.keys(schema.definitions ?? {}).length > 0],
    ] as const
  ).find(([, isSet]) => isSet)
  if (unsupported !== undefined) return `OpenAPIV3Schema '${unsupported[0]}' is not supported`
  for (const { schema: alternative } of alternativesOf(schema)) {
    const found = unsupportedIn(alternative)
    if (found !== undefined) return found
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    return `internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined`
  }
  if (Array.isArray(schema.items) && schema.items.length > 0) {
    return `OpenAPIV3Schema 'items' must be a schema, but is an array`
  }
  const parts = [itemsOf(schema), ...Object.values(schema.properties ?? {}), additionalPropertiesOf(schema)]
  const problems = parts.map((part) => (part === undefined ? undefined : unsupportedIn(part)))
  return problems.find((problem) => problem !== undefined)
}

export function validateStructural(schema: JsonSchema, field: string, compilePattern: PatternCompiler): FieldError[] {
  const check = new StructuralCheck(compilePattern)
  check.structure(schema, 'root', field)
  check.completeness(schema, schema, field, field)
  return check.errors.all
    .map((error) => ({ error, text: formatFieldError(error) }))
    .toSorted((one, other) => ascending(one.text, other.text))
    .map(({ error }) => error)
}

/** `anyOf: [{type: integer}, {type: string}]`, which int-or-string may have. */
function isIntOrString(anyOf: readonly JsonSchema[] | undefined): boolean {
  const types = (anyOf ?? []).map((one) => (Object.keys(one).length === 1 ? one.type : undefined))
  return types.length === 2 && types[0] === 'integer' && types[1] === 'string'
}

class StructuralCheck {
  readonly errors = new ToldErrors()
  readonly #compilePattern: PatternCompiler

  constructor(compilePattern: PatternCompiler) {
    this.#compilePattern = compilePattern
  }

  structure(schema: JsonSchema, level: Level, at: string): void {
    const { errors } = this
    const items = itemsOf(schema)
    const others = additionalPropertiesOf(schema)
    const itemsAt = childPath(at, 'items')
    if (schema.type === 'array' && items === undefined) errors.push(required(itemsAt, 'must be specified'))
    if (items !== undefined) this.structure(items, 'item', itemsAt)
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      this.structure(property, 'field', keyPath(childPath(at, 'properties'), name))
    }
    if (schema.additionalProperties !== undefined) {
      const othersAt = childPath(at, 'additionalProperties')
      if (level === 'root') errors.push(forbidden(othersAt, 'must not be used at the root'))
      if (others !== undefined) this.structure(others, 'field', othersAt)
    }
    if (schema['x-kubernetes-int-or-string'] === true) this.#intOrString(schema, at)
    this.#values(schema, isIntOrString(schema.anyOf), isIntOrString(schema.allOf?.[0]?.anyOf), at)
    this.#type(schema, level, at)
    this.#metadata(schema, level, at)
  }

  #intOrString(schema: JsonSchema, at: string): void {
    for (const extension of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const) {
      if (schema[extension] !== true) continue
      this.errors.push(invalid(childPath(at, extension), true, 'must be false if x-kubernetes-int-or-string is true'))
    }
  }

  #type(schema: JsonSchema, level: Level, at: string): void {
    const { type = '' } = schema
    const typeAt = childPath(at, 'type')
    const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
    if (isEmbedded && type !== 'object') {
      const why = 'must be object if x-kubernetes-embedded-resource is true'
      this.errors.push(type === '' ? required(typeAt, why) : invalid(typeAt, type, why))
    } else if (
      type === '' &&
      schema['x-kubernetes-int-or-string'] !== true &&
      schema['x-kubernetes-preserve-unknown-fields'] !== true
    ) {
      this.errors.push(required(typeAt, EMPTY_TYPE[level]))
    }
    if (isEmbedded && schema.additionalProperties !== undefined) {
      const why = 'must not be used if x-kubernetes-embedded-resource is set'
      this.errors.push(forbidden(childPath(at, 'additionalProperties'), why))
    }
    if (level === 'root' && type !== '' && type !== 'object') {
      this.errors.push(invalid(typeAt, type, 'must be object at the root'))
    }
  }

  #metadata(schema: JsonSchema, level: Level, at: string): void {
    const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
    const isChecked = level === 'root' || isEmbedded
    const { properties = {} } = schema
    for (const name of ['kind', 'apiVersion'] as const) {
      const property = properties[name]
      if (property === undefined || !isChecked || property.type === 'string') continue
      const typeAt = childPath(keyPath(childPath(at, 'properties'), name), 'type')
      this.errors.push(invalid(typeAt, property.type ?? '', 'must be string'))
    }
    const { metadata } = properties
    if (metadata !== undefined) {
      const metadataAt = keyPath(childPath(at, 'properties'), 'metadata')
      if (isChecked && metadata.type !== 'object') {
        this.errors.push(invalid(childPath(metadataAt, 'type'), metadata.type ?? '', 'must be object'))
      }
      if (level === 'root' && !restrictsNamesOnly(metadata)) {
        const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
        this.errors.push(forbidden(metadataAt, why))
      }
    }
    const isEmpty = Object.keys(properties).length === 0 && schema['x-kubernetes-preserve-unknown-fields'] !== true
    if (isEmbedded && isEmpty) {
      const why =
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
      this.errors.push(required(childPath(at, 'properties'), why))
    }
  }

  #values(schema: JsonSchema, skipsAnyOf: boolean, skipsFirstAnyOf: boolean, at: string): void {
    for (const { schema: alternative, path, kind, index } of alternativesOf(schema)) {
      if (kind === 'anyOf' && skipsAnyOf) continue
      this.#nested(alternative, kind === 'allOf' && index === 0 && skipsFirstAnyOf, at === '' ? path : `${at}.${path}`)
    }
    const { pattern = '' } = schema
    if (pattern === '') return
    try {
      this.#compilePattern(pattern)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const text = `must be a valid regular expression, but isn't: ${why}`
      this.errors.push(invalid(childPath(at, 'pattern'), pattern, text))
    }
  }

  /** An alternative may not say anything about structure. */
  #nested(schema: JsonSchema, skipsAnyOf: boolean, at: string): void {
    this.#values(schema, skipsAnyOf, false, at)
    const items = itemsOf(schema)
    if (items !== undefined) this.#nested(items, false, childPath(at, 'items'))
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      this.#nested(property, false, keyPath(childPath(at, 'properties'), name))
    }
    const refuse = (isSet: boolean, name: string, why: string): void => {
      if (isSet) this.errors.push(forbidden(childPath(at, name), `must be ${why} to be structural`))
    }
    const { additionalProperties } = schema
    refuse((schema.type ?? '') !== '', 'type', 'empty')
    refuse(additionalProperties !== undefined && additionalProperties !== false, 'additionalProperties', 'undefined')
    refuse(schema.default !== undefined, 'default', 'undefined')
    refuse((schema.title ?? '') !== '', 'title', 'empty')
    refuse((schema.description ?? '') !== '', 'description', 'empty')
    refuse(schema.nullable === true, 'nullable', 'false')
    for (const extension of ['preserve-unknown-fields', 'embedded-resource', 'int-or-string'] as const) {
      refuse(schema[`x-kubernetes-${extension}`] === true, `x-kubernetes-${extension}`, 'false')
    }
    refuse((schema['x-kubernetes-list-map-keys'] ?? []).length > 0, 'x-kubernetes-list-map-keys', 'empty')
    refuse(schema['x-kubernetes-list-type'] !== undefined, 'x-kubernetes-list-type', 'undefined')
    refuse(schema['x-kubernetes-map-type'] !== undefined, 'x-kubernetes-map-type', 'undefined')
    refuse((schema['x-kubernetes-validations'] ?? []).length > 0, 'x-kubernetes-validations', 'empty')
    if (Object.hasOwn(schema.properties ?? {}, 'metadata')) {
      const metadataAt = keyPath(childPath(at, 'properties'), 'metadata')
      this.errors.push(forbidden(metadataAt, 'must not be specified in a nested context'))
    }
  }

  /** Whatever alternatives judge must be there structurally: at `at`; `from` is the alternative's place. */
  completeness(values: JsonSchema, structure: JsonSchema | undefined, at: string, from: string): void {
    for (const { schema: alternative, path } of alternativesOf(values)) {
      this.#nestedCompleteness(alternative, structure, at, from === '' ? path : `${from}.${path}`)
    }
  }

  #nestedCompleteness(values: JsonSchema, structure: JsonSchema | undefined, at: string, from: string): void {
    if (structure === undefined) {
      this.errors.push(required(at, `because it is defined in ${from}`))
      return
    }
    this.completeness(values, structure, at, from)
    const items = itemsOf(values)
    if (items !== undefined) {
      this.#nestedCompleteness(items, itemsOf(structure), childPath(at, 'items'), childPath(from, 'items'))
    }
    for (const [name, property] of Object.entries(values.properties ?? {})) {
      const propertyAt = keyPath(childPath(at, 'properties'), name)
      const { properties = {} } = structure
      const known = ownValue(properties, name)
      this.#nestedCompleteness(property, known, propertyAt, keyPath(childPath(from, 'properties'), name))
    }
  }
}

/** What Go keeps of a schema where it was given as a list of nothing. */
const KEPT_EMPTY = ['required', 'x-kubernetes-list-map-keys', 'x-kubernetes-validations']

/** Of a resource's metadata only the names may be restricted; a list of nothing is more than that, too. */
function restrictsNamesOnly(metadata: JsonSchema): boolean {
  const { type: _type, default: _default, properties = {}, ...others } = metadata
  const names = Object.keys(properties)
  const areNames = names.length > 0 && names.every((name) => name === 'name' || name === 'generateName')
  const hasNothing = KEPT_EMPTY.some((field) => givenEmpty(metadata, field) !== undefined)
  return !hasNothing && Object.keys(others).length === 0 && (areNames || names.length === 0)
}
