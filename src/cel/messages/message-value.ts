/** The messages that stay messages when they are made, and the maps that `google.protobuf.Struct` stands for. */
import { STRING } from '../types/type.ts'
import { areEqual } from '../values/equality.ts'
import { EvaluationError, noSuchOverload } from '../values/evaluation-error.ts'
import { MapValue } from '../values/map.ts'
import { CelValue, type Value } from '../values/value.ts'
import type { Message } from './well-known.ts'

export class MessageValue extends CelValue {
  readonly type
  readonly #message: Message
  /** Those that are set: a text that is empty is not. */
  readonly #fields: ReadonlyMap<string, Value>

  constructor(message: Message, fields: ReadonlyMap<string, Value>) {
    super()
    this.type = message.type
    this.#message = message
    const isText = (name: string): boolean => message.fields.get(name)?.type === STRING
    this.#fields = new Map([...fields].filter(([name, value]) => value !== '' || !isText(name)))
  }

  get isEmpty(): boolean {
    return this.#fields.size === 0
  }

  /** What is set, as the JSON of the message has it. */
  get fields(): ReadonlyMap<string, Value> {
    return this.#fields
  }

  has(key: Value): boolean {
    return this.#fields.has(this.#known(key))
  }

  get(key: Value): Value {
    const name = this.#known(key)
    return this.#fields.get(name) ?? (this.#message.fields.get(name)?.type === STRING ? '' : null)
  }

  #known(key: Value): string {
    if (typeof key !== 'string') throw noSuchOverload()
    if (!this.#message.fields.has(key)) throw new EvaluationError(`no such field '${key}'`)
    return key
  }

  override equals(other: CelValue): boolean {
    if (!(other instanceof MessageValue) || other.type !== this.type || other.#fields.size !== this.#fields.size) {
      return false
    }
    return [...this.#fields].every(([name, value]) => {
      const counterpart = other.#fields.get(name)
      return counterpart !== undefined && areEqual(value, counterpart)
    })
  }
}

/** Keys are texts, and others are found nowhere. */
export class StructMap extends MapValue {
  readonly #fields: ReadonlyMap<string, Value>

  constructor(fields: ReadonlyMap<string, Value>) {
    super()
    this.#fields = fields
  }

  override get length(): number {
    return this.#fields.size
  }

  override find(key: Value): Value | undefined {
    return typeof key === 'string' ? this.#fields.get(key) : undefined
  }

  override keys(): Iterable<Value> {
    return this.#fields.keys()
  }
}
