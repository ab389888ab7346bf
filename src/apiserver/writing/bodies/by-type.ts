/**
 * Which bodies are read by their type, to the letter: those of kinds that keep something raw, and those that may have a
 * quantity in which something is escaped.
 */
import { holdsRaw, mayEscapeQuantity, readByType } from '../../../apimachinery/schema/source-reading.ts'
import type { ListNode, StructNode } from '../../../apimachinery/schema/schema.ts'
import type { KindRef } from '../../../apis/define-kind.ts'
import { structOfKind } from '../../../apis/kind-type.ts'

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
