/**
 * Everything that can fail, counted: compiler, linter, the search for unused code and the freshness of what is
 * generated count as one each, then every test.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../../local/bundle.ts'
import { print } from '../terminal.ts'
import { capture, passThrough, tool } from './tools.ts'

export interface Tally {
  readonly passed: number
  readonly failed: number
}

export const LINT_ARGS = [
  '--type-aware',
  '--tsconfig',
  'tsconfig.json',
  '-c',
  'test/oxlint.json',
  'src',
  'test',
] as const

/** Its probes are what docs/compatibility.md is written from. */
export const COMPATIBILITY = 'test/compatibility/compatibility.test.ts'

/** The tests that need no system: house rules and the size of the bundle. */
export const BUNDLE_AND_TIDY = ['test/tidy.test.ts', 'test/bundle.test.ts'] as const

interface Check {
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
}

const CEL_CONFORMANCE = join(ROOT, 'src/cli/generate/cel-conformance.ts')

const CHECKS: readonly Check[] = [
  { title: 'types', command: tool('tsc'), args: ['-p', '.'] },
  { title: 'lint', command: tool('oxlint'), args: LINT_ARGS },
  { title: 'unused code', command: tool('knip'), args: ['-c', 'test/knip.json', '--no-progress', '--no-config-hints'] },
  { title: 'docs/cel-conformance.md', command: process.execPath, args: [CEL_CONFORMANCE, '--check'] },
]

const RESULTS = join(ROOT, 'test/.cache/results.json')

export function addTallies(one: Tally, other: Tally): Tally {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed }
}

/** Runs all of them, also after one failed, and prints what failed. */
export async function runChecks(): Promise<Tally> {
  let tally: Tally = { passed: 0, failed: 0 }
  for (const check of CHECKS) {
    const startedAtMs = performance.now()
    const { code, text } = await capture(check.command, check.args)
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
    print(`${code === 0 ? '✔' : '✘'} ${check.title} (${seconds} s)`)
    if (code !== 0) print(text.trimEnd())
    tally = addTallies(tally, code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })
  }
  return tally
}

/** All tests, or those whose files `filters` name. A run that breaks off counts as one failure more. */
export async function runTests(filters: readonly string[]): Promise<Tally> {
  mkdirSync(dirname(RESULTS), { recursive: true })
  rmSync(RESULTS, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`]
  const code = await passThrough(tool('vitest'), ['run', '--config', 'test/vitest.config.ts', ...reporters, ...filters])
  const { passed, failed } = readResults()
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed }
}

function readResults(): Tally {
  try {
    const results: unknown = JSON.parse(readFileSync(RESULTS, 'utf8'))
    if (typeof results !== 'object' || results === null) return { passed: 0, failed: 1 }
    const count = (name: string): number => Number(Object.entries(results).find(([key]) => key === name)?.[1] ?? 0)
    return { passed: count('numPassedTests'), failed: count('numFailedTests') }
  } catch {
    // No results: the run did not get as far as writing them.
    return { passed: 0, failed: 1 }
  }
}
