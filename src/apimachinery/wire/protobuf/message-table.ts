/**
 * What the codec is told of messages: the fields of each by number, as facts from outside. A field carries the name
 * that JSON has for it, and whether Go could leave it unset: fields that are no pointers are always written, zero or
 * not.
 */
export interface ProtobufField {
  /** JSON's name; of an inlined message, whose fields JSON has in the object around it, any. */
  readonly name: string
  readonly number: number
  /** A scalar (`string`, `int32`, …), `map<string,T>`, or a message's name. */
  readonly type: string
  readonly isRepeated: boolean
  readonly isPointer: boolean
  readonly isInlined: boolean
  /** What errors call it, where that is not JSON's name with a capital letter. */
  readonly goName?: string
}

/** The fields of a message in ascending order of their numbers; undefined: no such message. */
export type ProtobufTable = (message: string) => readonly ProtobufField[] | undefined

/** T of a `map<string,T>`; undefined for any other type. */
export function mapValueType(type: string): string | undefined {
  return type.startsWith('map<string,') ? type.slice('map<string,'.length, -1) : undefined
}

/** Bytes that are no message of the type expected. The message is upstream's where upstream has one. */
export class ProtobufError extends Error {}
