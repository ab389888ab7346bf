/**
 * Objects of kinds with several versions, read in the version asked for. Most kinds have one and their text passes
 * through untouched.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import { parseObject, printObject } from '../../registry/object-text.ts'

/** A stored text as `definition`'s version shows it. */
export function inRequestedVersion(definition: KindDefinition, text: string): string {
  if (definition.storedAs === undefined) return text
  return printObject(definition, definition.storedAs.fromStored(parseObject(text)))
}
