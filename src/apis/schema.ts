/**
 * The schema of every built-in kind: what the generator made of upstream's types, and the types of our own group.
 * Whoever needs the shape of an object (decoding, defaults, patches, OpenAPI) asks here.
 */
import { inFieldOrder } from '../apimachinery/schema/field-order.ts'
import { createSchema } from '../apimachinery/schema/schema.ts'
import { printJson } from '../apimachinery/wire/print-json.ts'
import { DISABLED_FIELDS } from './facts/disabled-fields.ts'
import { EMBEDDED_STRUCTS } from './facts/embedded-fields.ts'
import { STRUCTURE } from './generated/structure.ts'
import { OWN_STRUCTURE } from './workernetes/structure.ts'

export const schema = createSchema({ ...STRUCTURE, ...OWN_STRUCTURE }, DISABLED_FIELDS, EMBEDDED_STRUCTS)

/** What is of a type of upstream's and not stored, as Go prints it. */
export function printTyped(type: string, value: object): string {
  return printJson(inFieldOrder(schema.structOf(type), value))
}
