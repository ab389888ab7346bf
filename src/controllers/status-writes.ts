/** Writes a status once, and only when it says something new. */

/** Whether two JSON values are the same: fields in any order, undefined fields being absent. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
    return one.every((item, index) => isSameJson(item, other[index]))
  }
  const left = new Map<string, unknown>(Object.entries(one).filter(([, value]) => value !== undefined))
  const right = Object.entries(other).filter(([, value]) => value !== undefined)
  return (
    left.size === right.length &&
    right.every(([field, value]) => left.has(field) && isSameJson(left.get(field), value))
  )
}

/**
 * The zero values that upstream's types leave out of their JSON (`omitempty`), dropped from a status so that it equals
 * what clients of upstream would read.
 */
export function withoutZeros<S extends object>(status: S, kept: readonly (keyof S)[]): S {
  const isZero = (value: unknown): boolean => value === 0 || value === '' || value === undefined
  const keeps = new Set<string>(kept.map(String))
  // Dropping optional fields leaves a value of the same type.
  return Object.fromEntries(
    Object.entries(status).filter(([field, value]) => keeps.has(field) || !isZero(value)),
  ) as S
}
