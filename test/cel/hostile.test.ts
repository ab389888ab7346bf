/**
 * Expressions and patterns that are written to take for ever. Each is refused when it is compiled, or stopped by its
 * budget, within the time of a request; none ends in an exception.
 */
import { describe, expect, it } from 'vitest'
import { celEnvironment } from '../../src/apis/cel-environment.ts'
import * as limits from '../../src/cel/library/kubernetes/environment.ts'
import { matchesPattern } from '../../src/cel/regex/pattern.ts'
import { declaredList, declaredType } from '../../src/cel/types/declared-type.ts'
import { DYN, INT, STRING } from '../../src/cel/types/type.ts'

/** A request is answered in a second or two; a slow machine that runs other tests as well is given more. */
const SOON_MS = 5000
const STOPPED = 'operation cancelled: actual cost limit exceeded'

function soon<T>(act: () => T): T {
  const startedAtMs = performance.now()
  const result = act()
  expect(performance.now() - startedAtMs).toBeLessThan(SOON_MS)
  return result
}

const environment = celEnvironment().extend({
  variables: { list: declaredList(declaredType(INT)), text: STRING, any: DYN },
})
const LIST = Array.from({ length: 2000 }, (_, index) => index)
const ACTIVATION = { list: LIST, text: 'a'.repeat(100_000), any: { text: 'a'.repeat(100_000) } }

const numbers = (length: number): number[] => Array.from({ length }, (_, index) => index)

function outcome(expression: string, costLimit = limits.PER_CALL_COST_LIMIT): string {
  const { program, problem } = environment.compile(expression)
  if (program === undefined) return problem.message
  const { error, value } = program.evaluate(ACTIVATION, { costLimit })
  return error?.message ?? `has a value of type ${typeof value}`
}

/** `'ab' + 'ab'` bound to a name, which is doubled again, and so on. */
function doubled(times: number, start: string, last: string): string {
  let expression = last.replace('$', `v${String(times)}`)
  for (let step = times; step > 0; step -= 1) {
    const previous = step === 1 ? start : `v${String(step - 1)}`
    expression = `[${previous}].map(v${String(step - 1)}x, ${previous} + ${previous}).all(v${String(step)}, ${expression})`
  }
  return expression
}

describe('is stopped by its budget:', () => {
  it.each([
    ['comprehensions inside comprehensions', 'list.all(a, list.all(b, list.all(c, a + b + c >= 0)))'],
    ['lists that are built of lists', 'list.map(a, list.map(b, list.map(c, a)))'],
    ['maps that are built of lists', "list.transformMapEntry(i, a, {string(i): list.map(b, b)}).size() > 0"],
    ['a search for each element', 'list.all(a, list.filter(b, b == a).size() == 1)'],
    ['errors that are absorbed', 'list.all(a, list.exists(b, a / 0 == b || b / 0 == a) || true)'],
    ['a text that doubles', doubled(40, 'text', '$ != ""')],
    ['a list that doubles', doubled(40, '[1, 2]', '$.size() > 0')],
    ['a text of another type that doubles', doubled(40, 'any.text', 'size($) > 0')],
    ['a replacement at every place', "text.replace('', text).size() > 0"],
    ['a join with a long separator', "list.map(e, 'x').join(text).size() > 0"],
    ['a range of everything', 'lists.range(9000000000).size() > 0'],
    ['a range of nearly everything', 'lists.range(5000000).size() > 0'],
    ['sorting what is compared with itself', 'list.map(e, e).sort().size() > 0 && list.distinct().size() > 0'],
    ['a long pattern over a long text', `text.matches('${'(a?)'.repeat(100)}${'a'.repeat(100)}b')`],
    ['a pattern for each element', "list.all(e, text.matches('(a|aa)+$'))"],
    ['patterns that are made up', "list.all(e, !'a'.matches('(a{1000}){1}(b{1000})' + string(e)))"],
    ['searches that read to the end', "list.all(e, text.findAll('a.*b|a', 100).size() > 0)"],
    ['sets of all pairs', 'sets.equivalent(list, list)'],
  ])('%s', (_, expression) => {
    expect(soon(() => outcome(expression))).toBe(STOPPED)
  })

  it('also within the budget of a whole object', () => {
    const expression = 'list.all(a, list.all(b, list.all(c, a + b + c >= 0)))'
    expect(soon(() => outcome(expression, limits.OBJECT_COST_BUDGET))).toBe(STOPPED)
    expect(soon(() => outcome(expression, limits.MATCH_CONDITION_COST_BUDGET))).toBe(STOPPED)
  })

  it('but not what is merely large', () => {
    expect(soon(() => outcome('list.all(a, a >= 0) && text.startsWith("aaa")'))).toBe('has a value of type boolean')
  })
})

describe('pays for what upstream leaves to the clock:', () => {
  const long = 'a'.repeat(1_400_000)
  const count = 100_000
  const map = Object.fromEntries(numbers(count).map((index) => [`k${String(index)}`, index]))
  const given = {
    list: numbers(count), text: long, texts: numbers(count).map(() => ''), any: { map, other: `${long.slice(1)}b` },
  }
  const large = environment.extend({ variables: { texts: declaredList(declaredType(STRING)) } })

  it.each([
    ['the size of a text', 'list.all(e, size(text) > 0)'],
    ['a character of it', "list.all(e, text.charAt(0) == 'a')"],
    ['a text that is another', "list.all(e, text != 'b')"],
    ['a text behind another', "list.all(e, 'b' > text)"],
    ['texts in lists', 'list.all(e, [text] != [any.other])'],
    ['a list behind another', 'list.all(e, (list + list).size() > 0)'],
    ['lists in lists', 'list.all(e, [list] == [list])'],
    ['lists made one', 'list.all(e, [list].flatten().size() > 0)'],
    ['nothing of many texts', "list.all(e, texts.join('') == '')"],
    ['optionals of a list', '[list.map(e, optional.of(e))].all(o, list.all(e, o.unwrapOpt().size() > 0))'],
    ['the size of a map', 'list.all(e, any.map.size() > 0)'],
    ['the first key of a map', 'list.all(e, any.map.exists(k, true))'],
    ['maps that are equal', 'list.all(e, any.map == any.map)'],
    ['a map that is not zero', 'list.all(e, optional.ofNonZeroValue(any.map).hasValue())'],
    ['a map made of another', 'list.all(e, [1].transformMapEntry(i, v, any.map).size() > 0)'],
    ['a list that is printed', "list.all(e, '%s'.format([list]) != '')"],
    ['a map that is printed', "list.all(e, '%s'.format([any.map]) != '')"],
    ['a number of many digits', "[text.replace('a', '1')].all(t, list.all(e, double(t) > 0.0 || true))"],
    ['a second of many digits', "['2020-01-01T00:00:00.' + text.replace('a', '1') + 'Z']" +
      ".all(t, list.all(e, timestamp(t) != timestamp(0)))"],
    ['time zones that are made up', "list.all(e, timestamp(0).getHours('Europe/' + string(e)) == 0 || true)"],
    ['a long time zone', 'list.all(e, timestamp(0).getHours(text) == 0 || true)'],
    ['a text that is an address', "['https://a/' + text].all(u, list.all(e, isURL(u)))"],
    ['the values of an address', "[url('https://a/?' + text)].all(u, list.all(e, u.getQuery().size() > 0))"],
    ['addresses that are equal', "[url('https://a/' + text)].all(u, list.all(e, u == u))"],
    ['a key that is nowhere', 'list.all(e, any.map[text] == 1 || true)'],
    ['messages of lists', 'list.all(e, google.protobuf.ListValue{values: texts.map(t, t)} != [])'],
  ])('%s', { timeout: 20_000 }, (_, expression) => {
    const { program } = large.compile(expression)
    expect(program?.evaluate(given, { costLimit: 300_000 }).error?.message).toBe(STOPPED)
  })

  it('but not for what it does once', () => {
    const expression = "size(text) == 1400000 && text.charAt(7) == 'a' && list == list && any.map.size() > 0"
    const { program } = large.compile(expression)
    expect(program?.evaluate(given, { costLimit: 300_000 }).value).toBe(true)
  })

  it('a part is looked for from the end once, however much is like it', { timeout: 10_000 }, () => {
    const { program } = large.compile("text.lastIndexOf(text.substring(0, 700000) + 'b')")
    expect(program?.evaluate(given).value).toBe(-1)
  })

  it('numbers of a version fit into 64 bits, or it is none', { timeout: 10_000 }, () => {
    const { program } = large.compile("[text.replace('a', '9')].all(t, isSemver('1.0.0-' + t))")
    expect(program?.evaluate(given).value).toBe(false)
  })
})

describe('is refused when it is compiled:', () => {
  const nested = (open: string, close: string, times: number): string => open.repeat(times) + close.repeat(times)

  it.each([
    ['parentheses', `${'('.repeat(300)}1${')'.repeat(300)}`, 'expression recursion limit exceeded: 250'],
    ['lists in lists', nested('[', ']', 100_000 / 2), 'expression recursion limit exceeded: 250'],
    ['maps in maps', nested('{"a":', '}', 10_000), 'expression recursion limit exceeded: 250'],
    ['branches in branches', `${'true ? 1 : '.repeat(1000)}2`, 'expression recursion limit exceeded: 250'],
    ['a chain of selections', `any${'.a'.repeat(10_000)}`, 'max recursion depth exceeded'],
    ['a chain of additions', `1${' + 1'.repeat(10_000)}`, 'max recursion depth exceeded'],
    ['a chain of comparisons', `1${' < 1'.repeat(10_000)}`, 'max recursion depth exceeded'],
    ['calls of calls', `${'size('.repeat(1000)}""${')'.repeat(1000)}`, 'expression recursion limit exceeded: 250'],
    ['too many characters', `'${'a'.repeat(100_000)}'`, 'expression code point size exceeds limit: size: 100002, limit 100000'],
    ['an integer of many digits', '9'.repeat(90_000), 'invalid int literal'],
    ['an unsigned integer of many digits', `${'9'.repeat(90_000)}u`, 'invalid uint literal'],
    ['a double beyond all', `1e${'9'.repeat(1000)}`, 'invalid double literal'],
    ['many syntax errors', '1 + + '.repeat(15_000), '1 more errors were truncated'],
    ['many unknown characters', '#'.repeat(90_000), 'more errors were truncated'],
    ['brackets that nothing opened', '1 + ) '.repeat(15_000), '1 more errors were truncated'],
    ['signs before numbers, deep in lists', `${'['.repeat(240)}${'--1,'.repeat(24_000)}`, 'expecting'],
    ['entries of a map that is not closed', `{${'a:b,'.repeat(24_000)}`, "missing '}' at '<EOF>'"],
    ['arguments of a call that is not closed', `f(${'a,'.repeat(49_000)}`, "mismatched input '<EOF>'"],
    ['negations of nothing', '!'.repeat(99_000), "extraneous input '<EOF>'"],
    ['a name of many parts that is not finished', 'a.'.repeat(49_000), "no viable alternative at input '.'"],
    ['names that are read far ahead', 'a.b.c.d.e.f.g{h:'.repeat(6000), 'expression recursion limit exceeded: 250'],
    ['terms that never end', 'a && '.repeat(19_000), "mismatched input '<EOF>'"],
    ['a pattern that repeats repetitions', "text.matches('((a{100}){100}){100}')", 'invalid matches argument'],
    ['a pattern with too many parts', `text.matches('${'(a{1000})'.repeat(200)}')`, 'invalid matches argument'],
    ['a pattern of groups', `text.matches('${'('.repeat(2000)}')`, 'invalid matches argument'],
    ['a pattern with a backreference', String.raw`text.matches('(a)\\1')`, 'invalid matches argument'],
    ['a pattern that looks ahead', "text.matches('(?=a)')", 'invalid matches argument'],
  ])('%s', (_, expression, message) => {
    expect(soon(() => outcome(expression))).toContain(message)
  })

  it.each([
    ['macros that repeat what they are called on', `optional.of(1)${'.optMap(x, x)'.repeat(40)}.hasValue()`,
      'expression is too large'],
    ['types that are twice what they were', `[1]${'.map(x, {x: x})'.repeat(40)}.size() > 0`, 'type is too large'],
  ])('%s', { timeout: 20_000 }, (_, expression, message) => {
    expect(outcome(expression)).toContain(message)
  })

  it('but not many optional elements', { timeout: 20_000 }, () => {
    expect(outcome(`[${'?x,'.repeat(33_000)}]`)).toContain("undeclared reference to 'x'")
  })

  it('nor many bytes', { timeout: 20_000 }, () => {
    expect(outcome(String.raw`size(b'\n${'€'.repeat(90_000)}') > 0`)).toBe('has a value of type boolean')
  })

  it('nor many terms of `&&`, which are no deeper than their number is long', () => {
    const expression = `true${' && true'.repeat(10_000)}`
    expect(soon(() => outcome(expression))).toBe('has a value of type boolean')
  })

  it('nor many calls, whose types are inferred without copying what is known', () => {
    expect(soon(() => outcome(`[${'[1 == 1], [], '.repeat(6000)}]`))).toBe('has a value of type object')
  })
})

const EVERYTHING = numbers(30_000).map((index) => String.fromCodePoint(0x4e00 + 2 * index)).join('')

describe('patterns are read once:', () => {
  it.each([
    ['groups', '(?:)'.repeat(700_000), 'a', true],
    ['names of groups', numbers(40_000).map((index) => `(?P<n${String(index)}>)`).join(''), 'a', true],
    ['flags', '(?i)'.repeat(700_000), 'a', true],
    ['properties', String.raw`\pL`.repeat(40_000), 'a', false],
    ['literal text', `${String.raw`\Q`}${'a'.repeat(49_000)}`, 'b', false],
    ['pieces of literal text', String.raw`\Q\E`.repeat(700_000), 'a', true],
    ['repetitions of all there is', `${'('.repeat(900)}${'a'.repeat(40_000)}${')*'.repeat(900)}`, 'b', true],
    ['a class', `^[${'aé'.repeat(700_000)}]+$`, 'é'.repeat(1_000_000), true],
    ['a class of everything', `^[${EVERYTHING}]+$`, EVERYTHING.repeat(10), true],
  ])('%s', { timeout: 20_000 }, (_, pattern, text, isMatch) => {
    expect(matchesPattern(pattern, text)).toBe(isMatch)
  })
})

describe('patterns take linear time:', () => {
  it.each([
    ['(a+)+$', `${'a'.repeat(20_000)}b`, false],
    ['(a|aa)+$', `${'a'.repeat(20_000)}b`, false],
    ['(.*)(.*)(.*)(.*)(.*)x', 'a'.repeat(10_000), false],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(20_000), false],
    [`${'a?'.repeat(200)}${'a'.repeat(200)}`, 'a'.repeat(200), true],
    ['(?i)(straße|STRASSE)*k$', `${'straße'.repeat(1000)}K`, true],
  ])('%s', (pattern, text, isMatch) => {
    expect(soon(() => matchesPattern(pattern, text))).toBe(isMatch)
  })
})
