/**
 * OpenAPI documents in the protobuf forms of gnostic, which clients of Kubernetes ask for. A table says of each message
 * how members of the JSON document are numbered, which is the order they are written in; what no member of the table is
 * does not travel. Extensions and whatever else may be any JSON travel as YAML text.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { printYamlNodes } from '../../../apimachinery/wire/yaml/print-nodes.ts'
import { ascending } from '../../../lib/order.ts'

/** Of a member: `[]` before a name says that it is a list of them. */
export type Kind = 'string' | 'strings' | 'bool' | 'double' | 'int64' | 'any' | 'anys' | (string & {})

export type Numbered = readonly [number: number, kind: Kind]

export interface Message {
  readonly members?: Readonly<Record<string, Numbered>>
  /** Members whose names begin with x-. */
  readonly extensions?: number
  /** All members are entries of a map: pairs of a name and a message. */
  readonly entries?: Numbered
  /** The value itself is what the message holds: one of several forms, told by the value; undefined: none of them. */
  readonly holds?: (value: unknown) => Numbered | undefined
}

export type Messages = Readonly<Record<string, Message>>

const NAMED = { name: 1, value: 2 } as const
const ANY_YAML = 2

export function encodeDocument(messages: Messages, document: object): Uint8Array<ArrayBuffer> {
  const writer = new DocumentWriter(messages)
  writer.message('Document', document)
  return writer.finish()
}

class DocumentWriter {
  readonly #messages: Messages
  readonly #out = new BinaryWriter()
  readonly #inOrder = new Map<string, readonly (readonly [key: string, numbered: Numbered])[]>()

  constructor(messages: Messages) {
    this.#messages = messages
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#out.finish()
  }

  message(name: string, value: unknown): void {
    const { extensions, entries, holds } = this.#messages[name] ?? {}
    const held = holds?.(value)
    // One of several forms is there even if it is empty.
    if (held !== undefined) this.#field(held, value, true)
    if (holds !== undefined || typeof value !== 'object' || value === null) return
    for (const [key, numbered] of this.#ordered(name)) {
      const member: unknown = (value as Readonly<Record<string, unknown>>)[key]
      if (member !== undefined) this.#field(numbered, member, false)
    }
    if (entries === undefined && extensions === undefined) return
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue
      if (entries !== undefined) this.#entry(entries, key, member)
      else if (extensions !== undefined && key.startsWith('x-')) this.#entry([extensions, 'any'], key, member)
    }
  }

  /** The members of a message by their numbers; those of extensions are beyond. */
  #ordered(name: string): readonly (readonly [key: string, numbered: Numbered])[] {
    let ordered = this.#inOrder.get(name)
    if (ordered === undefined) {
      const members = Object.entries(this.#messages[name]?.members ?? {})
      ordered = members.toSorted(([, [one]], [, [other]]) => ascending(one, other))
      this.#inOrder.set(name, ordered)
    }
    return ordered
  }

  #entry([number, kind]: Numbered, name: string, value: unknown): void {
    this.#nested(number, () => {
      this.#field([NAMED.name, 'string'], name, false)
      this.#field([NAMED.value, kind], value, true)
    })
  }

  #nested(number: number, write: () => void): void {
    this.#out.tag(number, WireType.LengthDelimited).fork()
    write()
    this.#out.join()
  }

  #field([number, kind]: Numbered, value: unknown, isKept: boolean): void {
    switch (kind) {
      case 'string':
        if (isKept || value !== '') this.#out.tag(number, WireType.LengthDelimited).string(String(value))
        return
      case 'bool':
        if (isKept || value === true) this.#out.tag(number, WireType.Varint).bool(value === true)
        return
      case 'double':
        if (isKept || value !== 0) this.#out.tag(number, WireType.Bit64).double(Number(value))
        return
      case 'int64':
        if (isKept || value !== 0) this.#out.tag(number, WireType.Varint).int64(Number(value))
        return
      case 'any':
        this.#nested(number, () => { this.#field([ANY_YAML, 'string'], printYamlNodes(value), false) })
        return
      case 'strings':
        for (const item of value as readonly unknown[]) this.#field([number, 'string'], item, true)
        return
      case 'anys':
        for (const item of value as readonly unknown[]) this.#field([number, 'any'], item, true)
        return
      default:
        this.#structs(number, kind, value)
    }
  }

  #structs(number: number, kind: string, value: unknown): void {
    const isList = kind.startsWith('[]')
    const name = isList ? kind.slice(2) : kind
    for (const item of isList ? (value as readonly unknown[]) : [value]) {
      this.#nested(number, () => { this.message(name, item) })
    }
  }
}
