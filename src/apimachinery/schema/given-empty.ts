/**
 * Lists and maps that a request gave with nothing in them. Decoding leaves them out where upstream prints none, but Go
 * tells an empty one from none until it is stored, and a few rules and messages of validation show it. Kept beside the
 * decoded object, not in it: whoever copies a struct loses it, which costs a message its `[]`; `cloneDecoded` does not.
 */
type Empty = readonly unknown[] | Readonly<Record<string, unknown>>

const given = new WeakMap<object, Map<string, Empty>>()
/** Whole objects that have such a field at any depth. */
const roots = new WeakSet()

/** `holder` is the decoded struct, `value` what was given for its field. */
export function noteGivenEmpty(holder: object, field: string, value: Empty): void {
  const known = given.get(holder)
  if (known === undefined) given.set(holder, new Map([[field, value]]))
  else known.set(field, value)
}

/** What was given for a field that decoding has left out; undefined: nothing was. */
export function givenEmpty(holder: object | undefined, field: string): Empty | undefined {
  return holder && given.get(holder)?.get(field)
}

/** `copy` was made of `holder`. */
export function keepGivenEmpty<T extends object>(copy: T, holder: object | undefined): T {
  const known = holder && given.get(holder)
  if (known !== undefined) given.set(copy, known)
  return copy
}

export function noteGivenEmpties(root: object): void {
  roots.add(root)
}

/** Whether anything in a decoded object was given empty. */
export function hasGivenEmpties(root: object): boolean {
  return roots.has(root)
}
