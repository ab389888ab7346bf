/**
 * Paths that a definition names: those of columns and of the scale subresource, which upstream hardly looks at, and
 * those of selectable fields and of rules, which must lead to something in the schema. Upstream:
 * k8s.io/apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go, and ValidFieldPath of
 * pkg/apiserver/schema/cel/validation.go.
 */
import { ownValue } from '../../../lib/own-value.ts'
import {
  childPath, duplicate, indexPath, invalid, keyPath, required, tooMany, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { additionalPropertiesOf, type JsonSchema } from '../../../apimachinery/structural/json-schema.ts'
import type {
  V1CustomResourceColumnDefinition, V1CustomResourceSubresources, V1SelectableField,
} from '../../generated/types.ts'

/** KEP-4358. */
export const MAX_SELECTABLE_FIELDS = 8
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']
const SELECTABLE_TYPES = ['string', 'boolean', 'integer']

export function validateColumn(column: V1CustomResourceColumnDefinition, field: string): FieldError[] {
  const at = (name: string): string => childPath(field, name)
  const errors: FieldError[] = []
  if (column.name === '') errors.push(required(at('name')))
  const types = `must be one of ${COLUMN_TYPES.join(',')}`
  if (column.type === '') errors.push(required(at('type'), types))
  else if (!COLUMN_TYPES.includes(column.type)) errors.push(invalid(at('type'), column.type, types))
  const { format = '' } = column
  if (format !== '' && !COLUMN_FORMATS.includes(format)) {
    errors.push(invalid(at('format'), format, `must be one of ${COLUMN_FORMATS.join(',')}`))
  }
  if (column.jsonPath === '') errors.push(required(at('JSONPath')))
  else errors.push(...validateSimplePath(column.jsonPath, at('JSONPath')))
  return errors
}

function validateSimplePath(path: string, field: string): FieldError[] {
  return path.startsWith('.') ? [] : [invalid(field, path, 'must be a simple json path starting with .')]
}

export function validateSubresources(
  subresources: V1CustomResourceSubresources | undefined,
  field: string,
): FieldError[] {
  const scale = subresources?.scale
  if (scale === undefined) return []
  const at = (name: string): string => `${childPath(field, 'scale')}.${name}`
  const { labelSelectorPath = '' } = scale
  return [
    ...validateReplicasPath(scale.specReplicasPath, '.spec', at('specReplicasPath')),
    ...validateReplicasPath(scale.statusReplicasPath, '.status', at('statusReplicasPath')),
    ...(labelSelectorPath === '' ? [] : validateSelectorPath(labelSelectorPath, at('labelSelectorPath'))),
  ]
}

function validateReplicasPath(path: string, under: string, field: string): FieldError[] {
  if (path === '') return [required(field)]
  const errors = validateSimplePath(path, field)
  if (errors.length > 0 || path.startsWith(`${under}.`)) return errors
  return [invalid(field, path, `should be a json path under ${under}`)]
}

function validateSelectorPath(path: string, field: string): FieldError[] {
  const errors = validateSimplePath(path, field)
  if (errors.length > 0 || path.startsWith('.spec.') || path.startsWith('.status.')) return errors
  return [invalid(field, path, 'should be a json path under either .spec or .status')]
}

/** Of a schema that cannot be read (undefined), paths are judged as far as they go without; upstream crashes there. */
export function validateSelectableFields(
  fields: readonly V1SelectableField[],
  schema: JsonSchema | undefined,
  field: string,
  allowsTooMany: boolean,
): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [index, { jsonPath }] of fields.entries()) {
    const at = childPath(indexPath(field, index), 'jsonPath')
    if (jsonPath === '') {
      errors.push(required(at))
      continue
    }
    const found = followFieldPath(jsonPath, schema, false)
    if (typeof found === 'string') {
      errors.push(invalid(at, jsonPath, `is an invalid path: ${found}`))
      continue
    }
    if (found === undefined) continue
    if (/^metadata(?:$|[.[])/.test(found.path)) {
      errors.push(invalid(at, jsonPath, 'must not point to fields in metadata'))
    }
    if (!SELECTABLE_TYPES.includes(found.schema.type ?? '')) {
      const types = 'must point to a field of type string, boolean or integer.'
      errors.push(invalid(at, jsonPath, `${types} Enum string fields and strings with formats are allowed.`))
    }
    if (seen.has(found.path)) errors.push(duplicate(at, jsonPath))
    seen.add(found.path)
  }
  if (seen.size > MAX_SELECTABLE_FIELDS && !allowsTooMany) {
    errors.push(tooMany(field, seen.size, MAX_SELECTABLE_FIELDS))
  }
  return errors
}

export interface FieldPath {
  /** As errors print it: `spec.list`, `spec.map[key]`. */
  readonly path: string
  readonly schema: JsonSchema
}

/** Where `.a.b['c']` leads; or, as text, why it leads nowhere. undefined where there is no schema to follow it in. */
export function followFieldPath(jsonPath: string, schema: JsonSchema, allowsBrackets: boolean): FieldPath | string
export function followFieldPath(
  jsonPath: string,
  schema: JsonSchema | undefined,
  allowsBrackets: boolean,
): FieldPath | string | undefined
export function followFieldPath(
  jsonPath: string,
  schema: JsonSchema | undefined,
  allowsBrackets: boolean,
): FieldPath | string | undefined {
  // Not taken off from its beginning: of a long list that moves all others.
  const tokens = tokensOf(jsonPath).reverse()
  let at: FieldPath | undefined = schema && { path: '', schema }
  for (let next = tokens.pop(); next !== undefined; next = tokens.pop()) {
    if (next !== '.' && next !== '[') return `expected [ or . but got: ${next}`
    if (next === '[' && !allowsBrackets) return 'array notation is not allowed'
    const token = tokens.pop()
    if (token === undefined) return 'unexpected end of JSON path'
    const name = next === '.' ? token : unquoted(token)
    if (typeof name !== 'string') return name.problem
    if (at === undefined) return undefined
    const step: FieldPath | undefined = stepInto(at, name)
    if (step === undefined) return 'does not refer to a valid field'
    at = step
    if (next === '.') continue
    const close = tokens.pop()
    if (close === undefined) return 'unexpected end of JSON path'
    if (close !== ']') return `expected ] but got ${close}`
  }
  return at
}

const filled = new WeakMap<object, boolean>()

/** Whether there are any: asked for each rule, and to look at many lists them all. */
function hasAny(properties: object): boolean {
  let known = filled.get(properties)
  if (known === undefined) filled.set(properties, (known = Object.keys(properties).length > 0))
  return known
}

function stepInto({ path, schema }: FieldPath, name: string): FieldPath | undefined {
  const { properties } = schema
  if (properties !== undefined && hasAny(properties)) {
    const property = ownValue(properties, name)
    return property === undefined ? undefined : { path: childPath(path, name), schema: property }
  }
  // Whether there are others or not, and of what kind, is not looked at.
  if (schema.additionalProperties === undefined) return undefined
  return { path: keyPath(path, name), schema: additionalPropertiesOf(schema) ?? {} }
}

/** Delimiters, quoted texts, and what stands between them. */
function tokensOf(jsonPath: string): string[] {
  const tokens: string[] = []
  for (let rest = jsonPath; rest !== ''; ) {
    const token = (rest.startsWith("'") ? /^'(?:[^'\\]|\\[^])*?'/ : /^(?:[.[\]]|[^.[\]]+)/).exec(rest)?.[0]
    if (token === undefined) {
      tokens.push(rest)
      break
    }
    tokens.push(token)
    rest = rest.slice(token.length)
  }
  return tokens
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"',
}

/** The text inside single quotes; or why it is none. */
function unquoted(token: string): string | { readonly problem: string } {
  if (token.length < 2 || !token.startsWith("'") || !token.endsWith("'")) {
    return { problem: `expected single quoted string but got ${token}` }
  }
  const inner = token.slice(1, -1)
  if (/\\(?![abfnrtv\\'])/.test(inner)) return { problem: 'invalid string literal: invalid syntax' }
  return inner.replaceAll(/\\(.)/g, (whole, character: string) => ESCAPES[character] ?? whole)
}
