/**
 * The door of this folder: reads any text, tells all that is wrong with it as cel-go does, and answers a tree all the
 * same. It takes several times as long as the parser does, so it gets only what that one could not read.
 */
import { NOWHERE, type Issue, type Source } from '../../source.ts'
import type { Parsed, ParseOptions } from '../parser.ts'
import type { Expression } from '../expression.ts'
import { BrokenParser, GaveUp } from './broken-parser.ts'
import { Predictor } from './prediction.ts'
import { Visitor } from './visitor.ts'

/** What it gives up with: there is an issue then. */
const NOTHING: Expression = { kind: 'literal', id: 0, offset: 0, value: null }

export function readBroken(source: Source, options: ParseOptions): Parsed {
  const issues: Issue[] = []
  try {
    const tree = new BrokenParser(source, new Predictor(), issues).read()
    return { expression: new Visitor(options, issues).visit(tree), issues }
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error
    if (error.message !== '') issues.push({ offset: NOWHERE, message: error.message })
    return { expression: NOTHING, issues }
  }
}
