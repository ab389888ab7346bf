/**
 * Patterns of schemas are RE2, as Go has it: no text can make one run long. Most patterns are so simple that the
 * platform's own engine, which is fifty times faster, cannot run long either, and reads them alike; those are left to
 * it, for texts that are short enough.
 */
import { matchesPattern, matchesWithin } from '../../cel/regex/pattern.ts'
import { EvaluationError } from '../../cel/values/evaluation-error.ts'
import { patternBudget, type PatternTest } from '../../apimachinery/structural/values/pattern.ts'

/** Steps that a match may take at worst. Repetitions of single characters backtrack by powers of the text's length. */
const MAX_STEPS = 100_000
const MAX_CHOICES = 6
/** How many tests are kept; they are made anew after that. */
const MAX_KEPT = 2_000
/** Characters of their patterns. */
const MAX_KEPT_TEXT = 8 * 1024 * 1024

const tests = new Map<string, PatternTest>()
let keptText = 0

/** Throws an Error with Go's text when it is no pattern. */
export function compilePattern(pattern: string): PatternTest {
  const known = tests.get(pattern)
  if (known !== undefined) return known
  // Read in any case: what is a pattern here and none in Go is refused.
  checkPattern(pattern)
  const test = nativeTest(pattern) ?? boundedTest(pattern)
  if (tests.size >= MAX_KEPT || keptText + pattern.length > MAX_KEPT_TEXT) {
    tests.clear()
    keptText = 0
  }
  keptText += pattern.length
  tests.set(pattern, test)
  return test
}

function checkPattern(pattern: string): void {
  try {
    matchesPattern(pattern, '')
  } catch (error) {
    if (error instanceof EvaluationError) throw new SyntaxError(error.message)
    throw error
  }
}

function nativeTest(pattern: string): PatternTest | undefined {
  const repetitions = repetitionsOf(pattern)
  if (repetitions === undefined) return undefined
  const maxLength = Math.floor(MAX_STEPS ** (1 / (repetitions + 1)))
  const expression = expressionOf(pattern)
  if (expression === undefined) return undefined
  const bounded = boundedTest(pattern)
  return (text, budget) => (text.length <= maxLength ? expression.test(text) : bounded(text, budget))
}

function boundedTest(pattern: string): PatternTest {
  return (text, budget = patternBudget()) => matchesWithin(budget, pattern, text)
}

function expressionOf(pattern: string): RegExp | undefined {
  try {
    const expression = new RegExp(pattern, 'u')
    // Only when it is used does the platform say that it is too large.
    expression.test('')
    return expression
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** A literal, an escaped sign, `\d`, `\w`, or a class of those: what both engines read alike. */
const CHARACTER = /^(?:[^\\.[\](){}*+?|^$]|\\[\\.[\](){}*+?|^$/dw]|\[\^?(?:[^\\[\]]|\\[\\.[\](){}*+?|^$/dw-])+\])/u
const REPETITION = /^(?:[*+]|\{\d+(?:,\d*)?\})/

/**
 * How many repetitions a pattern has, if only single characters are repeated and choices are few; undefined for all
 * others.
 */
function repetitionsOf(pattern: string): number | undefined {
  let rest = pattern
  let repetitions = 0
  let choices = 0
  const take = (expression: RegExp): boolean => {
    const found = expression.exec(rest)?.[0]
    if (found === undefined) return false
    rest = rest.slice(found.length)
    return true
  }
  while (rest !== '') {
    if (take(/^(?:[\^$]|\((?:\?:)?(?![?*]))/)) continue
    if (take(/^\|/)) choices++
    else if (take(/^\)/)) {
      if (REPETITION.test(rest)) return undefined
      if (take(/^\?/)) choices++
    } else if (take(CHARACTER)) {
      if (take(REPETITION)) repetitions++
      else if (take(/^\?/)) choices++
    } else return undefined
  }
  return choices <= MAX_CHOICES ? repetitions : undefined
}
