/**
 * Decoding: JSON in, an object of a known type out, in one pass. Fields that the type does not have are dropped
 * and their paths told; types are checked with the texts of Go's encoding/json (sigs.k8s.io/json, which is
 * case-sensitive); values come out in the form that upstream prints: quantities and times canonical, empty
 * optional fields gone, fields without omitempty there. The value given is not changed; parts of it that need no
 * change may be shared.
 */
import { plainNumbers } from '../../lib/exact-json.ts'
import { isJsonObject, setField, sortedKeys } from '../patch/json-value.ts'
import type { AnyObject } from '../meta.ts'
import { Members } from '../wire/json-members.ts'
import { decodeScalar, withoutSpaceAround, zeroScalar } from './scalars.ts'
import { DecodeError, mismatch, refusal } from './decode-error.ts'
import { inFieldOrder } from './field-order.ts'
import { noteDropped, noteFraction, noteGivenEmpty, noteListWithin, noteWithin } from './given-empty.ts'
import { DocumentWalk, type DocumentReading } from './document-walk.ts'
import { inSeconds } from './times.ts'
import type { Field, ScalarNode, Schema, SchemaNode, StructNode } from './schema.ts'

export interface DecodeOptions {
  /** Whether anybody asks for the paths of unknown fields; finding them costs a second walk. Default: true. */
  readonly tellsUnknownFields?: boolean
  /** What strategic patches make goes through Go's converter from maps: numbers that are whole are integers. */
  readonly convertsNumbers?: boolean
  /** Times stay as precise as they were written, to be judged: printing cuts them. */
  readonly keepsFractions?: boolean
}

export interface Decoded {
  readonly object: AnyObject
  /** `spec.containers[0].foo`, in the order of the document. */
  readonly unknownFields: readonly string[]
  /** What strict decoding says, where that was asked for by giving {@link Members}; then nothing else tells of it. */
  readonly complaints?: readonly string[]
}

interface Walk {
  hasUnknown: boolean
  readonly convertsNumbers: boolean
  readonly keepsFractions: boolean
  hasFraction: boolean
  /** What Go tells from what is printed: empty lists and maps that were left out, quantities. */
  forgotten: number
  /** Lists with such inside. */
  holders: number
}

type JsonObject = Record<string, unknown>

/**
 * `value`: parsed JSON, or JSON read to the letter. Throws {@link DecodeError} for values of a wrong type: the one that
 * upstream tells of.
 */
export function decodeObject(schema: Schema, type: string, value: unknown, options: DecodeOptions = {}): Decoded {
  const struct = schema.structOf(type)
  const { convertsNumbers = false, keepsFractions = false } = options
  const walk = { hasUnknown: false, convertsNumbers, keepsFractions, hasFraction: false, forgotten: 0, holders: 0 }
  if (value instanceof Members) {
    const { value: read, complaints } = toTheLetter(struct, value, walk)
    const object = decodeStruct(struct, read, walk) as AnyObject
    if (walk.hasFraction) noteFraction(object)
    return { object, unknownFields: [], complaints }
  }
  const object = decodeWhole(struct, value, walk)
  if (walk.hasFraction) noteFraction(object)
  const unknownFields: string[] = []
  if (walk.hasUnknown && options.tellsUnknownFields !== false) collectUnknown(struct, value, '', { found: unknownFields, convertsNumbers: walk.convertsNumbers })
  return { object, unknownFields }
}

function decodeWhole(struct: StructNode, value: unknown, walk: Walk): AnyObject {
  try {
    return decodeStruct(struct, value, walk) as AnyObject
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    // The converter goes through the fields of a struct, and stops at the first that is wrong.
    if (walk.convertsNumbers) decodeStruct(struct, inFieldOrder(struct, value), walk)
    else toTheLetter(struct, value, walk)
    throw error
  }
}

/** @throws DecodeError the one that upstream tells of */
function toTheLetter(struct: StructNode, value: unknown, walk: Walk): DocumentReading {
  return new DocumentWalk((node, scalar) => decodeNode(node, scalar, walk)).read(struct, value)
}

function decodeNode(node: SchemaNode, value: unknown, walk: Walk): unknown {
  switch (node.kind) {
    case 'scalar':
      if (node.either !== undefined) return decodeEither(node.either, value, walk)
      if (node.shape === 'time') return decodeTime(node, value, walk)
      if (node.shape === 'quantity') return decodeQuantity(node, value, walk)
      return decodeScalar(node, value, walk.convertsNumbers)
    case 'struct':
      return decodeStruct(node, value, walk)
    case 'list': {
      if (!Array.isArray(value)) throw mismatch(value, node.goType, 'slice')
      const { item } = node
      const { forgotten } = walk
      const items = value.map((element: unknown) =>
        element === null ? zeroElement(item) : decodeNode(item, element, walk))
      if (walk.forgotten > forgotten) {
        noteListWithin(items)
        walk.holders += 1
      }
      return items
    }
    case 'map': {
      if (!isJsonObject(value)) throw mismatch(value, node.goType, 'map')
      const { holders, forgotten } = walk
      const decoded: JsonObject = {}
      // As Go prints a map.
      for (const key of sortedKeys(value)) {
        const entry = value[key]
        setField(decoded, key, entry === null ? zeroElement(node.value) : decodeNode(node.value, entry, walk))
      }
      if (walk.holders > holders) noteListWithin(decoded)
      else if (walk.forgotten > forgotten) noteWithin(decoded)
      return decoded
    }
  }
}

function decodeTime(node: ScalarNode, value: unknown, walk: Walk): unknown {
  const time = decodeScalar(node, value, walk.convertsNumbers)
  if (typeof time !== 'string') return time
  const printed = inSeconds(time)
  if (printed === time || !walk.keepsFractions) return printed
  walk.hasFraction = true
  return time
}

/** Go keeps how it was written, until it is stored. */
function decodeQuantity(node: ScalarNode, value: unknown, walk: Walk): unknown {
  const quantity = decodeScalar(node, value, walk.convertsNumbers)
  if (quantity !== value && quantity !== withoutSpaceAround(String(value))) walk.forgotten += 1
  return quantity
}

/** A JSON schema where upstream takes something else as well (apiextensions/v1/marshal.go). */
function decodeEither({ struct, other }: NonNullable<ScalarNode['either']>, value: unknown, walk: Walk): unknown {
  if (isJsonObject(value)) return decodeStruct(struct(), value, walk)
  if (other === 'boolean') {
    if (typeof value === 'boolean') return value
    throw refusal('boolean or JSON schema expected')
  }
  if (!Array.isArray(value)) return null
  const { forgotten } = walk
  const items = value.map((item: unknown) =>
    item === null ? zeroElement(struct()) : decodeStruct(struct(), item, walk))
  if (walk.forgotten > forgotten) noteWithin(items)
  return items
}

function decodeStruct(struct: StructNode, value: unknown, walk: Walk): JsonObject {
  if (!isJsonObject(value)) throw mismatch(value, struct.goType, 'struct')
  const decoded: JsonObject = {}
  const { holders, forgotten } = walk
  let current = ''
  try {
    for (const key in value) {
      const entry = value[key]
      const field = struct.fields.get(key)
      if (field === undefined) {
        if (struct.preservesUnknown) setField(decoded, key, plainNumbers(entry))
        else walk.hasUnknown = true
      } else if (entry !== null && entry !== undefined) {
        current = field.goPath
        const next = decodeNode(field.node, entry, walk)
        if (field.isDropped) {
          walk.forgotten += 1
          noteDropped(decoded, key, next)
        } else if (!(field.dropsEmpty && isEmpty(next)) && !isNoSchema(field.node, next)) decoded[key] = next
        else if (typeof next === 'object') {
          walk.forgotten += 1
          if (field.node.kind !== 'scalar') noteGivenEmpty(decoded, key, next as JsonObject | unknown[])
        }
      }
    }
  } catch (error) {
    if (error instanceof DecodeError) error.within(struct.goName, current)
    throw error
  }
  for (const field of struct.always) {
    if (decoded[field.name] === undefined) {
      decoded[field.name] = emptyValue(field)
      if (field.node.kind === 'scalar' && field.node.shape === 'quantity') walk.forgotten += 1
    }
  }
  if (walk.holders > holders) noteListWithin(decoded)
  else if (walk.forgotten > forgotten) noteWithin(decoded)
  return decoded
}

/** Of what may be a schema or a list of them, anything else and an empty list are neither. */
function isNoSchema(node: SchemaNode, value: unknown): boolean {
  if (node.kind !== 'scalar' || node.either?.other !== 'list') return false
  return value === null || (Array.isArray(value) && value.length === 0)
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object') return value === '' || value === 0 || value === false
  if (value === null) return true
  if (Array.isArray(value)) return value.length === 0
  for (const key in value) if (Object.hasOwn(value, key)) return false
  return true
}

function emptyValue({ node, isNullable }: Field): unknown {
  return isNullable ? null : zeroOf(node)
}

/** What Go prints for a variable of this type that nobody has set. */
export function zeroOf(node: SchemaNode): unknown {
  if (node.kind === 'scalar') return zeroScalar(node)
  if (node.kind !== 'struct') return null
  const zero: JsonObject = {}
  for (const field of node.always) zero[field.name] = emptyValue(field)
  return zero
}

/** Of an item or an entry that is null: no bytes are null in a field only, as protobuf, which upstream stores, has it. */
function zeroElement(node: SchemaNode): unknown {
  return node.kind === 'scalar' && node.shape === 'bytes' ? '' : zeroOf(node)
}

interface Unknown {
  readonly found: string[]
  readonly convertsNumbers: boolean
}

/**
 * The second walk, only when the first has met an unknown field. Everything is known to be of the right type. What a
 * type reads itself (schemas within a schema that may be something else) is not looked into.
 */
function collectUnknown(node: SchemaNode, value: unknown, path: string, unknown: Unknown): void {
  if (node.kind === 'list' && Array.isArray(value)) {
    value.forEach((element, index) => {
      collectUnknown(node.item, element, `${path}[${String(index)}]`, unknown)
    })
  } else if (node.kind !== 'scalar' && isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      const child = path === '' ? key : `${path}.${key}`
      const inner = node.kind === 'struct' ? node.fields.get(key)?.node : node.kind === 'map' ? node.value : undefined
      // The converter does not say in which entry of a map it is.
      const place = node.kind === 'map' && unknown.convertsNumbers ? path : child
      if (inner !== undefined) collectUnknown(inner, value[key], place, unknown)
      else if (node.kind === 'struct' && !node.preservesUnknown) unknown.found.push(child)
    }
  }
}
