/**
 * Facts about fields that OpenAPI does not tell: in which order Go prints them, whether it prints one that is empty
 * (encoding/json with omitempty drops empty scalars, lists and maps, but never structs), which Go type error messages
 * name, which strings are quantities, and what is raw JSON. One word a field, in the order of Go's struct: `name`
 * `presence` `:shape` `=goType`, shape and type only where they differ from the usual.
 *
 * presence: none = dropped when empty; `?` = pointer, kept when set; `!` = always printed, with its zero value; `~` =
 * always printed, null when not set.
 */
import type { GoField, GoPackage } from './go-source.ts'
import { GoTypes } from './go-types.ts'

/** Structs that print themselves: no fields on the wire. */
const LEAF_STRUCTS: Readonly<Record<string, string>> = {
  Time: 't',
  MicroTime: 'm',
  Quantity: 'q',
  IntOrString: 'x',
  RawExtension: 'r',
  FieldsV1: 'a',
  Duration: 's',
  JSON: 'a',
  JSONSchemaPropsOrArray: 'a',
  JSONSchemaPropsOrBool: 'a',
  JSONSchemaPropsOrStringArray: 'a',
}

class FieldFacts {
  readonly #types: GoTypes

  constructor(packages: ReadonlyMap<string, GoPackage>) {
    this.#types = new GoTypes(packages)
  }

  /** The words of a struct's fields, inlined structs included. */
  words(prefix: string, struct: string): string[] {
    const fields = this.#types.packageOf(prefix)?.structs.get(struct) ?? []
    return fields.flatMap((field) => {
      if (field.name !== '') return this.#word(prefix, field)
      const inlined = this.#types.locate(prefix, field.type)
      return this.words(inlined.prefix, inlined.name)
    })
  }

  #word(prefix: string, field: GoField): string {
    const presence = this.#presence(field, this.#isStruct(prefix, field.type))
    const shape = this.#ownShape(prefix, field.type)
    const goType = this.#goType(prefix, field.type)
    return `${field.name}${presence}${shape === '' ? '' : `:${shape}`}${goType === '' ? '' : `=${goType}`}`
  }

  #presence(field: GoField, isStruct: boolean): string {
    const omits = field.omitsZero || (field.omitsEmpty && (!isStruct || field.isPointer))
    if (field.isPointer) return omits ? '?' : '~'
    return omits ? '' : '!'
  }

  #isStruct(prefix: string, type: string): boolean {
    if (type.startsWith('[') || type.startsWith('map[')) return false
    const located = this.#types.locate(prefix, type)
    if (LEAF_STRUCTS[located.name] !== undefined) return true
    const declared = this.#types.packageOf(located.prefix)
    if (declared?.structs.has(located.name) === true) return true
    const named = declared?.named.get(located.name)
    return named !== undefined && !BUILT_IN.test(named) && this.#isStruct(located.prefix, named)
  }

  /** `q`, `[]q` or `{}q` where quantities are inside, `r` of raw JSON. */
  #ownShape(prefix: string, type: string): string {
    if (type.startsWith('[]')) return wrap('[]', this.#ownShape(prefix, type.slice(2)))
    if (type.startsWith('map[')) return wrap('{}', this.#ownShape(prefix, type.slice(type.indexOf(']') + 1)))
    const located = this.#types.locate(prefix, type)
    if (located.name === 'Quantity') return 'q'
    if (located.name === 'RawExtension') return 'r'
    const named = this.#types.packageOf(located.prefix)?.named.get(located.name)
    return named === undefined || named === 'string' ? '' : this.#ownShape(located.prefix, named)
  }

  /** The Go type that messages name, where it is not the plain one of its shape. */
  #goType(prefix: string, type: string): string {
    if (type.startsWith('[]')) return wrap('[]', this.#goType(prefix, type.slice(2)))
    if (type.startsWith('map[')) {
      const end = type.indexOf(']')
      const key = this.#goType(prefix, type.slice(4, end))
      const value = type.slice(end + 1)
      const valueType = this.#goType(prefix, value)
      return key === '' && valueType === '' ? '' : `map[${key || 'string'}]${valueType || this.#shown(prefix, value)}`
    }
    if (type.startsWith('types.')) return type
    const located = this.#types.locate(prefix, type)
    // A struct of its own to Go, anything to JSON: lists of it are named.
    if (located.name === 'JSON') return this.#shown(located.prefix, located.name)
    const named = this.#types.packageOf(located.prefix)?.named.get(located.name)
    return named === undefined ? '' : this.#shown(located.prefix, located.name)
  }

  #shown(prefix: string, type: string): string {
    if (BUILT_IN.test(type)) return type
    const located = this.#types.locate(prefix, type)
    const home = located.prefix === '' ? type.slice(0, type.indexOf('.')) : located.prefix.split('.').at(-1)
    return `${home ?? ''}.${located.name}`
  }
}

const BUILT_IN = /^(string|bool|byte|u?int\d*|float\d+)$|^[[m]/

function wrap(prefix: string, inner: string): string {
  return inner === '' ? '' : prefix + inner
}

/** model name → its words. */
export function goFieldFacts(
  packages: ReadonlyMap<string, GoPackage>,
  names: ReadonlyMap<string, string>,
): Record<string, string> {
  const facts = new FieldFacts(packages)
  const table: Record<string, string> = {}
  for (const [definition, model] of names) {
    const dot = definition.lastIndexOf('.')
    const words = facts.words(definition.slice(0, dot), definition.slice(dot + 1))
    if (words.length > 0) table[model] = words.join(' ')
  }
  return table
}
