/**
 * Patterns of schemas are Go's regular expressions (RE2). The engine that runs them in linear time is handed in from
 * above, because a hostile pattern must not be able to stop an object: this is only its shape.
 */
export type PatternTest = (text: string) => boolean

/** Compiles a pattern, or answers from a cache. Throws an Error with Go's text when it is no regular expression. */
export type PatternCompiler = (pattern: string) => PatternTest
