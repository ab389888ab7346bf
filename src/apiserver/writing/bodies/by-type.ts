/**
 * Which bodies are read by their type, to the letter: those of kinds that keep something raw, and those that may have a
 * quantity in which something is escaped.
 */
import { holdsRaw, mayEscapeQuantity, readByType } from '../../../apimachinery/schema/source-reading.ts'
import type { ListNode, StructNode } from '../../../apimachinery/schema/schema.ts'
import { typeOfKind } from '../../../apis/kind-type.ts'
import type { KindRef } from '../../../apis/define-kind.ts'
import { schema } from '../../../apis/schema.ts'

/** The type of a built-in kind. */
export function structOfKind(kind: KindRef): StructNode | undefined {
  const type = typeOfKind(kind)
  return type === undefined || !schema.hasType(type) ? undefined : schema.structOf(type)
}

/** Whether objects of this kind keep something raw. */
export function keepsRaw(kind: KindRef): boolean {
  const struct = structOfKind(kind)
  return struct !== undefined && holdsRaw(struct)
}

/** The type by which `text`, JSON that is or changes an object of `kind`, is to be read; undefined: as any other. */
export function typeToReadBy(kind: KindRef, text: string): StructNode | undefined {
  const struct = structOfKind(kind)
  return struct !== undefined && (holdsRaw(struct) || mayEscapeQuantity(text)) ? struct : undefined
}

const OPERATION: StructNode = {
  kind: 'struct', type: '', goName: '', goType: '', always: [], preservesUnknown: true,
  fields: new Map([['value', {
    name: 'value', goPath: 'value', dropsEmpty: true, isNullable: false, isDropped: false,
    node: { kind: 'scalar', shape: 'raw', goType: '' },
  }]]),
}
const OPERATIONS: ListNode = { kind: 'list', item: OPERATION, goType: '' }

/** A JSON patch whose values are raw: what they are is known where they are put. */
export function readOperations(text: string): unknown {
  return readByType(OPERATIONS, text)
}
