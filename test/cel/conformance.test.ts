/** The language definition's own tests; the pass table is docs/cel-conformance.md. */
import { describe, expect, it } from 'vitest'
import { conformanceOutcomes } from '../../src/cli/generate/cel-conformance/conformance-suite.ts'

const OUTCOMES = conformanceOutcomes()
const FILES = [...new Set(OUTCOMES.map(({ file }) => file))]

describe('the conformance tests that use no message or enum pass', () => {
  it.each(FILES)('%s', (file) => {
    const relevant = OUTCOMES.filter((outcome) => outcome.file === file && !outcome.usesMessages)
    expect(relevant.filter(({ failure }) => failure !== undefined)).toEqual([])
  })

  it('which are most of them', () => {
    expect(OUTCOMES.filter(({ usesMessages }) => !usesMessages).length).toBeGreaterThan(1600)
  })
})
