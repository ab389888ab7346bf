/** Selectors against upstream's grammar and texts (k8s.io/apimachinery pkg/labels, pkg/fields). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatLabelSelector,
  parseFieldSelector,
  parseLabelSelector,
  selectorFromMap,
  selectorFromSpec,
  SelectorError,
  type Labels,
} from '../../src/apimachinery/selectors.ts'

const PRINTED: [text: string, want: string][] = [
  ['', ''],
  ['x=a,y=b,z=c', 'x=a,y=b,z=c'],
  ['b==2,a', 'a,b==2'],
  [' x = a ', 'x=a'],
  ['x!=a', 'x!=a'],
  ['!x', '!x'],
  ['x in (b,a,b)', 'x in (a,b)'],
  ['x notin ()', 'x notin ()'],
  ['x in (foo,,baz),y,z notin ()', 'x in (,baz,foo),y,z notin ()'],
  ['x in (in,notin)', 'x in (in,notin)'],
  ['in in (in)', 'in in (in)'],
  ['x=', 'x='],
  ['x>1', 'x>1'],
  ['x<10,y', 'x<10,y'],
  ['x in (,)', 'x in ()'],
  ['example.com/a=1', 'example.com/a=1'],
  // Go's lexer takes a NUL for the end of a token, and then of the text.
  ['a=b\0', 'a=b'],
  ['a\0=\0b', 'a=b'],
  ['a \0=b', 'a'],
  ['\0', ''],
  ['a in (b\0)', 'a in (b)'],
]

const REFUSED: [text: string, want: string][] = [
  ['a=b=c', "found '=', expected: ',' or 'end of string'"],
  ['a,', "found '', expected: identifier after ','"],
  [',a', "found ',', expected: !, identifier, or 'end of string'"],
  ['a,\0', "found '', expected: identifier after ','"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['!=a', "found '!=', expected: !, identifier, or 'end of string'"],
  ['a=(', "unable to parse requirement: found '(', expected: identifier"],
  ['a in b', "unable to parse requirement: found 'b' expected: '('"],
  ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
  ['a in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
  ['!a=b', "found '=', expected: ',' or 'end of string'"],
  [
    'a>x',
    "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
  ],
]

const LABELS: Labels = { app: 'web', tier: 'front', weight: '5', empty: '' }

const MATCHED: [text: string, want: boolean][] = [
  ['', true],
  ['app=web', true],
  ['app=db', false],
  ['app!=db', true],
  ['none!=x', true],
  ['app in (web,db)', true],
  ['app notin (db)', true],
  ['none notin (db)', true],
  ['app', true],
  ['!app', false],
  ['!none', true],
  ['weight>4', true],
  ['weight<4', false],
  ['app>4', false],
  ['empty=', true],
  ['none=', false],
  ['toString', false],
]

describe('label selectors', () => {
  it.each(PRINTED)('prints %j as %j', (text, want) => {
    expect(parseLabelSelector(text).toString()).toBe(want)
  })

  it.each(REFUSED)('refuses %j', (text, want) => {
    expect(() => parseLabelSelector(text)).toThrow(new SelectorError(want))
  })

  it('names a bad key without a path and a bad value with one', () => {
    expect(() => parseLabelSelector('a/b/c=d')).toThrow(
      /^unable to parse requirement: <nil>: Invalid value: "a\/b\/c": a valid label key must/,
    )
    expect(() => parseLabelSelector('a=b/c')).toThrow(
      /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "b\/c": a valid label must be/,
    )
  })

  it.each(MATCHED)('%j matches: %s', (text, want) => {
    expect(parseLabelSelector(text).matches(LABELS)).toBe(want)
  })

  it('selects nothing without a selector and everything with an empty one', () => {
    expect(selectorFromSpec(undefined).matches(LABELS)).toBe(false)
    expect(selectorFromSpec({}).matches(undefined)).toBe(true)
    expect(selectorFromMap({ app: 'web' }).matches(LABELS)).toBe(true)
  })

  it('takes both parts of a selector object', () => {
    const spec = {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['front', 'back'] },
        { key: 'canary', operator: 'DoesNotExist' },
      ],
    }
    expect(selectorFromSpec(spec).matches(LABELS)).toBe(true)
    expect(formatLabelSelector(spec)).toBe('app=web,!canary,tier in (back,front)')
    expect(() => selectorFromSpec({ matchExpressions: [{ key: 'a', operator: 'Near' }] })).toThrow(
      '"Near" is not a valid label selector operator',
    )
    expect(() => selectorFromSpec({ matchExpressions: [{ key: 'a', operator: 'In' }] })).toThrow(
      "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    )
  })

  it('prints what parses to an equal selector, and never fails otherwise than by SelectorError', () => {
    const pieces = fc.constantFrom(
      'a',
      'b.c/d',
      'in',
      'notin',
      '(',
      ')',
      ',',
      '=',
      '==',
      '!=',
      '!',
      '<',
      '>',
      ' ',
      '1',
      '$',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        let printed: string
        try {
          printed = parseLabelSelector(parts.join('')).toString()
        } catch (error) {
          expect(error).toBeInstanceOf(SelectorError)
          return
        }
        expect(parseLabelSelector(printed).toString()).toBe(printed)
      }),
    )
  })
})

describe('field selectors', () => {
  it('matches equal and unequal fields, a missing one counting as empty', () => {
    const selector = parseFieldSelector('status.phase!=Running,metadata.name==web,spec.nodeName=')
    expect(selector.matches({ 'metadata.name': 'web', 'status.phase': 'Pending' })).toBe(true)
    expect(selector.matches({ 'metadata.name': 'web', 'status.phase': 'Running' })).toBe(false)
    expect(selector.matches({ 'metadata.name': 'web', 'spec.nodeName': 'n1' })).toBe(false)
    expect(selector.fields).toEqual(['metadata.name', 'spec.nodeName', 'status.phase'])
    expect(selector.requirement('metadata.name')).toBe('web')
    expect(selector.requirement('status.phase')).toBeUndefined()
    expect(selector.toString()).toBe('metadata.name=web,spec.nodeName=,status.phase!=Running')
  })

  it('selects everything without terms', () => {
    expect(parseFieldSelector('').isEmpty).toBe(true)
    expect(parseFieldSelector(',').isEmpty).toBe(true)
  })

  it('unescapes values and prints them escaped again', () => {
    const selector = parseFieldSelector('a=x\\,y\\=z\\\\')
    expect(selector.requirement('a')).toBe('x,y=z\\')
    expect(selector.toString()).toBe('a=x\\,y\\=z\\\\')
  })

  it.each([
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b\\c', 'invalid field selector: invalid escape sequence: \\c'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ])('refuses %j', (text, want) => {
    expect(() => parseFieldSelector(text)).toThrow(new SelectorError(want))
  })
})
