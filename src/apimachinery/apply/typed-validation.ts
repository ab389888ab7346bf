/**
 * Whether an applied configuration fits its type: fields that are declared, scalars of the right sort, items that can
 * be told apart. Follows structured-merge-diff's typed/validate.go, texts included: clients see them.
 */
import { MAX_TOLD_TEXT } from '../field-path.ts'
import { isNumeric } from '../../lib/exact-json.ts'
import { goNumber } from '../../lib/go-number.ts'
import { isJsonObject, type JsonObject } from '../patch/json-value.ts'
import { resolveNode, type ListMerge, type MapMerge, type MergeNode, type ScalarMerge } from './merge-schema.ts'
import { fieldElement, formatElement, itemElement, itemElements, type PathElement } from './elements/path-element.ts'
import {
  TypedError, ValueError, formatBoxed, formatBoxedSyntax, goTypeOf, type TypedComplaint,
} from './typed-errors.ts'

/** `allowsDuplicates`: as objects may have them that were not applied. @throws TypedError */
export function checkTyped(node: MergeNode, value: unknown, allowsDuplicates = false): void {
  const check = new Check(allowsDuplicates)
  check.node(node, value)
  if (check.complaints.length > 0) throw new TypedError(check.complaints)
}

function shown(element: PathElement): string {
  return formatElement(element, goNumber)
}

/** One walk through a configuration. Where it is becomes a text only when there is something to complain about. */
class Check {
  readonly complaints: TypedComplaint[] = []
  readonly #allowsDuplicates: boolean
  readonly #path: PathElement[] = []
  #told = 0

  constructor(allowsDuplicates: boolean) {
    this.#allowsDuplicates = allowsDuplicates
  }

  node(node: MergeNode, value: unknown): void {
    if (value === null) return
    const type = resolveNode(node, value)
    if (type.kind === 'scalar') {
      const message = scalarComplaint(type, value)
      if (message !== undefined) this.#complain(message)
    } else if (type.kind === 'list') {
      if (Array.isArray(value)) this.#items(type, value)
      else this.#complain(`expected list, got ${formatBoxed(value)}`)
    } else if (isJsonObject(value)) this.#fields(type, value)
    else this.#complain(`expected map, got ${formatBoxed(value)}`)
  }

  #complain(message: string): void {
    const path = this.#path.map(shown).join('')
    this.complaints.push({ path, message })
    this.#told += path.length + message.length
    if (this.#told > MAX_TOLD_TEXT) throw new TypedError(this.complaints)
  }

  /** After a field that is not declared the rest of the object is not looked at. */
  #fields(map: MapMerge, value: JsonObject): void {
    for (const name of Object.keys(value)) {
      const child = map.fields.get(name)?.node ?? map.value
      this.#path.push(fieldElement(name))
      if (child === undefined) this.#complain('field not declared in schema')
      else this.node(child, value[name])
      this.#path.pop()
      if (child === undefined) return
    }
  }

  /** After an item that cannot be told by its key the rest of the list is not looked at. */
  #items(list: ListMerge, items: readonly unknown[]): void {
    const elements = list.relation === 'atomic' ? undefined : this.#elementsOf(list, items)
    const seen = new Set<PathElement>()
    for (const [index, item] of items.entries()) {
      const element = elements === undefined ? `i:${String(index)}` : elements[index]
      if (element === undefined) return
      if (elements !== undefined && !this.#allowsDuplicates && seen.has(element)) {
        this.#complain(`duplicate entries for key ${shown(element)}`)
      }
      seen.add(element)
      this.#path.push(element)
      this.node(list.item, item)
      this.#path.pop()
    }
  }

  /** The steps to the items up to the first that has none. */
  #elementsOf(list: ListMerge, items: readonly unknown[]): readonly PathElement[] {
    try {
      return itemElements(list, items)
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
    }
    const elements: PathElement[] = []
    for (const [index, item] of items.entries()) {
      try {
        elements.push(itemElement(list, item))
      } catch (error) {
        if (!(error instanceof ValueError)) throw error
        this.#complain(`element ${String(index)}: ${error.message}`)
        return elements
      }
    }
    return elements
  }
}

function scalarComplaint({ scalar }: ScalarMerge, value: unknown): string | undefined {
  switch (scalar) {
    case 'numeric':
      return isNumeric(value) ? undefined : `expected numeric (int or float), got ${goTypeOf(value)}`
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got ${formatBoxedSyntax(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${formatBoxed(value)}`
    case 'untyped':
      return typeof value === 'object' ? `expected any scalar, got ${formatBoxed(value)}` : undefined
  }
}
