/** Patterns as functions use them: compiled once, kept while they are in use, errors as evaluations report them. */
import { EvaluationError } from '../values/evaluation-error.ts'
import { isMatch, searcher, type Match } from './machine.ts'
import { parsePattern, PatternError } from './parser.ts'
import { assemblePattern, type PatternProgram } from './program.ts'

/** Instructions of the programs kept: those of rules are small, and large ones that somebody makes up are not kept long. */
const MAX_KEPT = 200_000
const programs = new Map<string, PatternProgram>()
let kept = 0

/** Throws `EvaluationError` with Go's message if it is no pattern. */
export function compilePattern(pattern: string): PatternProgram {
  const known = programs.get(pattern)
  if (known !== undefined) return known
  const program = assembled(pattern)
  if (kept + program.instructions.length > MAX_KEPT) {
    programs.clear()
    kept = 0
  }
  programs.set(pattern, program)
  kept += program.instructions.length
  return program
}

function assembled(pattern: string): PatternProgram {
  try {
    return assemblePattern(pattern, parsePattern(pattern))
  } catch (error) {
    if (error instanceof PatternError) throw new EvaluationError(error.message)
    throw error
  }
}

export function matchesPattern(pattern: string, text: string): boolean {
  return isMatch(compilePattern(pattern), text)
}

/** The first match, or ''. */
export function findPattern(pattern: string, text: string): string {
  const match = searcher(compilePattern(pattern), text)(0)
  return match === undefined ? '' : text.slice(match.start, match.end)
}

/** All matches that do not overlap, at most `limit` of them (-1: all). */
export function findAllPattern(pattern: string, text: string, limit: number): string[] {
  const search = searcher(compilePattern(pattern), text)
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
