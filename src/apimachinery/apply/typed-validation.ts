/**
 * Whether an applied configuration fits its type: fields that are declared, scalars of the right sort, items that can be
 * told apart. Follows structured-merge-diff's typed/validate.go, texts included: clients see them.
 */
import { isJsonObject, type JsonObject } from '../patch/json-value.ts'
import { childNode, resolveNode, type ListMerge, type MapMerge, type MergeNode, type ScalarMerge } from './merge-schema.ts'
import { fieldElement, formatElement, itemElement } from './path-element.ts'
import { TypedError, ValueError, formatBoxed, formatBoxedSyntax, goTypeOf, type TypedComplaint } from './typed-errors.ts'

/** @throws TypedError */
export function checkTyped(node: MergeNode, value: unknown): void {
  const complaints: TypedComplaint[] = []
  checkNode(node, value, '', complaints)
  if (complaints.length > 0) throw new TypedError(complaints)
}

function checkNode(node: MergeNode, value: unknown, path: string, complaints: TypedComplaint[]): void {
  if (value === null) return
  const type = resolveNode(node, value)
  if (type.kind === 'scalar') {
    const message = scalarComplaint(type, value)
    if (message !== undefined) complaints.push({ path, message })
  } else if (type.kind === 'list') {
    if (Array.isArray(value)) checkItems(type, value, path, complaints)
    else complaints.push({ path, message: `expected list, got ${formatBoxed(value)}` })
  } else if (isJsonObject(value)) checkFields(type, value, path, complaints)
  else complaints.push({ path, message: `expected map, got ${formatBoxed(value)}` })
}

function scalarComplaint({ scalar }: ScalarMerge, value: unknown): string | undefined {
  switch (scalar) {
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeOf(value)}`
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got ${formatBoxedSyntax(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${formatBoxed(value)}`
    case 'untyped':
      return typeof value === 'object' ? `expected any scalar, got ${formatBoxed(value)}` : undefined
  }
}

/** After a field that is not declared the rest of the object is not looked at. */
function checkFields(map: MapMerge, value: JsonObject, path: string, complaints: TypedComplaint[]): void {
  for (const name of Object.keys(value)) {
    const at = path + formatElement(fieldElement(name))
    if (!map.fields.has(name) && map.value === undefined) {
      complaints.push({ path: at, message: 'field not declared in schema' })
      return
    }
    checkNode(childNode(map, name), value[name], at, complaints)
  }
}

/** After an item that cannot be told by its key the rest of the list is not looked at. */
function checkItems(list: ListMerge, items: readonly unknown[], path: string, complaints: TypedComplaint[]): void {
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    let at = `${path}[${String(index)}]`
    if (list.relation !== 'atomic') {
      try {
        const element = itemElement(list, item)
        at = path + formatElement(element)
        if (seen.has(element)) {
          complaints.push({ path, message: `duplicate entries for key ${formatElement(element)}` })
        }
        seen.add(element)
      } catch (error) {
        if (!(error instanceof ValueError)) throw error
        complaints.push({ path, message: `element ${String(index)}: ${error.message}` })
        return
      }
    }
    checkNode(list.item, item, at, complaints)
  }
}
