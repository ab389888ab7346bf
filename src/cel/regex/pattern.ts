/** Patterns as functions use them: compiled once, kept while they are in use, errors as evaluations report them. */
import { EvaluationError } from '../values/evaluation-error.ts'
import { Automaton } from './automaton.ts'
import { searcher, type Match } from './machine.ts'
import { parsePattern, PatternError } from './parser.ts'
import { assemblePattern, type PatternProgram } from './program.ts'
import { unpaid, type Work } from './work.ts'

interface Pattern {
  readonly program: PatternProgram
  readonly automaton: Automaton
}

/**
 * Instructions and characters of the patterns kept: those of rules are small; large ones that somebody makes up are not
 * kept long.
 */
const MAX_KEPT = 200_000
/** Steps that an instruction is worth when it is assembled. */
const STEPS_PER_INSTRUCTION = 40
const patterns = new Map<string, Pattern>()
let kept = 0

/** Throws `EvaluationError` with Go's message if it is no pattern. */
export function checkPattern(pattern: string): void {
  compilePattern(pattern, unpaid())
}

function compilePattern(pattern: string, work: Work): Pattern {
  const known = patterns.get(pattern)
  if (known !== undefined) return known
  const program = assembled(pattern)
  work.steps(program.kinds.length * STEPS_PER_INSTRUCTION)
  // A class is one instruction, and may be as long as the pattern.
  const size = program.kinds.length + pattern.length
  if (kept + size > MAX_KEPT) {
    patterns.clear()
    kept = 0
  }
  const compiled = { program, automaton: new Automaton(program) }
  patterns.set(pattern, compiled)
  kept += size
  return compiled
}

function assembled(pattern: string): PatternProgram {
  try {
    return assemblePattern(pattern, parsePattern(pattern))
  } catch (error) {
    if (error instanceof PatternError) throw new EvaluationError(error.message)
    throw error
  }
}

export function matchesPattern(pattern: string, text: string, work: Work = unpaid()): boolean {
  return compilePattern(pattern, work).automaton.matches(text, work)
}

/** Thrown where searches have taken as many steps as they may. */
class TooManySteps extends Error {}

/** Whether the pattern matches, in the steps that `budget` has left, and takes: with more it does not. */
export function matchesWithin(budget: { steps: number }, pattern: string, text: string): boolean {
  const work = {
    steps(count: number): void {
      budget.steps -= count
      if (budget.steps < 0) throw new TooManySteps()
    },
  }
  try {
    return compilePattern(pattern, unpaid()).automaton.matches(text, work)
  } catch (error) {
    if (error instanceof TooManySteps) return false
    throw error
  }
}

/** The first match, or ''. */
export function findPattern(pattern: string, text: string, work: Work): string {
  const match = searcher(compilePattern(pattern, work).program, text, work)(0)
  return match === undefined ? '' : text.slice(match.start, match.end)
}

/** All matches that do not overlap, at most `limit` of them (-1: all). */
export function findAllPattern(pattern: string, text: string, limit: number, work: Work): string[] {
  const search = searcher(compilePattern(pattern, work).program, text, work)
  const found: string[] = []
  let from = 0
  let last: Match | undefined
  while (from <= text.length && (limit < 0 || found.length < limit)) {
    const match = search(from)
    if (match === undefined) break
    const isEmpty = match.start === match.end
    // An empty match right after another one does not count.
    if (!isEmpty || match.end !== last?.end) found.push(text.slice(match.start, match.end))
    last = match
    from = isEmpty ? match.end + ((text.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1) : match.end
  }
  return found
}
