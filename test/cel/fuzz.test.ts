/**
 * Random expressions: whatever the text, compiling and evaluating answer a value or an error of the language, soon, and
 * never more than the budget allows. `fc.assert` prints the seed of a failure.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { celEnvironment } from '../../src/apis/cel-environment.ts'
import { createEnvironment, type Evaluation } from '../../src/cel/environment.ts'
import { findAllPattern } from '../../src/cel/regex/pattern.ts'
import { unpaid } from '../../src/cel/regex/work.ts'
import { declaredType } from '../../src/cel/types/declared-type.ts'
import { BOOL, DOUBLE, DURATION, DYN, INT, listOf, mapOf, STRING, TIMESTAMP } from '../../src/cel/types/type.ts'
import { areEqual } from '../../src/cel/values/equality.ts'
import { EvaluationError } from '../../src/cel/values/evaluation-error.ts'
import { adapt } from '../../src/cel/values/json.ts'

const COST_LIMIT = 20_000
const environment = celEnvironment().extend({
  variables: {
    i: INT, s: STRING, b: BOOL, d: DOUBLE, any: DYN, list: listOf(INT), map: mapOf(STRING, INT), at: TIMESTAMP,
    span: DURATION,
  },
})
const ACTIVATION = {
  i: 7, s: 'seven', b: true, d: 7.5, any: { a: [1, 'x', null, { b: 2.5 }] }, list: [3, 1, 2], map: { a: 1, b: 2 },
  at: '2026-11-26T14:15:28.5Z', span: '90m',
}

function evaluateAny(text: string): Evaluation | undefined {
  const { program, problem } = environment.compile(text)
  if (program === undefined) {
    expect(problem.message).toMatch(/^ERROR: <input>:|^program instantiation failed: /)
    expect(problem.issues.length).toBeGreaterThan(0)
    return undefined
  }
  const estimate = program.estimateCost()
  expect(estimate.min).toBeLessThanOrEqual(estimate.max)
  const evaluation = program.evaluate(ACTIVATION, { costLimit: COST_LIMIT })
  // Results are counted before the limit is checked, once.
  expect(evaluation.value === undefined || evaluation.cost <= COST_LIMIT).toBe(true)
  return evaluation
}

const TOKENS = [
  ...['(', ')', '[', ']', '{', '}', '.', ',', ':', '?', '.?', '[?', '+', '-', '*', '/', '%', '!'],
  ...['==', '!=', '<', '<='],
  ...['>', '>=', '&&', '||', 'in', 'true', 'false', 'null', '1', '0', '-1', '2u', '3.5', '1e3'],
  ...["'a'", "b'\\x00'", '""'],
  ...['i', 's', 'b', 'd', 'any', 'list', 'map', 'at', 'span', 'x', 'a', 'size', 'has', 'all'],
  ...['exists', 'map', 'filter'],
  ...['int', 'string', 'type', 'duration', 'timestamp', 'optional.of', 'optMap', 'matches', 'format', 'sort', 'split'],
  ...["r'('", '`a-b`', '"unclosed', '//', '\n', '@', '9223372036854775808', '0x7f', 'transformMap', 'exists_one'],
]
const soup = fc.array(fc.constantFrom(...TOKENS), { maxLength: 30 }).map((tokens) => tokens.join(' '))

/** Expressions that mostly compile. */
const { expression } = fc.letrec<{ expression: string; leaf: string }>((tie) => {
  const inner = tie('expression')
  const binary = fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '>=', '&&', '||', 'in')
  const method = fc.constantFrom(
    ...['size()', "contains('e')", "startsWith('s')", "matches('[a-z]+')", 'lowerAscii()', "split('e')", 'reverse()'],
    ...['getHours()', 'sum()', 'max()', 'sort()', 'distinct()', 'hasValue()', 'value()', "join('-')", 'isSorted()'],
    ...["replace('e', 'f')", 'substring(1)', 'charAt(1)', "indexOf('e')", "find('e+')", "findAll('.')", 'trim()'],
    ...["format([1, 'x'])", "format([[1], {'a': 2}])", 'getFullYear()', "getDate('Europe/Berlin')", 'flatten()'],
  )
  const macro = fc.constantFrom('all', 'exists', 'exists_one', 'map', 'filter', 'sortBy')
  const conversion = fc.constantFrom(
    ...['int', 'uint', 'double', 'string', 'bytes', 'bool', 'dyn', 'type', 'size', 'timestamp', 'duration', 'has'],
    ...['optional.of', 'optional.ofNonZeroValue', 'quantity', 'isQuantity', 'ip', 'cidr', 'url', 'semver', 'isIP'],
    ...['lists.range', 'strings.quote', '-', '!'],
  )
  return {
    leaf: fc.oneof(
      fc.constantFrom('i', 's', 'b', 'd', 'any', 'list', 'map', 'at', 'span', 'x', 'true', 'null', '[]', '{}'),
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential()),
      fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
    ),
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      fc.tuple(inner, binary, inner).map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      fc.tuple(inner, method).map(([target, call]) => `${target}.${call}`),
      fc.tuple(inner, macro, inner).map(([target, name, body]) => `${target}.${name}(x, ${body})`),
      fc.tuple(inner, macro, inner, inner).map(([target, name, one, two]) => `${target}.${name}(x, ${one}, ${two})`),
      fc.tuple(inner, inner, inner).map(([condition, one, two]) => `(${condition} ? ${one} : ${two})`),
      fc.tuple(conversion, inner).map(([name, argument]) => `${name}(${argument})`),
      fc.tuple(inner, inner).map(([target, key]) => `${target}[${key}]`),
      fc.tuple(inner, inner).map(([target, key]) => `${target}[?${key}].orValue(${key})`),
      fc.tuple(inner, inner).map(([key, value]) => `{${key}: ${value}}`),
      fc.array(inner, { maxLength: 3 }).map((elements) => `[${elements.join(', ')}]`),
      fc.tuple(inner, fc.constantFrom('a', 'b')).map(([target, field]) => `${target}.?${field}`),
    ),
  }
})

describe('random texts', () => {
  it('of tokens answer errors of the language', () => {
    fc.assert(fc.property(soup, (text) => void evaluateAny(text)), { numRuns: 3000 })
  })

  it('of any characters do too', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => void evaluateAny(text)), {
      numRuns: 2000,
    })
  })

  it('that are expressions answer values or errors, within the budget', () => {
    let compiled = 0
    fc.assert(
      fc.property(expression, (text) => {
        if (evaluateAny(text) !== undefined) compiled += 1
      }),
      { numRuns: 6000 },
    )
    expect(compiled).toBeGreaterThan(500)
  })

  it('mean the same without types', () => {
    fc.assert(
      fc.property(expression, (text) => {
        const checked = environment.compile(text).program?.evaluate(ACTIVATION, { costLimit: COST_LIMIT })
        const unchecked = environment.compile(text, { isChecked: false }).program?.evaluate(ACTIVATION, {
          costLimit: COST_LIMIT,
        })
        if (checked?.value === undefined || unchecked?.value === undefined) return
        // A NaN is not even itself, and a list that is a key is no other list.
        const again = environment.compile(text).program?.evaluate(ACTIVATION, { costLimit: COST_LIMIT }).value
        if (again === undefined || !areEqual(checked.value, again)) return
        expect(areEqual(checked.value, unchecked.value)).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('random patterns', () => {
  const piece = fc.constantFrom(
    ...['a', 'b', '.', '[ab]', '[^a]', '(a|b)', 'a*', 'b+?', 'a?', '(ab){1,2}', '\\w', '\\d', '^'],
    ...['$', '\\b', '|', '()'],
    ...['(?:a)', 'a{2}', '[[:alpha:]]', '\\x61', '(a*)*', '(', ')', '*', '[', '\\', '{', '(?i:A)'],
  )
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', ' ', '1', 'A'), maxLength: 12 })

  it('find what the platform finds, where both know the pattern', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), text, (pieces, subject) => {
        const pattern = pieces.join('')
        const platform = platformPattern(pattern)
        let found: string[] | undefined
        try {
          found = findAllPattern(pattern, subject, 1, unpaid())
        } catch (error) {
          expect(error).toBeInstanceOf(EvaluationError)
        }
        if (platform === undefined || found === undefined || /\(a\*\)\*|\[\[/.test(pattern)) return
        expect(found[0]).toBe(platform.exec(subject)?.[0])
      }),
      { numRuns: 5000 },
    )
  })
})

/** JavaScript's reading; undefined where it differs from RE2's or there is none. */
function platformPattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u')
  } catch {
    return undefined
  }
}

describe('JSON as values', () => {
  it('equals itself, and what a rule sees of it is what it says', () => {
    const any = createEnvironment({ variables: { one: DYN, other: DYN } })
    const { program } = any.compile('one == other')
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const copy: unknown = JSON.parse(JSON.stringify(json))
        expect(program?.evaluate({ one: json, other: copy }).value).toBe(true)
        expect(areEqual(adapt(json, declaredType(DYN)), adapt(copy, declaredType(DYN)))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
