/**
 * Where the API server's rules differ from the language definition, or do what one would not guess: which numbers and
 * times come out as which text, what conversions and operators say of what they do not take, and what an estimate
 * thinks of values that no path of fields leads to (cel-go 0.26, ext/formatting.go, checker/cost.go; apiserver
 * pkg/cel/library; k8s.io/apimachinery pkg/api/resource/quantity.go).
 */
import { describe, expect, it } from 'vitest'
import { celEnvironment } from '../../src/apis/cel-environment.ts'
import { compileStructural } from '../../src/apimachinery/structural/structural-schema.ts'
import type { JsonSchema } from '../../src/apimachinery/structural/json-schema.ts'
import { declareSchema } from '../../src/apis/apiextensions/rules/declare-schema.ts'
import type { Evaluation, Program } from '../../src/cel/environment.ts'

const NOT_UTF8 = '"invalid UTF-8 in bytes, cannot convert to string"'

const text: JsonSchema = { type: 'string', maxLength: 50 }
const SELF: JsonSchema = {
  type: 'object',
  properties: {
    s: text,
    i: { type: 'integer' },
    d: { type: 'number' },
    b: { type: 'boolean' },
    at: { type: 'string', format: 'date-time' },
    either: { 'x-kubernetes-int-or-string': true, maxLength: 20 },
    list: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 20 } },
    numbers: { type: 'array', maxItems: 10, items: { type: 'integer' } },
    map: { type: 'object', maxProperties: 10, additionalProperties: { type: 'string', maxLength: 10 } },
    inner: { type: 'object', properties: { namespace: text, for: text } },
  },
}

function programOf(expression: string): Program {
  const declared = declareSchema(compileStructural(SELF), false)
  if (declared === undefined) throw new Error('the schema has a type')
  const compiled = celEnvironment().extend({ variables: { self: declared.type } }).compile(expression)
  if (compiled.program === undefined) throw new Error(compiled.problem.message)
  return compiled.program
}

function evaluate(expression: string, self: object = {}): Evaluation {
  return programOf(expression).evaluate({ self })
}

describe('as text', () => {
  it.each([
    ['string(999999.5)', '999999.5'],
    ['string(1000000.0)', '1e+06'],
    ['string(123456789.125)', '1.23456789125e+08'],
    ['string(1e20)', '1e+20'],
    ["'%s'.format([1.0 / 0.0])", '+Inf'],
    ["'%f'.format([-1.0 / 0.0])", '-∞'],
    ["'%e'.format([1.0 / 0.0])", '     ∞'],
    ["'%.3e'.format([123456.789])", '1.234568×10⁰⁵'],
    ["'%.20e'.format([1.5])", '     1.500000×10⁰⁰'.padStart(20)],
    ["string(timestamp('2020-02-01T00:00:00+05:00'))", '2020-02-01T00:00:00+05:00'],
    ["string(timestamp('2020-02-01T00:00:00-05:30') + duration('1h'))", '2020-02-01T01:00:00-05:30'],
    ["string(timestamp('2020-02-01T00:00:00+00:00'))", '2020-02-01T00:00:00Z'],
  ])('%s is %j', (expression, expected) => expect(evaluate(expression).value).toBe(expected))

  it('a time of a resource keeps the zone that it was written in, and is the same instant', () => {
    const self = { at: '2021-03-04T05:06:07+02:00' }
    expect(evaluate('string(self.at)', self).value).toBe('2021-03-04T05:06:07+02:00')
    expect(evaluate("self.at == timestamp('2021-03-04T03:06:07Z') && self.at.getHours() == 3", self).value).toBe(true)
  })
})

describe('values', () => {
  it.each([
    "duration('1h30m').getMilliseconds() == 5400000",
    "quantity('1Ti').isInteger() && quantity('1023Gi').isInteger() && quantity('1.5k').asInteger() == 1500",
    "!quantity('1Pi').isInteger() && !quantity('1000m').isInteger() && !quantity('1.0').isInteger()",
    "!quantity('0.5').add(quantity('0.5')).isInteger() && quantity('5').sub(quantity('5')).isInteger()",
    "quantity('999999999999999999').isInteger() && !quantity('9223372036854775807').isInteger()",
  ])('%s', (expression) => expect(evaluate(expression).value).toBe(true))

  it.each([
    '{self.i: 1, self.i: 2}[1] == 2',
    '{self.s: 1, ?self.s: optional.none()}.size() == 0 && {?self.s: optional.none(), self.s: 1}.size() == 1',
    "{dyn(1): 'i', dyn(1u): 'u', dyn(1.0): 'd'}.size() == 3",
    "{dyn(self.i): 'i', dyn(1u): 'u', dyn(1.0): 'd'}[1u] == 'u'",
    "{dyn(self.i): 'i', dyn(1u): 'u', dyn(1.0): 'd'}[1.0] == 'd'",
    "{dyn(1u): 'u'}[self.i] == 'u' && {dyn(self.i): 'i'}[1.0] == 'i' && !(1 in {dyn(1.0): 'd'})",
    '{self.d: 1}[1.5] == 1 && {0.0: 1, -0.0: 2}.size() == 1 && {double("NaN"): 1, double("NaN"): 2}.size() == 2',
    'null in {dyn(null): 1, dyn("a"): 2} && type(self.i) in {int: 1}',
    'self.at in {self.at: 1} && {self.at: 1} == {self.at: 1}',
    "duration('1h') in {duration('60m'): 1} && {ip('::1'): 1, ip('0::1'): 2}.size() == 1",
    "{cidr('10.0.0.0/8'): 1, cidr('10.0.0.0/8'): 2}.size() == 1",
    "{quantity('1'): 1, quantity('1'): 2}.size() == 2 && {optional.none(): 1, optional.none(): 2}.size() == 1",
    '!(self.list in {self.list: 1}) && {self.list: 1} != {self.list: 1} && {self.list: 1}.all(k, k == self.list)',
    "{dyn('\\u0000uint 1'): 'text', dyn('\\u0000\\u0000'): 'two'}.size() == 2 && !(dyn(1u) in {dyn('\\u0000uint 1'): 1})",
    '[1, 1].transformMapEntry(i, v, {self.list: i}).size() == 2',
  ])('keys of maps are of any kind: %s', (expression) => {
    const self = { s: 'x', i: 1, d: 1.5, at: '2021-03-04T05:06:07Z', list: ['b'] }
    expect(evaluate(expression, self).value).toBe(true)
  })

  it('a reserved word names a field behind a dot, as it does when it is escaped', () => {
    const self = { inner: { namespace: 'x', for: 'y' } }
    const same = ["self.inner.namespace == 'x'", "self.inner.__namespace__ == 'x'", 'has(self.inner.for)']
    for (const expression of same) {
      expect([expression, evaluate(expression, self).value]).toEqual([expression, true])
    }
    expect(evaluate('has(self.inner.namespace)', { inner: {} }).value).toBe(false)
  })

  it.each([
    ["int(self.s) == 1", "type conversion error from 'string' to 'int'"],
    ['duration(self.s) == duration(self.s)', "type conversion error from 'string' to 'google.protobuf.Duration'"],
    ['self.either + 1 == 2', 'no such overload'],
    ["self.either < self.i", 'no such overload'],
    ['!self.either', 'no such overload'],
    ["{b'a': self.i}.size() == 1", 'internal error: runtime error: hash of unhashable type types.Bytes'],
    ["dyn(bytes(self.s)) in {self.s: 1}", 'internal error: runtime error: hash of unhashable type types.Bytes'],
    ["{semver('1.2.3'): self.i}.size() == 1", 'internal error: runtime error: hash of unhashable type cel.Semver'],
    ['[0, 1].transformMapEntry(i, v, {null: i}).size() == 1', 'insert failed: key 0 already exists'],
    ['[1, 1].transformMapEntry(i, v, {double(v): i}).size() == 1', 'insert failed: key 1 already exists'],
    ["'%s'.format([{1.5: self.i}]) == ''", 'error during formatting: no formatting function for map key of type double'],
    ['{self.s: 1}[dyn(self.list)] == 1', 'invalid qualifier type: *common.unstructuredList'],
    ['{self.s: 1}[dyn(self.map)] == 1', 'invalid qualifier type: *common.unstructuredMap'],
    ['{self.s: 1}[dyn([self.s])] == 1', 'invalid qualifier type: *types.baseList'],
    ['{self.s: 1}[dyn(self.at - self.at)] == 1', 'invalid qualifier type: types.Duration'],
    ['{self.s: 1}[?dyn(bytes(self.s))].hasValue()', 'invalid qualifier type: types.Bytes'],
    ["self.list[dyn('a')] == 'a'", "unsupported index type 'string' in list"],
    ["cidr('10.0.0.0/8').containsIP(self.s)", 'no such overload'],
    ['dyn(self.map) + 1 == 1', 'no such overload: _+_'],
    ['dyn(self.i) + dyn(self.s) == 1', 'no such overload'],
    ['dyn({}) < 1', 'no such overload: _<_'],
    ["size(dyn(duration('1s'))) == 1", 'no such overload'],
    ['size(dyn(1)) == 1', 'no such overload: size'],
    ["dyn(1).matches('a')", 'no such overload'],
    ['dyn(1).matches(dyn(1))', 'no such overload: matches'],
    ['[dyn(null)].sort() == []', 'list elements must be comparable'],
    ['dyn(self.i).map(x, x) == []', "got 'types.Int', expected iterable type"],
    ["dyn(self.s).all(i, x, true)", 'unsupported comprehension range type: types.String'],
    ["dyn(ip('10.0.0.1')) == 1", 'no such overload'],
    ['dyn(self.list) == 1', 'no such overload'],
    ['[?dyn(self.i)] == []', 'cannot initialize optional list element from non-optional value 1'],
    ["{?'a': dyn(self.s)} == {}", "cannot initialize optional entry 'a' from non-optional value x"],
    ["'%s'.format([b'\\xff']) == self.s", `error during formatting: could not convert argument ${NOT_UTF8} to string`],
  ])('%s fails with %j', (expression, message) => {
    const self = { s: 'x', i: 1, either: 'a', list: ['b'], map: {}, at: '2021-03-04T05:06:07Z' }
    expect(evaluate(expression, self).error?.message).toBe(message)
  })

  const PREFIX = 'network address parse error during conversion from string'
  it.each([
    ['10.0.0.0', "no '/'"],
    ['10.0.0.0/33', 'prefix length out of range'],
    ['10.0.0.0/08', 'bad bits after slash: "08"'],
    ['a/8', 'ParseAddr("a"): unable to parse IP'],
    ['fe80::1%eth0/64', 'IPv6 zones cannot be present in a prefix'],
  ])('%s is no network: %s', (address, why) => {
    const said = `${PREFIX}: ${PREFIX}: netip.ParsePrefix("${address}"): ${why}`
    expect(evaluate(`cidr('${address}') == cidr('::/0')`).error?.message).toBe(said)
  })
})

describe('what an expression is estimated to cost at most', () => {
  it.each([
    // A name that is no variable counts as the whole value, which has no size.
    ['type(self.i) == int', 4],
    // So does what comes from a list that is no field.
    ["(self.b ? self.list : self.list).map(x, x + 'z').size() == 0", 157],
    ["dyn(self.list).map(x, string(x) + 'z').size() == 0", 166],
    // Keys of maps count nothing; values count what the schema says.
    ['self.map.all(k, v, k != v)', 53],
    ['self.map.all(k, k.size() > 1)', 63],
    // Fields by a reserved word have no size that is known.
    ["self.inner.namespace == 'abcdefghijkl'", 5],
    ["matches(self.s, '^a+$')", 3],
    ['self.numbers.distinct().size() == 0', 215],
    ['self.numbers.slice(3, 1).size() == 0', 2n ** 64n - 1n],
  ])('%s: %d', (expression, cost) => expect(programOf(expression).estimateCost().max).toBe(cost))
})
