/** How evaluation treats errors, unknowns and JSON; the language's functions are covered by the conformance tests. */
import { describe, expect, it } from 'vitest'
import { celEnvironment } from '../../src/apis/cel-environment.ts'
import { createEnvironment } from '../../src/cel/environment.ts'
import { UNKNOWN } from '../../src/cel/evaluate/frame.ts'
import { OPTIONALS } from '../../src/cel/library/extensions/optionals.ts'
import { declaredList, declaredObject, declaredType } from '../../src/cel/types/declared-type.ts'
import { BOOL, DYN, INT, STRING, UINT } from '../../src/cel/types/type.ts'

describe('what one side of && and || decides absorbs', () => {
  const environment = createEnvironment({ variables: { t: BOOL, f: BOOL, u: BOOL, v: BOOL, n: INT } })
  const activation = { t: true, f: false, u: UNKNOWN, v: UNKNOWN, n: 0 }
  const DIVIDED = { message: 'division by zero', isCostLimit: false }

  it.each([
    ['f && 1 / n == 1', { value: false }],
    ['1 / n == 1 && f', { value: false }],
    ['1 / n == 1 || t', { value: true }],
    ['1 / n == 1 || f', { error: DIVIDED }],
    ['1 / n == 1 && t', { error: DIVIDED }],
    ['u && f', { value: false }],
    ['t || u', { value: true }],
    ['u || f', { unknown: ['u'] }],
    ['u && v', { unknown: ['u', 'v'] }],
    ['1 / n == 1 || u', { unknown: ['u'] }],
    ['u ? t : f', { unknown: ['u'] }],
    ['[1, 2].all(x, x / n == 1)', { error: DIVIDED }],
    ['[0, 1].exists(x, 1 / x == 1)', { value: true }],
    ['[0, 1].all(x, 1 / x == 2)', { value: false }],
    ['[0, 1].exists_one(x, 1 / x == 1)', { error: DIVIDED }],
    ['[0, 1].map(x, 1 / x).size() == 2', { error: DIVIDED }],
  ])('%s', (expression, expected) => {
    const { program, problem } = environment.compile(expression)
    expect(problem).toBeUndefined()
    expect(program?.evaluate(activation)).toMatchObject(expected)
  })

  it('errors and unknowns, but not the end of the budget', () => {
    const { program } = environment.compile('[1, 2, 3, 4].map(x, x + n).size() == 5 || t')
    expect(program?.evaluate(activation, { costLimit: 10 }).error).toEqual({
      message: 'operation cancelled: actual cost limit exceeded',
      isCostLimit: true,
    })
  })
})

describe('a variable', () => {
  const environment = createEnvironment({ variables: { a: DYN, 'a.b': INT, count: UINT }, libraries: [OPTIONALS] })

  it('that nobody gave is an error when it is asked for', () => {
    expect(environment.compile('a == 1').program?.evaluate({}).error?.message).toBe('no such attribute(s): a')
    expect(environment.compile('true || a == 1').program?.evaluate({}).value).toBe(true)
  })

  it('with dots in its name hides a field', () => {
    expect(environment.compile('a.b == 2').program?.evaluate({ a: { b: 1 }, 'a.b': 2 }).value).toBe(true)
  })

  it('of dynamic type is what its JSON says', () => {
    const holds = (expression: string, a: unknown): unknown =>
      environment.compile(expression).program?.evaluate({ a }).value
    expect(holds('type(a) == int && a == 1', 1)).toBe(true)
    expect(holds('type(a) == double && a == 1.5', 1.5)).toBe(true)
    expect(holds('a[0].b[?5].orValue("none") == "none"', [{ b: [1] }])).toBe(true)
    expect(holds('a == {"x": [1, null]}', { x: [1, null] })).toBe(true)
    expect(holds('a.size() == 2 && "x" in a && a.all(k, k.size() == 1)', { x: 1, y: 2 })).toBe(true)
  })
})

describe('an object with a schema', () => {
  const part = declaredObject('Part', [['n', { property: 'n', type: declaredType(INT) }]])
  const self = declaredObject('Self', [
    ['name', { property: 'name', type: declaredType(STRING) }],
    ['__for__', { property: 'for', type: declaredType(STRING) }],
    ['parts', { property: 'parts', type: declaredList(part) }],
    ['nothing', { property: 'nothing', type: { ...declaredType(STRING), isNullable: true } }],
  ])
  const environment = celEnvironment().extend({ variables: { self } })
  const evaluate = (expression: string, value: unknown) => {
    const { program, problem } = environment.compile(expression)
    expect(problem?.message).toBeUndefined()
    return program?.evaluate({ self: value })
  }

  it('is read where it is asked for, and nowhere else', () => {
    const read: string[] = []
    const watched = new Proxy(
      { name: 'a', parts: [{ n: 1 }] },
      {
        get(target, property) {
          read.push(String(property))
          return Reflect.get(target, property) as unknown
        },
      },
    )
    expect(evaluate("self.name == 'a' && has(self.parts)", watched)?.value).toBe(true)
    expect(new Set(read)).toEqual(new Set(['name', 'parts']))
  })

  it('has names that JSON could not have in an expression', () => {
    expect(evaluate("self.__for__ == 'x'", { for: 'x' })?.value).toBe(true)
  })

  it('lacks fields that are null', () => {
    expect(evaluate('has(self.nothing)', { nothing: null })?.value).toBe(false)
    expect(evaluate("self.nothing == 'a'", { nothing: null })?.error?.message).toBe('no such key: nothing')
  })

  it('refuses data that its schema does not allow', () => {
    expect(evaluate('self.parts[0].n == 1', { parts: [{ n: 'x' }] })?.error?.message).toBe(
      'invalid data, expected int, got string',
    )
    expect(evaluate('self.parts.size() == 1', { parts: 'x' })?.error?.message).toBe(
      'invalid data, expected an array for the provided schema with type=array',
    )
  })
})

describe('a program', () => {
  it('tells the type of its result', () => {
    const environment = celEnvironment()
    expect(environment.compile("{'a': [1]}").program?.resultType.name).toBe('map')
    expect(environment.compile('1 == 1').program?.resultType).toEqual(BOOL)
  })

  it('can be asked again and again, and keeps nothing', () => {
    const { program } = createEnvironment({ variables: { list: DYN } }).compile('list.map(x, x + 1)')
    const first = program?.evaluate({ list: [1, 2] }).value
    program?.evaluate({ list: [5] })
    expect(first).toEqual(program?.evaluate({ list: [1, 2] }).value)
  })
})
