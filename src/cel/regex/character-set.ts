/**
 * Sets of code points: ranges, and Unicode properties, which the platform knows (only a name that was checked reaches
 * it, never a pattern of a user). Ignoring case, a character belongs to a set when one of its case variants does.
 */
export type CodeRange = readonly [first: number, last: number]

export interface CharacterSet {
  readonly ranges: readonly CodeRange[]
  readonly properties: readonly Property[]
  readonly isNegated: boolean
  readonly ignoresCase: boolean
}

export interface Property {
  readonly test: RegExp
  readonly isNegated: boolean
}

export const MAX_CODE_POINT = 0x10ffff

export const rangeSet = (...ranges: CodeRange[]): CharacterSet => ({
  ranges, properties: [], isNegated: false, ignoresCase: false,
})

export const ANY = rangeSet([0, MAX_CODE_POINT])
export const ANY_BUT_NEWLINE = rangeSet([0, 9], [11, MAX_CODE_POINT])

export function contains(set: CharacterSet, point: number): boolean {
  const isIn = set.ignoresCase ? caseVariants(point).some((one) => isListed(set, one)) : isListed(set, point)
  return isIn !== set.isNegated
}

/** The same ranges one behind the other, none of which touches the next. */
export function inOrder(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const joined: [number, number][] = []
  for (const [first, last] of ranges.toSorted(([one], [other]) => one - other)) {
    const before = joined.at(-1)
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else joined.push([first, last])
  }
  return joined
}

/** Ranges are in order: a class may have as many as a pattern has characters. */
function isInRanges(ranges: readonly CodeRange[], point: number): boolean {
  let [from, to] = [0, ranges.length]
  while (from < to) {
    const middle = (from + to) >> 1
    const [first, last] = ranges[middle] ?? [0, 0]
    if (point < first) to = middle
    else if (point > last) from = middle + 1
    else return true
  }
  return false
}

function isListed({ ranges, properties }: CharacterSet, point: number): boolean {
  if (isInRanges(ranges, point)) return true
  if (properties.length === 0) return false
  const character = String.fromCodePoint(point)
  return properties.some(({ test, isNegated }) => test.test(character) !== isNegated)
}

/** Letters whose variants upper and lower case do not lead to. */
const SPECIAL_VARIANTS = new Map<number, readonly number[]>(
  [[0x4b, 0x6b, 0x212a], [0x53, 0x73, 0x17f], [0xc5, 0xe5, 0x212b], [0x3a9, 0x3c9, 0x2126]].flatMap((orbit) =>
    orbit.map((point) => [point, orbit] as const),
  ),
)

function caseVariants(point: number): readonly number[] {
  const special = SPECIAL_VARIANTS.get(point)
  if (special !== undefined) return special
  if (point < 0x80) {
    if (point >= 0x41 && point <= 0x5a) return [point, point + 32]
    return point >= 0x61 && point <= 0x7a ? [point, point - 32] : [point]
  }
  const character = String.fromCodePoint(point)
  const variants = [character.toLowerCase(), character.toUpperCase(), character.toUpperCase().toLowerCase()]
  return [point, ...variants.flatMap((variant) => ([...variant].length === 1 ? [variant.codePointAt(0) ?? point] : []))]
}

export function complement(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const sorted = ranges.toSorted(([one], [other]) => one - other)
  const gaps: CodeRange[] = []
  let next = 0
  for (const [first, last] of sorted) {
    if (first > next) gaps.push([next, first - 1])
    next = Math.max(next, last + 1)
  }
  if (next <= MAX_CODE_POINT) gaps.push([next, MAX_CODE_POINT])
  return gaps
}

const DIGITS: readonly CodeRange[] = [[0x30, 0x39]]
const UPPER: readonly CodeRange[] = [[0x41, 0x5a]]
const LOWER: readonly CodeRange[] = [[0x61, 0x7a]]
const WORD: readonly CodeRange[] = [...DIGITS, ...UPPER, [0x5f, 0x5f], ...LOWER]

export const PERL_CLASSES = new Map<string, readonly CodeRange[]>([
  ['d', DIGITS],
  ['s', [[0x09, 0x0a], [0x0c, 0x0d], [0x20, 0x20]]],
  ['w', WORD],
])

export const POSIX_CLASSES = new Map<string, readonly CodeRange[]>([
  ['alnum', [...DIGITS, ...UPPER, ...LOWER]],
  ['alpha', [...UPPER, ...LOWER]],
  ['ascii', [[0, 0x7f]]],
  ['blank', [[0x09, 0x09], [0x20, 0x20]]],
  ['cntrl', [[0, 0x1f], [0x7f, 0x7f]]],
  ['digit', DIGITS],
  ['graph', [[0x21, 0x7e]]],
  ['lower', LOWER],
  ['print', [[0x20, 0x7e]]],
  ['punct', [[0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e]]],
  ['space', [[0x09, 0x0d], [0x20, 0x20]]],
  ['upper', UPPER],
  ['word', WORD],
  ['xdigit', [...DIGITS, [0x41, 0x46], [0x61, 0x66]]],
])

const CATEGORIES = new Set([
  ...['C', 'Cc', 'Cf', 'Co', 'Cs', 'L', 'Ll', 'Lm', 'Lo', 'Lt', 'Lu', 'M', 'Mc', 'Me', 'Mn', 'N', 'Nd', 'Nl', 'No'],
  ...['P', 'Pc', 'Pd', 'Pe', 'Pf', 'Pi', 'Po', 'Ps', 'S', 'Sc', 'Sk', 'Sm', 'So', 'Z', 'Zl', 'Zp', 'Zs'],
])

/** By their names, of which there are a few hundred. */
const tests = new Map<string, RegExp>()

/** A general category (`Lu`), a script (`Greek`) or `Any`; undefined for other names. */
export function unicodeProperty(name: string, isNegated: boolean): Property | undefined {
  const test = tests.get(name) ?? propertyTest(name)
  if (test === undefined) return undefined
  tests.set(name, test)
  return { test, isNegated }
}

function propertyTest(name: string): RegExp | undefined {
  if (name === 'Any') return /[^]/u
  if (CATEGORIES.has(name)) return new RegExp(`^\\p{${name}}$`, 'u')
  if (!/^[A-Z][A-Za-z_]{2,}$/.test(name)) return undefined
  try {
    return new RegExp(`^\\p{Script=${name}}$`, 'u')
  } catch {
    return undefined
  }
}

export function isWordCharacter(point: number): boolean {
  return WORD.some(([first, last]) => point >= first && point <= last)
}
