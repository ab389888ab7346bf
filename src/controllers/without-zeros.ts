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
