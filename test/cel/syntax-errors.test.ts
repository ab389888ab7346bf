/**
 * Rules that do not parse, told as the API server tells them: where the grammar needs another token one is left out or
 * made up, or the rest of a construct is passed over, and what follows is told, too, as are names, literals and macros
 * of what could be read (cel-go parser/gen/CEL.g4, parser/parser.go and macro.go; antlr4-go error_strategy.go and
 * parser_atn_simulator.go).
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { celEnvironment } from '../../src/apis/cel-environment.ts'
import { Source } from '../../src/cel/source.ts'
import { STANDARD_MACROS, indexMacros, OPTIONAL_MACROS, TWO_VARIABLE_MACROS } from '../../src/cel/syntax/macros.ts'
import { parseExpression } from '../../src/cel/syntax/parser.ts'
import { readBroken } from '../../src/cel/syntax/recovery/read-broken.ts'

const environment = celEnvironment()
const OPERAND =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

function errorsOf(rule: string): string[] {
  const lines = environment.compile(rule).problem?.message.split('\n') ?? []
  return lines.filter((line) => line.startsWith('ERROR: ')).map((line) => line.replace('ERROR: <input>:', ''))
}

describe('a token that does not fit', () => {
  it.each([
    ['is left out, if the next one fits', '1 + + 2', [`1:5: Syntax error: extraneous input '+' expecting ${OPERAND}`]],
    ['is left out before what closes', 'f(a, b c)', ["1:8: Syntax error: extraneous input 'c' expecting ')'"]],
    ['shows that one is missing, if it may come behind that', "{'a' 1}", ["1:6: Syntax error: missing ':' at '1'"]],
    ['is the end, where what closes is missing', '(a.b', ["1:5: Syntax error: missing ')' at '<EOF>'"]],
    ['is mismatched if more might come', '[1, 2', ["1:6: Syntax error: mismatched input '<EOF>' expecting {']', ','}"]],
    ['ends the text, if nothing can be done', 'a b c', ["1:3: Syntax error: mismatched input 'b' expecting <EOF>"]],
    ['fits no way to go on', 'a..b', ["1:3: Syntax error: no viable alternative at input '..'"]],
    ['is shown with the space before it', 'a. (b)', ["1:4: Syntax error: no viable alternative at input '. ('"]],
    ['is a word of the language', 'a.true', ["1:3: Syntax error: mismatched input 'true' expecting IDENTIFIER"]],
  ])('%s', (_, rule, errors) => {
    expect(errorsOf(rule)).toEqual(errors)
  })
})

describe('errors behind the first one', () => {
  it.each([
    [
      '1 + + 2 +',
      [
        `1:5: Syntax error: extraneous input '+' expecting ${OPERAND}`,
        `1:10: Syntax error: mismatched input '<EOF>' expecting ${OPERAND}`,
      ],
    ],
    [
      '- in x',
      [
        "1:3: Syntax error: no viable alternative at input '- in'",
        `1:3: Syntax error: extraneous input 'in' expecting ${OPERAND}`,
      ],
    ],
    [
      '# + #',
      [
        "1:1: Syntax error: token recognition error at: '#'",
        `1:3: Syntax error: mismatched input '+' expecting ${OPERAND}`,
        "1:5: Syntax error: token recognition error at: '#'",
        `1:6: Syntax error: mismatched input '<EOF>' expecting ${OPERAND}`,
      ],
    ],
    [
      'self.x = 1',
      [
        "1:8: Syntax error: token recognition error at: '= '",
        "1:10: Syntax error: extraneous input '1' expecting <EOF>",
      ],
    ],
    [
      'a[1:2] + b[',
      [
        "1:4: Syntax error: mismatched input ':' expecting ']'",
        `1:12: Syntax error: mismatched input '<EOF>' expecting ${OPERAND.replace("'!',", "'!', '?',")}`,
      ],
    ],
  ])('%s', (rule, errors) => {
    expect(errorsOf(rule).slice(0, errors.length)).toEqual(errors)
  })

  it('are told of names and macros, in the order of their places', () => {
    expect(errorsOf('has(x.) && has(y')).toEqual([
      '1:5: invalid argument to has() macro',
      "1:7: Syntax error: no viable alternative at input '.)'",
      '1:16: invalid argument to has() macro',
      "1:17: Syntax error: missing ')' at '<EOF>'",
    ])
  })
})

describe('of what was read', () => {
  it.each([
    ['a.`b`', ["1:3: unsupported syntax: '`'"]],
    ['x{`a`: 1}', ["1:3: unsupported syntax: '`'"]],
    ['if + for(1)', ['1:1: reserved identifier: if', '1:6: reserved identifier: for']],
    ['--9223372036854775808', ['1:3: invalid int literal']],
    ["b'''x", ["1:4: Syntax error: token recognition error at: ''x'"]],
  ])('%s is refused', (rule, errors) => {
    expect(errorsOf(rule)).toEqual(errors)
  })

  it('calls with a leading dot are no calls of a macro', () => {
    expect(errorsOf('.sortBy(i, i)').join()).not.toContain('sortBy can only be applied')
  })

  it('an argument that was never begun has its place before the first character', () => {
    expect(environment.compile('has(.)').problem?.message.split('\n')).toEqual([
      'ERROR: <input>:1:0: invalid argument to has() macro',
      ' | has(.)',
      ' | ^',
      "ERROR: <input>:1:6: Syntax error: no viable alternative at input '.)'",
      ' | has(.)',
      ' | .....^',
    ])
  })
})

describe('it gives up', () => {
  it.each([
    ['behind thirty attempts', `f(${'1 + * , '.repeat(40)}`, 30, /error recovery attempt limit exceeded: 30/],
    ['at a hundred errors', '# '.repeat(150), 101, /^1 more errors were truncated$/m],
    ['when too many rules are in each other', `${'1*('.repeat(130)}1`, 1, /expression recursion limit exceeded: 250/],
    ['when too many tokens are passed over', `[${'a '.repeat(400)}]`, 1, /token lookahead limit exceeded: 256/],
  ])('%s', (_, rule, atLeast, message) => {
    const { problem } = environment.compile(rule)
    expect(problem?.issues.length).toBeGreaterThanOrEqual(atLeast)
    expect(problem?.message).toMatch(message)
  })
})

const WORDS = [
  ...['(', ')', '[', ']', '{', '}', '.', ',', ':', '?', '+', '-', '*', '!', '==', '<', '&&', '||', 'in', 'true'],
  ...['null', '1', '2u', '3.5', "'a'", "b'x'", 'a', 'has', 'all', 'map', 'optMap', 'if', '`a-b`', '"u', '#', '\n'],
  ...['//c', 'é', '=', "'''"],
]
const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 25 }).map((words) => words.join(' '))
const options = {
  macros: indexMacros([...STANDARD_MACROS, ...OPTIONAL_MACROS, ...TWO_VARIABLE_MACROS]),
  hasEscapedNames: true,
}

/** Ids are given in the order of reading, which is not that of the tree. */
function withoutIds(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(withoutIds)
  if (given === null || typeof given !== 'object' || Object.getPrototypeOf(given) !== Object.prototype) return given
  const others = Object.entries(given).filter(([key]) => key !== 'id')
  return Object.fromEntries(others.map(([key, value]) => [key, withoutIds(value)]))
}

describe('any text', () => {
  it('is read by both readers alike, if it parses', () => {
    const operand = fc.constantFrom(
      ...['a', '1', '-1', '- -1', "'a'", '!b', '[1, ?a]', '{a: 1, ?b: 2}', 'a.b{c: 1,}', 'has(a.b)', '.a.b'],
    )
    const operator = fc.constantFrom(
      ...[' + ', ' - ', ' * ', ' < ', ' in ', ' && ', ' || ', '.all(x, y) == ', ' ? b : ', '[c] - ', '.?d + '],
    )
    const rule = fc.array(fc.tuple(operand, operator), { maxLength: 12 }).map((parts) => `${parts.flat().join('')}1`)
    fc.assert(
      fc.property(rule, (text) => {
        const source = new Source(text)
        const [one, other] = [parseExpression(source, options), readBroken(source, options)]
        expect(other.issues).toEqual([])
        expect(withoutIds(other.expression)).toEqual(withoutIds(one.expression))
      }),
    )
  })

  it('has an error in a place of its own, or none', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const { issues } = parseExpression(new Source(text), options)
        for (const { offset, message } of issues) {
          expect(offset).toBeLessThanOrEqual(text.length)
          expect(message).not.toBe('')
        }
        expect(issues).toEqual(readBroken(new Source(text), options).issues)
      }),
    )
  })
})
