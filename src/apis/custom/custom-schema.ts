/**
 * What a definition's schema does to a custom resource, behind one small interface: the structural machinery
 * (apimachinery/structural) compiled for one version, or, for a version without a schema, nothing at all.
 */
import type { FieldError } from '../../apimachinery/field-path.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'

export interface CustomSchema {
  /** Removes what the schema does not know; answers its paths. Mutates. Throws Error for a malformed embedded object. */
  prune(subject: AnyObject): readonly string[]
  /** Mutates. */
  applyDefaults(subject: AnyObject): void
  validate(next: AnyObject): FieldError[]
  /** What was wrong before and was not touched is let be. */
  validateUpdate(next: AnyObject, previous: AnyObject, isStatus: boolean): FieldError[]
}

/** Nothing is known of the fields, so nothing is done. */
export function compileSchema(): CustomSchema {
  return { prune: () => [], applyDefaults: () => undefined, validate: () => [], validateUpdate: () => [] }
}
