/**
 * Objects of kinds with several versions, read in the version asked for. Most kinds have one and their text passes
 * through untouched.
 */
import type { KindDefinition, StoredText } from '../../apis/define-kind.ts'
import { shownText } from '../../registry/object-text.ts'

/** A stored text as `definition`'s version shows it. A bare text is one that was written a moment ago. */
export function inRequestedVersion(definition: KindDefinition, stored: string | StoredText): string {
  return shownText(definition, typeof stored === 'string' ? { text: stored } : stored)
}
