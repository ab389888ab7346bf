/**
 * The schema of every built-in kind: what the generator made of upstream's types, and the types of our own group.
 * Whoever needs the shape of an object (decoding, defaults, patches, OpenAPI) asks here.
 */
import { createSchema } from '../apimachinery/schema/schema.ts'
import { DISABLED_FIELDS } from './facts/disabled-fields.ts'
import { EMBEDDED_STRUCTS } from './facts/embedded-fields.ts'
import { STRUCTURE } from './generated/structure.ts'
import { OWN_STRUCTURE } from './workernetes/structure.ts'

export const schema = createSchema({ ...STRUCTURE, ...OWN_STRUCTURE }, DISABLED_FIELDS, EMBEDDED_STRUCTS)
