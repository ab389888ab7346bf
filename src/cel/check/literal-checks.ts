/**
 * Checks after the types are known (cel-go cel/validator.go): literals that can never be converted, formats that do not
 * fit their arguments, and lists and maps of literals whose elements have different types.
 */
import type { Issue } from '../source.ts'
import { childrenOf, type Expression } from '../syntax/expression.ts'
import { checkFormat } from '../library/extensions/format-check.ts'
import { formatType, isSameType, unwrapOptional, DYN, type Type } from '../types/type.ts'
import { hasValue } from '../values/evaluation-error.ts'
import { MAX_SECONDS, MIN_SECONDS, parseDuration, parseTimestamp } from '../values/time.ts'
import type { Value } from '../values/value.ts'
import type { Checked } from './checker.ts'

type LiteralCheck = (literal: Value) => boolean

const CHECKS: ReadonlyMap<string, LiteralCheck> = new Map<string, LiteralCheck>([
  [
    'duration',
    (literal) => typeof literal === 'string' && parseDuration(literal) !== undefined,
  ],
  [
    'timestamp',
    (literal) =>
      typeof literal === 'string'
        ? parseTimestamp(literal) !== undefined
        : (typeof literal === 'number' || typeof literal === 'bigint') &&
          literal >= MIN_SECONDS &&
          literal <= MAX_SECONDS,
  ],
])

interface Visited {
  readonly node: Expression
  /** Inside of the arguments of format(), which may be of many types. */
  readonly isMixed: boolean
}

export function checkLiterals(checked: Checked, patterns: ReadonlyMap<string, (pattern: string) => void>): Issue[] {
  const issues: Issue[] = []
  const typeOf = (node: Expression): Type => checked.types.get(node.id) ?? DYN
  const pending: Visited[] = [{ node: checked.expression, isMixed: false }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next
    const isMixed = next.isMixed || (node.kind === 'call' && node.function === 'format')
    for (const child of childrenOf(node)) pending.push({ node: child, isMixed })
    if (node.kind === 'call') {
      const isFormat = checked.overloads.get(node.id)?.some(({ id }) => id === 'string_format') === true
      const formatIssue = isFormat ? checkFormat(node, typeOf) : undefined
      if (formatIssue !== undefined) issues.push(formatIssue)
      // Only the first argument is looked at, as upstream does: the pattern of the global matches() is its second.
      const [literal] = node.args
      const pattern = node.function === 'matches' ? patterns.get('matches') : undefined
      const check = pattern === undefined ? CHECKS.get(node.function) : readableBy(pattern)
      if (literal?.kind === 'literal' && check?.(literal.value) === false) {
        issues.push({ offset: literal.offset, message: `invalid ${node.function} argument` })
      }
    } else if (!isMixed) issues.push(...mixedTypes(node, typeOf))
  }
  return issues
}

function readableBy(read: (pattern: string) => void): LiteralCheck {
  return (literal) => typeof literal !== 'string' || hasValue(() => read(literal))
}

function mixedTypes(node: Expression, typeOf: (node: Expression) => Type): Issue[] {
  const mismatch = (inner: Expression, expected: Type, actual: Type): Issue => ({
    offset: inner.offset,
    message: `expected type '${formatType(expected)}' but found '${formatType(actual)}'`,
  })
  if (node.kind === 'list') {
    const optionals = new Set(node.optionals)
    const types = node.elements.map((element, index) =>
      optionals.has(index) ? unwrapOptional(typeOf(element)) : typeOf(element),
    )
    const [expected] = types
    const wrong = types.findIndex((type) => expected !== undefined && !isSameType(expected, type, false))
    const element = node.elements[wrong]
    return element === undefined || expected === undefined ? [] : [mismatch(element, expected, types[wrong] ?? DYN)]
  }
  if (node.kind !== 'map') return []
  const [first] = node.entries
  if (first === undefined) return []
  const valueType = (entry: typeof first): Type =>
    entry.isOptional ? unwrapOptional(typeOf(entry.value)) : typeOf(entry.value)
  return node.entries.flatMap((entry) => {
    const pairs = [
      [entry.key, typeOf(first.key), typeOf(entry.key)],
      [entry.value, valueType(first), valueType(entry)],
    ] as const
    return pairs.flatMap(([inner, expected, actual]) =>
      isSameType(expected, actual, false) ? [] : [mismatch(inner, expected, actual)],
    )
  })
}
