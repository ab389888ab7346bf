/** What operators are called in the tree, and words that cannot name anything: both readers of texts go by them. */
export const RELATIONS: ReadonlyMap<string, string> = new Map([
  ['<', '_<_'], ['<=', '_<=_'], ['>', '_>_'], ['>=', '_>=_'], ['==', '_==_'], ['!=', '_!=_'], ['in', '@in'],
])
export const SUMS: ReadonlyMap<string, string> = new Map([['+', '_+_'], ['-', '_-_']])
export const PRODUCTS: ReadonlyMap<string, string> = new Map([['*', '_*_'], ['/', '_/_'], ['%', '_%_']])

export const RESERVED: ReadonlySet<string> = new Set([
  'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package',
  'namespace', 'return', 'var', 'void', 'while',
])

/**
 * A chain of terms as a balanced tree, so that a long one is not deep: `join` gets the index of an operator, the one
 * behind the term of that index.
 */
export function balance<T>(terms: readonly T[], join: (operator: number, left: T, right: T) => T): T | undefined {
  const build = (from: number, to: number): T | undefined => {
    if (from > to) return terms[from]
    const middle = Math.floor((from + to + 1) / 2)
    const [left, right] = [build(from, middle - 1), build(middle + 1, to)]
    return left === undefined || right === undefined ? undefined : join(middle, left, right)
  }
  return build(0, terms.length - 2)
}
