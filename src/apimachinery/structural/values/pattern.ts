/**
 * Patterns of schemas are Go's regular expressions (RE2). The engine that runs them in linear time is handed in from
 * above, because a hostile pattern must not be able to stop an object: this is only its shape.
 */
export type PatternTest = (text: string, budget?: PatternBudget) => boolean

/** What all patterns of an object may take together. */
export interface PatternBudget {
  steps: number
}

/**
 * A second or two: patterns that people write take one step or two a character. Differs: what takes more does not
 * match; upstream waits for it, however long that takes.
 */
export const patternBudget = (): PatternBudget => ({ steps: 20_000_000 })

/** Compiles a pattern, or answers from a cache. Throws an Error with Go's text when it is no regular expression. */
export type PatternCompiler = (pattern: string) => PatternTest
