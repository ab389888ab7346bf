/**
 * Property names as names in expressions (apiserver pkg/cel/escaping.go): `a-b` is `a__dash__b`, a reserved word `for`
 * is `__for__`. Undefined for names that cannot be written that way; those properties are out of reach.
 */
const RESERVED = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let',
  'loop', 'package', 'namespace', 'return', 'var', 'void', 'while',
])
const ESCAPES = new Map([['__', '__underscores__'], ['.', '__dot__'], ['-', '__dash__'], ['/', '__slash__']])
const UNESCAPES = new Map([...ESCAPES].map(([text, escape]) => [escape, text]))

export function isReservedWord(property: string): boolean {
  return RESERVED.has(property)
}

export function escapeProperty(property: string): string | undefined {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(property)) return undefined
  if (RESERVED.has(property)) return `__${property}__`
  return property.replaceAll(/__|[./-]/g, (text) => ESCAPES.get(text) ?? text)
}

/** The property that a name in an expression means. */
export function unescapeProperty(name: string): string | undefined {
  let isValid = true
  const property = name.replaceAll(/__[^_]+__/g, (escape) => {
    const text = UNESCAPES.get(escape)
    if (text !== undefined) return text
    const word = escape.slice(2, -2)
    isValid &&= RESERVED.has(word) && escape === name
    return word
  })
  return isValid ? property : undefined
}
