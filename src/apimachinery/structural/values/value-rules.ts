/**
 * What a node of a schema asks of a value beyond its structure, made ready once: types, bounds, formats, patterns and
 * the alternatives of allOf, anyOf, oneOf and not, which are nodes themselves.
 */
import { near } from '../../../lib/exact-json.ts'
import type { JsonSchema } from '../json-schema.ts'
import type { Reading, StructuralSchema } from '../structural-schema.ts'
import { formatCheckOf, type FormatCheck } from './formats.ts'

export interface ValueRules {
  /** What may be: upstream's order, `integer,string` for int-or-string. Empty: anything. */
  readonly types: readonly string[]
  /** '' when there is none that counts. */
  readonly format: string
  readonly formatCheck: FormatCheck | undefined
  readonly enum: readonly unknown[] | undefined
  readonly pattern: string
  readonly minLength: number | undefined
  readonly maxLength: number | undefined
  readonly number: NumberRules | undefined
  readonly minItems: number | undefined
  readonly maxItems: number | undefined
  readonly hasUniqueItems: boolean
  readonly minProperties: number | undefined
  readonly maxProperties: number | undefined
  readonly required: readonly string[]
  readonly allOf: readonly StructuralSchema[]
  readonly anyOf: readonly StructuralSchema[]
  readonly oneOf: readonly StructuralSchema[]
  readonly not: StructuralSchema | undefined
  /** Whether any of the four above is there. */
  readonly hasAlternatives: boolean
  /** `string`, `boolean`, `integer` where that type is all that is asked for; '' otherwise. */
  readonly onlyType: string
}

export interface NumberRules {
  /** `integer`, `number`; '' when the type is another one. */
  readonly type: string
  readonly format: string
  readonly multipleOf: number | undefined
  readonly maximum: number | undefined
  readonly minimum: number | undefined
  readonly isMaximumExclusive: boolean
  readonly isMinimumExclusive: boolean
}

const INTEGER_FORMATS = ['int32', 'int64']
const NUMBER_FORMATS = ['float', 'double']

export function compileValues(
  source: JsonSchema,
  compile: (source: JsonSchema) => StructuralSchema,
  reading: Reading,
): ValueRules {
  const types = typesOf(source, reading)
  const { format, check } = formatOf(source.format ?? '', types, reading)
  const { allOf = [], anyOf = [], oneOf = [], not } = source
  return {
    types,
    format,
    formatCheck: check,
    enum: source.enum === undefined || source.enum.length === 0 ? undefined : source.enum,
    pattern: source.pattern ?? '',
    minLength: bound(source.minLength),
    maxLength: bound(source.maxLength),
    number: numberRules(source, types, format),
    minItems: bound(source.minItems),
    maxItems: bound(source.maxItems),
    hasUniqueItems: source.uniqueItems === true,
    minProperties: bound(source.minProperties),
    maxProperties: bound(source.maxProperties),
    required: source.required ?? [],
    allOf: allOf.map(compile),
    anyOf: anyOf.map(compile),
    oneOf: oneOf.map(compile),
    not: not === undefined ? undefined : compile(not),
    hasAlternatives: allOf.length + anyOf.length + oneOf.length > 0 || not !== undefined,
    onlyType: onlyTypeOf(source, types, format),
  }
}

const TYPE_ALONE = new Set(['string', 'boolean', 'integer'])
/** Fields that judge scalars. */
const JUDGING = [
  'enum', 'pattern', 'minLength', 'maxLength', 'multipleOf', 'maximum', 'minimum', 'allOf', 'anyOf', 'oneOf', 'not',
] as const

/** A bound as a float64, which is what upstream makes of them; nothing is as long as what that does not hold exactly. */
function bound(said: number | undefined): number | undefined {
  return said === undefined ? undefined : near(said)
}

function onlyTypeOf(source: JsonSchema, types: readonly string[], format: string): string {
  const [type = ''] = types
  const isAlone = types.length === 1 && TYPE_ALONE.has(type) && (format === '' || format === 'int64')
  return isAlone && JUDGING.every((field) => source[field] === undefined) ? type : ''
}

function typesOf(source: JsonSchema, reading: Reading): readonly string[] {
  if (source['x-kubernetes-int-or-string'] === true && reading === 'judged') return ['integer', 'string']
  return source.type === undefined || source.type === '' ? [] : [source.type]
}

/** Whether the format says something about that type; '' is any (pkg/apiserver/validation/formats.go). */
export function isKnownFormat(format: string, type: string): boolean {
  if (type === 'integer') return INTEGER_FORMATS.includes(format)
  if (type === 'number') return NUMBER_FORMATS.includes(format)
  return (type === '' || type === 'string') && formatCheckOf(format) !== undefined
}

/** A format that is not known counts as none. */
function formatOf(
  said: string,
  types: readonly string[],
  reading: Reading,
): { format: string; check: FormatCheck | undefined } {
  if (reading === 'written') return { format: said, check: formatCheckOf(said) }
  const [only = ''] = types.length === 1 ? types : []
  if (!isKnownFormat(said, only)) return { format: '', check: undefined }
  return { format: said, check: only === 'integer' || only === 'number' ? undefined : formatCheckOf(said) }
}

function numberRules(source: JsonSchema, types: readonly string[], format: string): NumberRules | undefined {
  const { multipleOf, maximum, minimum } = source
  const type = types.length === 1 && (types[0] === 'integer' || types[0] === 'number') ? types[0] : ''
  if (type === '' && multipleOf === undefined && maximum === undefined && minimum === undefined) return undefined
  return {
    type,
    format: type === '' ? '' : format,
    multipleOf: bound(multipleOf),
    maximum: bound(maximum),
    minimum: bound(minimum),
    isMaximumExclusive: source.exclusiveMaximum === true,
    isMinimumExclusive: source.exclusiveMinimum === true,
  }
}
