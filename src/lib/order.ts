/** The one order that things are sorted in here: numbers by value, texts by UTF-16 units, whatever the machine's language. */

/** Negative when `left` comes first. */
export function ascending<T extends string | number | bigint>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** Entries of an object or of a Map, in the order of their keys. */
export function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return ascending(left, right)
}
