/**
 * What is wrong with an expression, as cel-go says it. The first table is cel-go's own (parser_test.go and
 * checker_test.go, from the conformance package): every expression of it that needs neither messages of protocol
 * buffers nor other limits than the default ones.
 */
import { tests as checking } from '@bufbuild/cel-spec/testdata/checking.js'
import { tests as parsing } from '@bufbuild/cel-spec/testdata/parsing.js'
import type { SerializedIncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js'
import { describe, expect, it } from 'vitest'
import { createEnvironment } from '../../src/cel/environment.ts'
import { OPTIONALS } from '../../src/cel/library/extensions/optionals.ts'
import { STRINGS } from '../../src/cel/library/extensions/strings.ts'
import { declaredList, declaredObject, declaredType } from '../../src/cel/types/declared-type.ts'
import { INT, STRING, TIMESTAMP, listOf, mapOf } from '../../src/cel/types/type.ts'

/** Made with other limits, with syntax switched off, or about messages and variables that only that test declares. */
const OTHER_SETTINGS = new RegExp(
  [
    'unsupported syntax', 'limit exceeded: (4|32)', 'max recursion', 'existsOne', 'failed resolution',
    'undefined field', 'not a type', 'google', 'TestAll', "'(1|1u|1.0)'",
  ].join('|'),
)

interface Example {
  readonly expression: string
  readonly error: string
}

function examples(suite: SerializedIncrementalTestSuite): Example[] {
  const own = (suite.tests ?? []).flatMap(({ original, error }): Example[] =>
    error === undefined || OTHER_SETTINGS.test(error) ? [] : [{ expression: original.expr, error: error.trim() }],
  )
  return [...own, ...(suite.suites ?? []).flatMap(examples)]
}

/** Declares what the test of the table declared. */
const DECLARING = /\bx\b.*(range of a comprehension|_!=_|'y')|int, double/s

describe("cel-go's own examples", () => {
  const environment = createEnvironment()
  const table = [...examples(parsing), ...examples(checking)].filter(
    ({ expression, error }) => !DECLARING.test(`${expression} ${error}`) || expression === '4--4.1',
  )

  it('are many', () => {
    expect(table.length).toBeGreaterThan(120)
  })

  it.each(table)('$expression', ({ expression, error }) => {
    const message = environment.compile(expression).problem?.message.trim()
    expect(message).toBe(error.replaceAll('ERROR: :', 'ERROR: <input>:'))
  })
})

const WIDGET = declaredObject('Widget', [
  ['name', { property: 'name', type: declaredType(STRING) }],
  ['replicas', { property: 'replicas', type: declaredType(INT) }],
  ['ports', { property: 'ports', type: declaredList(declaredType(INT)) }],
])

describe('with declared variables', () => {
  const environment = createEnvironment({
    checksLiterals: true,
    libraries: [OPTIONALS, STRINGS],
    variables: { self: WIDGET, labels: mapOf(STRING, STRING), at: TIMESTAMP, names: listOf(STRING) },
  })

  it.each([
    ['self.nothing', "1:5: undefined field 'nothing'"],
    ['self.name.first', "1:10: type 'string' does not support field selection"],
    ['self.replicas == "1"', "1:15: found no matching overload for '_==_' applied to '(int, string)'"],
    ['self.name.startsWith(1)', "1:21: found no matching overload for 'startsWith' applied to 'string.(int)'"],
    ['self.ports.all(p, p)', "1:19: expected type 'bool' but found 'int'"],
    ['self.replicas.exists(r, true)', '1:5: expression of type \'int\' cannot be range of a comprehension'],
    ['[1, "a"]', "1:5: expected type 'int' but found 'string'"],
    ['{"a": 1, 2: 2}', "1:10: expected type 'string' but found 'int'"],
    ['names[0] + 1', "1:10: found no matching overload for '_+_' applied to '(string, int)'"],
    ['at - "1h"', "1:4: found no matching overload for '_-_' applied to '(timestamp, string)'"],
    ['duration("later") < duration("1h")', '1:10: invalid duration argument'],
    ['timestamp(-62135596801) == at', '1:11: invalid timestamp argument'],
    ['timestamp(9223372036854775807) == at', '1:11: invalid timestamp argument'],
    ['timestamp("2020-13-01T00:00:00Z") == at', '1:11: invalid timestamp argument'],
    ['self.?name.orValue(1) == 1', "1:19: found no matching overload for 'orValue' applied to 'optional_type(string).(int)'"],
    ["'%s %d'.format(['a', 'b'])", '1:22: error during formatting: decimal clause can only be used on integers'],
    ["'%s'.format(['a', 1])", '1:12: too many arguments supplied to string.format (expected 1, got 2)'],
    ["'%s %s'.format(['a'])", '1:15: index 1 out of range'],
    ["'%q'.format(['a'])", '1:12: could not parse formatting clause: unrecognized formatting clause "q"'],
    ["'%s'.format([[1, self]])", '1:18: error during formatting: string clause can only be used on strings'],
    ['Widget{name: 1}', "1:12: expected type of field 'name' is 'string' but provided type is 'int'"],
    ['Widget{nothing: 1}', "1:15: undefined field 'nothing'"],
    ['self == null || labels == null', "1:24: found no matching overload for '_==_' applied to '(map(string, string), null)'"],
  ])('%s', (expression, expected) => {
    const { problem } = environment.compile(expression)
    expect(problem?.message).toContain(`ERROR: <input>:${expected}`)
  })

  it.each([
    ['', /^ERROR: <input>:1:0: Syntax error: mismatched input '<EOF>' expecting \{'\[', .*IDENTIFIER\}$/],
    ['"a\nb"', /^ERROR: <input>:1:1: Syntax error: token recognition error at: '"a\n'\n/],
    ['x[', /mismatched input '<EOF>' expecting \{'\[', '\{', '\(', '\.', '-', '!', '\?', 'true'/],
  ])('of %j, which is cut off', (expression, expected) => {
    expect(environment.compile(expression).problem?.message.trim()).toMatch(expected)
  })

  const START = `{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`
  const orClose = START.replace("'.'", "')', '.'")
  it.each([
    ['(1, 2)', "1:3: Syntax error: mismatched input ',' expecting ')'"],
    ['size(1]', "1:7: Syntax error: mismatched input ']' expecting ')'"],
    ['size(1:', "1:7: Syntax error: mismatched input ':' expecting ')'"],
    ['[1, 2].map(w: w)', "1:13: Syntax error: mismatched input ':' expecting ')'"],
    ['([1, 2].map(w, w.size() == 1', "1:29: Syntax error: mismatched input '<EOF>' expecting ')'"],
    ['(size(1, 2', "1:11: Syntax error: mismatched input '<EOF>' expecting ')'"],
    ['((1, 2)', "1:4: Syntax error: mismatched input ',' expecting ')'"],
    ['size((1, 2)', "1:8: Syntax error: missing ')' at ','"],
    ['[[1, 2], (3]', "1:12: Syntax error: missing ')' at ']'"],
    ['[1, 2)', "1:6: Syntax error: mismatched input ')' expecting {']', ','}"],
    ['[1, 2', "1:6: Syntax error: mismatched input '<EOF>' expecting {']', ','}"],
    ['[1, )]', "1:5: Syntax error: extraneous input ')' expecting ']'"],
    ['[, 2]', "1:4: Syntax error: extraneous input '2' expecting ']'"],
    ['size(+)', `1:6: Syntax error: extraneous input '+' expecting ${orClose}`],
    ['size(1 ||)', `1:10: Syntax error: mismatched input ')' expecting ${START}`],
    ['true ? 1 2', "1:10: Syntax error: missing ':' at '2'"],
    ['{1 2}', "1:4: Syntax error: missing ':' at '2'"],
    ['self.?.name', "1:7: Syntax error: extraneous input '.' expecting {IDENTIFIER, ESC_IDENTIFIER}"],
    ['self.?) == 1', "1:7: Syntax error: mismatched input ')' expecting {IDENTIFIER, ESC_IDENTIFIER}"],
  ])('of %j, which is out of order', (expression, expected) => {
    expect(environment.compile(expression).problem?.message.split('\n')[0]).toBe(`ERROR: <input>:${expected}`)
  })

  it.each([
    ['duration(null) == duration(self.name)', '1:10: invalid duration argument'],
    ['timestamp(null) == at', '1:11: invalid timestamp argument'],
    ['self{name: 1}', "1:10: unexpected failed resolution of 'self'"],
    ["kubernetes.Quantity == type('')", "1:1: undeclared reference to 'kubernetes' (in container '')"],
  ])('of %s', (expression, expected) => {
    expect(environment.compile(expression).problem?.message).toContain(`ERROR: <input>:${expected}`)
  })

  it('points with full-width dots at places behind characters that take more than a byte', () => {
    const { problem } = environment.compile("'ä😀' == nothing")
    expect(problem?.message).toBe(
      "ERROR: <input>:1:9: undeclared reference to 'nothing' (in container '')\n | 'ä😀' == nothing\n | .．．.....^",
    )
  })
})
