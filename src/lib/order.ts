/**
 * The one order that things are sorted in here: numbers by value, texts by UTF-16 units, whatever the machine's
 * language. Names that Go sorts and clients see are in the order of their bytes, which differs above U+D800 only.
 */

/** Negative when `left` comes first. */
export function ascending<T extends string | number | bigint>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** Entries of an object or of a Map, in the order of their keys. */
export function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return ascending(left, right)
}

const HIGH_UNIT = /[\uD800-\uFFFF]/

/** Whether `name` has a place of its own in the order of bytes. */
export function hasHighUnit(name: string): boolean {
  return HIGH_UNIT.test(name)
}

/** Sorts by bytes, in place. */
export function sortByBytes(names: string[]): string[] {
  return names.some(hasHighUnit) ? names.sort(byCodePoints) : names.sort()
}

function byCodePoints(one: string, other: string): number {
  const [ones, others] = [[...one], [...other]]
  for (const [index, character] of ones.entries()) {
    const difference = (character.codePointAt(0) ?? 0) - (others[index]?.codePointAt(0) ?? -1)
    if (difference !== 0) return difference
  }
  return ones.length - others.length
}
