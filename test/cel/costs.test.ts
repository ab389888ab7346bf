/**
 * What evaluations cost, and what they are estimated to cost. The numbers are upstream's (apiextensions-apiserver
 * pkg/apiserver/schema/cel/celcoststability_test.go, apiserver pkg/cel/library/cost_test.go): a rule that fits its
 * budget there has to fit here.
 */
import { describe, expect, it } from 'vitest'
import { celEnvironment } from '../../src/apis/cel-environment.ts'
import { createEnvironment } from '../../src/cel/environment.ts'
import { BINDINGS, OPTIONALS, TWO_VARIABLE_COMPREHENSIONS } from '../../src/cel/library/extensions/optionals.ts'
import { SETS } from '../../src/cel/library/extensions/sets.ts'
import { STRINGS } from '../../src/cel/library/extensions/strings.ts'
import { CIDRS, IP_ADDRESSES } from '../../src/cel/library/kubernetes/addresses.ts'
import { JSON_PATCH, PER_CALL_COST_LIMIT } from '../../src/cel/library/kubernetes/environment.ts'
import { KUBERNETES_LISTS } from '../../src/cel/library/kubernetes/lists.ts'
import { KUBERNETES_REGEX } from '../../src/cel/library/kubernetes/regex.ts'
import { SEMVERS } from '../../src/cel/library/kubernetes/semver.ts'
import { URLS } from '../../src/cel/library/kubernetes/urls.ts'
import { declaredList, declaredMap, declaredObject, declaredType } from '../../src/cel/types/declared-type.ts'
import type { DeclaredType } from '../../src/cel/types/declared-type.ts'
import { BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP } from '../../src/cel/types/type.ts'
import { OptionalValue } from '../../src/cel/values/optional.ts'

const [int, double, string, dyn] = [INT, DOUBLE, STRING, DYN].map(declaredType) as [
  DeclaredType, DeclaredType, DeclaredType, DeclaredType,
]

const object = (name: string, fields: Readonly<Record<string, DeclaredType>>): DeclaredType =>
  declaredObject(name, Object.entries(fields).map(([field, type]) => [field, { property: field, type }]))

/** Fields `val1`, `val2`, … */
const fields = <T>(values: readonly T[]): Record<string, T> =>
  Object.fromEntries(values.map((value, index) => [`val${String(index + 1)}`, value]))

interface Case {
  readonly name: string
  readonly self: Readonly<Record<string, unknown>>
  readonly declared: DeclaredType
  readonly costs: Readonly<Record<string, number>>
}

const keyed = object('keyed', { k: string, v: string, v2: string })
const listMap = declaredList(keyed, { semantics: { kind: 'map', keys: ['k'] } })
const set = (element: DeclaredType): DeclaredType => declaredList(element, { semantics: { kind: 'set' } })
const nullable = (type: DeclaredType): DeclaredType => ({ ...type, isNullable: true })

const CASES: readonly Case[] = [
  {
    name: 'numbers',
    self: fields([5, 10, 10, 1]),
    declared: object('o', fields([int, double, int, double])),
    costs: {
      'self.val1 == self.val3 - 5': 6,
      'type(self.val1) == int': 4,
      'type(self.val4) == double': 4,
      'self.val4 == 1.0': 3,
      'double(self.val1) < self.val2': 6,
      'self.val1 < int(self.val2)': 6,
      'double(5) < 10.0': 1,
      'double(self.val1) < 10.0': 4,
    },
  },
  {
    name: 'texts',
    self: fields(['Rook takes 👑', 'Rook takes 👑']),
    declared: object('o', fields([string, string])),
    costs: {
      "self.val1.startsWith('Rook')": 4,
      "!self.val1.startsWith('knight')": 5,
      "self.val1.matches('^[^0-9]*$')": 8,
      "!self.val1.matches('^[0-9]*$')": 7,
      'size(self.val1) == 12': 4,
      "self.val1.charAt(3) == 'k'": 4,
      "self.val1.indexOf('o') == 1": 4,
      "self.val1.indexOf('o', 2) == 2": 4,
      "self.val1.replace(' ', 'x') == 'Rookxtakesx👑'": 7,
      "self.val1.replace(' ', 'x', 1) == 'Rookxtakes 👑'": 7,
      "self.val1.split(' ') == ['Rook', 'takes', '👑']": 6,
      "self.val1.split(' ', 2) == ['Rook', 'takes 👑']": 6,
      "self.val1.substring(5) == 'takes 👑'": 5,
      "self.val1.substring(4, 10).trim() == 'takes'": 6,
      "self.val1.upperAscii() == 'ROOK TAKES 👑'": 6,
      'self.val1.lowerAscii() == self.val1.lowerAscii()': 10,
      "'%d %s %f %s %s'.format([1, 'abc', 1.0, duration('1m'), null]) == '1 abc 1.000000 60s null'": 5,
      "'%e'.format([3.14]) == '3.140000×10⁰⁰'": 3,
      "'%o %o %o'.format([7, 8, 9]) == '7 10 11'": 2,
      "'%b %b %b'.format([7, 8, 9]) == '111 1000 1001'": 3,
    },
  },
  {
    name: 'bytes and times',
    self: fields(['QUI=', '1h2m3s4ms', '1997-07-16', '2011-08-18T19:03:37.010000000+01:00']),
    declared: object('o', fields([BYTES, DURATION, TIMESTAMP, TIMESTAMP].map(declaredType))),
    costs: {
      "self.val1 == b'AB'": 3,
      'size(self.val1) == 2': 4,
      "self.val2 == duration('1h2m') + duration('3s4ms')": 4,
      'self.val2.getHours() == 1': 4,
      'type(self.val2) == google.protobuf.Duration': 4,
      'self.val3.getDate() == 16': 4,
      "self.val4 == timestamp('2011-08-18T00:00:00.000+01:00') + duration('19h3m37s10ms')": 4,
      "self.val4.getDate('01:00') == 18": 4,
    },
  },
  {
    name: 'lists',
    self: { ...fields([[1, 2, 3], [1, 2, 3]]), array: [1, 1, 2, 2, 3, 3, 4, 5] },
    declared: object('o', { ...fields([declaredList(int), declaredList(int)]), array: declaredList(int) }),
    costs: {
      '1 in self.val1': 5,
      'self.val2[0] in self.val1': 8,
      '!(0 in self.val1)': 6,
      'self.val1 + self.val2 == [1, 2, 3, 1, 2, 3]': 6,
      'self.val1 + [4, 5] == [1, 2, 3, 4, 5]': 4,
      'has(self.val1)': 1,
      'has(self.val1) && has(self.val2)': 2,
      '2 in self.array': 10,
      'self.array.all(e, e > 0)': 43,
      'self.array.exists(e, e > 2)': 36,
      'self.array.exists_one(e, e > 4)': 22,
      '!self.array.all(e, e < 2)': 21,
      'size(self.array.filter(e, e%2 == 0)) == 3': 68,
      'self.array.map(e, e * 20).filter(e, e > 50).exists(e, e == 60)': 194,
      'self.array.all(i, e, e > 0)': 43,
      'self.array.existsOne(i, e, e > 4)': 22,
      'self.array.transformList(i, e, e > 2, e * 2).size() > 0': 77,
    },
  },
  {
    name: 'sets',
    self: fields([['a', 'b', 'c'], ['a', 'c', 'b'], Array.from({ length: 1000 }, (_, index) => index + 1)]),
    declared: object('o', fields([set(string), set(string), set(int)])),
    costs: {
      "self.val1 == ['c', 'b', 'a']": 3,
      'self.val1 == self.val2': 5,
      'self.val2[0] in self.val1': 8,
      "self.val1 + self.val2 == ['a', 'b', 'c']": 6,
      "self.val1 + ['c', 'd'] == ['a', 'b', 'c', 'd']": 4,
      "sets.contains(self.val1, ['a'])": 6,
      "sets.equivalent(self.val1, ['a', 'b', 'c'])": 21,
      'sets.contains(self.val3, [1])': 1003,
      '!sets.equivalent(self.val3, [1, 2, 3])': 6004,
    },
  },
  {
    name: 'lists that are maps',
    self: {
      objs: [
        [{ k: 'a', v: '1' }, { k: 'b', v: '2' }],
        [{ k: 'b', v: '2' }, { k: 'a', v: '1' }],
        [{ k: 'b', v: '3' }, { k: 'a', v: '1' }],
        [{ k: 'c', v: '4' }],
      ],
      listMap: [{ k: 'a1', v: 'b1' }, { k: 'a2', v: 'b2' }, { k: 'a3', v: 'b3', v2: 'z' }],
    },
    declared: object('o', { objs: declaredList(listMap), listMap }),
    costs: {
      'self.objs[0] == self.objs[1]': 7,
      'self.objs[0] + self.objs[2] == self.objs[2]': 11,
      'self.objs[2] + self.objs[0] == self.objs[0]': 11,
      'self.objs[0] == [self.objs[0][1], self.objs[0][0]]': 22,
      'self.objs[2] + [self.objs[0][0], self.objs[0][1]] == self.objs[0]': 26,
      'size(self.objs[0] + [self.objs[3][0]]) == 3': 20,
      'has(self.listMap[0].v)': 3,
      "self.listMap.all(m, m.k.startsWith('a'))": 21,
      "self.listMap.all(m, !has(m.v2) || m.v2 == 'z')": 21,
      "self.listMap.exists(m, m.k.endsWith('1'))": 13,
      "!self.listMap.exists(m, m.v == 'x')": 25,
      "self.listMap.exists(m, m.k == 'a1' && m.v == 'b1')": 16,
      "self.listMap.map(m, m.v).exists(v, v == 'b1')": 55,
      // Two of the elements fail, the third one decides.
      "self.listMap.exists(m, m.v2 == 'z')": 24,
      "!self.listMap.all(m, m.v2 != 'z')": 22,
      "self.listMap.filter(m, has(m.v2) && m.v2 == 'z').map(m, m.v2).size() == 1": 39,
      "self.listMap.transformList(i, m, has(m.v2) && m.v2 == 'z', m.v2).size() == 1": 25,
    },
  },
  {
    name: 'maps',
    self: { val: { b: 1, d: 2 } },
    declared: object('o', { val: declaredMap(int) }),
    costs: {
      "!('a' in self.val)": 4,
      '!has(self.val.a)': 3,
      'self.val.all(k, self.val[k] > 0)': 17,
      '!self.val.exists(k, self.val[k] == 3)': 20,
      'self.val.exists_one(k, self.val[k] == 2)': 14,
      'size(self.val.filter(k, self.val[k] > 1)) == 1': 26,
      'self.val.all(k, v, v > 0)': 13,
      'self.val.transformMap(k, v, v > 1, v + 1).size() == 1': 14,
      'self.val.transformMap(k, v, v + 1).size() == 2': 15,
      "self.val.transformMapEntry(k, v, v > 1, {k + '2': v + 1}).size() == 1": 45,
      "self.val.transformMapEntry(k, v, {k + '2': v + 1}).size() == 2": 77,
    },
  },
  {
    name: 'objects',
    self: { a: { b: 1, d: null }, a1: { b1: { c1: 4 } }, embedded: { kind: 'Pod' } },
    declared: object('o', {
      a: object('a', { b: int, c: int, d: nullable(int) }),
      a1: object('a1', { b1: object('b1', { c1: int }), d2: object('d2', { e2: int }) }),
      embedded: object('e', { kind: string }),
    }),
    costs: {
      'has(self.a.b)': 2,
      'has(self.a1.b1.c1)': 3,
      '!(has(self.a1.d2) && has(self.a1.d2.e2))': 3,
      '!has(self.a.d)': 3,
      "self.embedded.kind == 'Pod'": 4,
      'type(self) == type(self)': 5,
    },
  },
  {
    name: 'ints or strings',
    self: { something: '25%', min: '50%', current: 5, available: 10 },
    declared: object('o', { something: dyn, min: dyn, current: int, available: int }),
    costs: {
      "type(self.something) == int ? self.something == 1 : self.something == '25%'": 7,
      "type(self.something) == string && self.something == '25%'": 7,
      "self.something == 1 || self.something == '25%'": 6,
      "self.something == '25%' || self.something == 1": 3,
      "type(self.min) == string && self.min.matches(r'(\\d+(\\.\\d+)?%)')": 10,
      [[
        'type(self.min) == int ? self.current <= self.min : double(self.current) / double(self.available) >=',
        "double(self.min.replace('%', '')) / 100.0",
      ].join(' ')]: 17,
    },
  },
]

describe('rules about an object cost what they cost upstream:', () => {
  const table = CASES.flatMap(({ name, self, declared, costs }) =>
    Object.entries(costs).map(([expression, cost]) => ({ name, self, declared, expression, cost })),
  )

  it.each(table)('$name: $expression', ({ self, declared, expression, cost }) => {
    const { program, problem } = celEnvironment().extend({ variables: { self: declared } }).compile(expression)
    expect(problem?.message).toBeUndefined()
    expect(program?.evaluate({ self }, { costLimit: PER_CALL_COST_LIMIT })).toEqual({ value: true, cost })
  })
})

describe('expressions without variables cost, and are estimated to cost, what they do upstream:', () => {
  const environment = createEnvironment({
    libraries: [
      STRINGS, SETS, OPTIONALS, TWO_VARIABLE_COMPREHENSIONS, URLS, KUBERNETES_REGEX, KUBERNETES_LISTS, IP_ADDRESSES,
      CIDRS, SEMVERS, JSON_PATCH, BINDINGS,
    ],
  })

  it.each([
    ['[1, 2, 3, 4, 5].sum()', 15, 15, 15],
    ['[uint(1), uint(2), uint(3), uint(4), uint(5)].max()', 20, 20, 20],
    ["url('https:://kubernetes.io/').getHost()", 4, 4, 4],
    ["ip('192.168.0.1').isLoopback()", 3, 3, 3],
    ["ip('192.168.0.1') == ip('192.168.0.1')", 5, 5, 5],
    ["'0123456789012'.lowerAscii()", 2, 2, 2],
    ["'abc 123 def 123'.split(' ')", 3, 3, 3],
    ["'abc 123 def 123'.replace('123', '456')", 3, 3, 3],
    ["'abc 123 def 123'.find('123')", 2, 2, 2],
    ['sets.contains([1], [])', 21, 21, 21],
    ['sets.equivalent([1], [1])', 23, 23, 23],
    ["{'a': 1, 'b': 2}.transformMap(k, v, v + 1)", 71, 71, 71],
    ["{'a': 1, 'b': 2}.transformMapEntry(k, v, v < 5, {k: v + 1})", 67, 135, 135],
    ['[1, 2].transformList(i, v, v < 5, v + 1)', 27, 53, 53],
    ["semver('1.2.3').isLessThan(semver('1.0.0'))", 3, 3, 3],
    ["jsonpatch.escapeKey('abc/def')", 1, 1, 1],
    ['true || false', 0, 0, 0],
    ["'a'.startsWith('b') ? [1, 2] : []", 11, 11, 11],
  ])('%s', (expression, min, max, actual) => {
    const { program } = environment.compile(expression)
    const { cost } = program?.evaluate({}) ?? {}
    expect([program?.estimateCost(), cost]).toEqual([{ min, max }, actual])
  })
})

describe('a step under a key that nothing can be found under', () => {
  it.each([
    ["dyn({'a': 1})[ip('1.2.3.4')]", 3],
    ["[1][dyn(ip('1.2.3.4'))]", 4],
    ["dyn({'a': {'b': 1}}).a[ip('1.2.3.4')].c", 4],
    ["dyn({'a': 1})[?ip('1.2.3.4')]", 2],
    ["optional.of(dyn({'a': 1}))[ip('1.2.3.4')]", 3],
  ])('costs what it costs upstream: %s', (expression, cost) => {
    const answer = celEnvironment().compile(expression).program?.evaluate({})
    expect([answer?.error?.message, answer?.cost]).toEqual(['invalid qualifier type: cel.IP', cost])
  })

  it.each([
    ["optional.none()[ip('1.2.3.4')]", 2],
    ["dyn({'a': 1})[?'b'][ip('1.2.3.4')]", 1],
    ['optional.none()[1 / 0]', 2],
  ])('is not taken from what is not there: %s', (expression, cost) => {
    const answer = celEnvironment().compile(expression).program?.evaluate({})
    expect([answer?.value instanceof OptionalValue && answer.value.content, answer?.cost]).toEqual([undefined, cost])
  })
})

describe('an estimate follows the largest sizes that a schema allows:', () => {
  const sized = (maxSize: number): DeclaredType => ({ ...string, maxSize })
  const self = object('o', {
    name: sized(10),
    list: declaredList(sized(5), { maxSize: 100 }),
    map: declaredMap(int, { maxSize: 50 }),
    free: string,
    count: int,
  })
  const environment = celEnvironment().extend({ variables: { self } })

  it.each([
    ["self.name == 'abc'", 3],
    ["self.free.contains('x')", 1_844_674_407_370_955_266n],
    ['self.count > 1', 3],
    ["self.list.all(e, e.startsWith('a'))", 503],
    ['self.list.all(a, self.list.all(b, a == b))', 60_603],
    ['self.map.all(k, self.map[k] > 0)', 403],
    ["self.name.matches('[a-z]+')", 6],
  ])('%s', (expression, max) => {
    expect(environment.compile(expression).program?.estimateCost().max).toBe(max)
  })
})
