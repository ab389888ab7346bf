/**
 * The types of CEL. A type is a kind, the name it has at run time and its parameters; types are immutable values, and
 * those without parameters are constants. Names and notation are those of cel-go (common/types/types.go,
 * checker/format.go), because users read them in messages.
 */
export type TypeKind =
  | 'any' | 'bool' | 'bytes' | 'double' | 'duration' | 'dyn' | 'error' | 'int' | 'list' | 'map' | 'null' | 'object'
  | 'opaque' | 'string' | 'timestamp' | 'type' | 'parameter' | 'uint'

export interface Type {
  readonly kind: TypeKind
  /** The name that `type(x)` prints. */
  readonly name: string
  readonly parameters: readonly Type[]
  /** Takes null as well: the wrapper messages of protocol buffers. */
  readonly isNullable: boolean
}

function type(kind: TypeKind, name: string, parameters: readonly Type[] = []): Type {
  return { kind, name, parameters, isNullable: false }
}

export const ANY = type('any', 'google.protobuf.Any')
export const BOOL = type('bool', 'bool')
export const BYTES = type('bytes', 'bytes')
export const DOUBLE = type('double', 'double')
export const DURATION = type('duration', 'google.protobuf.Duration')
export const DYN = type('dyn', 'dyn')
export const ERROR = type('error', '*error*')
export const INT = type('int', 'int')
export const NULL = type('null', 'null_type')
export const STRING = type('string', 'string')
export const TIMESTAMP = type('timestamp', 'google.protobuf.Timestamp')
export const TYPE = type('type', 'type')
export const UINT = type('uint', 'uint')

export const listOf = (element: Type): Type => type('list', 'list', [element])
export const mapOf = (key: Type, value: Type): Type => type('map', 'map', [key, value])
export const objectType = (name: string): Type => type('object', name)
export const opaqueType = (name: string, ...parameters: Type[]): Type => type('opaque', name, parameters)
export const optionalOf = (value: Type): Type => opaqueType('optional_type', value)
export const typeOf = (value: Type): Type => type('type', 'type', [value])
export const typeParameter = (name: string): Type => type('parameter', name)
export const wrapperOf = (value: Type): Type => ({ ...value, isNullable: true })

export const isDyn = ({ kind }: Type): boolean => kind === 'dyn' || kind === 'any'
export const isOptional = ({ kind, name }: Type): boolean => kind === 'opaque' && name === 'optional_type'

/** How many types are in it. */
export function sizeOfType({ parameters }: Type): number {
  return parameters.reduce((size, parameter) => size + sizeOfType(parameter), 1)
}

/** What an optional holds, or the type itself. */
export function unwrapOptional(given: Type): Type {
  return isOptional(given) ? parameterAt(given, 0) : given
}

export function parameterAt(given: Type, index: number): Type {
  return given.parameters[index] ?? DYN
}

/** The same type; `byName` tells type parameters of different names apart. */
export function isSameType(one: Type, other: Type, byName = true): boolean {
  if (one === other) return true
  if (one.kind !== other.kind || one.parameters.length !== other.parameters.length) return false
  if ((byName || one.kind !== 'parameter') && one.name !== other.name) return false
  return one.parameters.every((parameter, index) => isSameType(parameter, parameterAt(other, index), byName))
}

const SHORT_NAMES: Partial<Record<TypeKind, string>> = {
  any: 'any', duration: 'duration', error: '!error!', null: 'null', timestamp: 'timestamp',
}

/** As messages quote it: `map(string, list(int))`, `wrapper(int)`, `duration`. */
export function formatType(given: Type): string {
  const short = SHORT_NAMES[given.kind]
  if (short !== undefined) return short
  if (given.parameters.length === 0) return given.isNullable ? `wrapper(${given.name})` : given.name
  return `${given.name}(${given.parameters.map(formatType).join(', ')})`
}

/** Without its parameters: `list`, `google.protobuf.Duration`, `wrapper(int)`. */
export function declaredName({ name, isNullable }: Type): string {
  return isNullable ? `wrapper(${name})` : name
}

/** `string.(int, int)` for a member call, `(int, int)` otherwise. */
export function formatSignature(args: readonly Type[], isMember: boolean): string {
  const formatted = args.map(formatType)
  const target = isMember ? `${formatted.shift() ?? ''}.` : ''
  return `${target}(${formatted.join(', ')})`
}
