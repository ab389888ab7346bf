/**
 * The development commands behind `npm run …`: check, test, bench, generate, fix, dev, deploy. Each runs the tools of
 * node_modules in order; `check` and `test` end with one line of counts, for machines and for people.
 */
import { ownValue } from '../lib/own-value.ts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../local/bundle.ts'
import type { Tally } from './development/checks.ts'
import { BUNDLE_AND_TIDY, COMPATIBILITY, LINT_ARGS, addTallies, runChecks, runTests } from './development/checks.ts'
import { passThrough, tool } from './development/tools.ts'
import { complain, print } from './terminal.ts'

const GENERATORS = ['generate.ts', 'cel-conformance.ts'].map((name) =>
  join(ROOT, 'src/cli/generate', name),
)
const BENCH = join(ROOT, 'test/bench/bench.ts')

type Command = (args: readonly string[]) => Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  async check() {
    return close(addTallies(await runChecks(), await runTests([...BUNDLE_AND_TIDY, COMPATIBILITY])))
  },
  /** With arguments: only the tests that they name, as vitest takes them. */
  async test(args) {
    if (args.length > 0) return close(await runTests(args))
    return close(addTallies(await runChecks(), await runTests([])))
  },
  bench: (args) => passThrough(process.execPath, [BENCH, ...args]),
  async generate() {
    for (const generator of GENERATORS) {
      if (!existsSync(generator)) continue
      const code = await passThrough(process.execPath, [generator])
      if (code !== 0) return code
    }
    return passThrough(tool('vitest'), ['run', COMPATIBILITY, '--config', 'test/vitest.config.ts', '--update'])
  },
  fix: (args) => passThrough(tool('oxlint'), [...LINT_ARGS, '--fix', ...args]),
  /** The local server, started again whenever a source changes. */
  dev: (args) => passThrough(process.execPath, [...WATCHED, join(ROOT, 'src/cli/main.ts'), 'up', ...args]),
  async deploy(args) {
    const tally = await runTests(BUNDLE_AND_TIDY)
    if (tally.failed > 0) return close(tally)
    return passThrough(tool('wrangler'), ['deploy', ...args])
  },
}

const WATCHED = ['src', 'migrations'].map((folder) => `--watch-path=${join(ROOT, folder)}`)

function close({ passed, failed }: Tally): number {
  print(`\n${String(passed)} passed, ${String(failed)} failed`)
  return failed === 0 ? 0 : 1
}

const [name = '', ...args] = process.argv.slice(2)
const command = ownValue(COMMANDS, name)
if (command === undefined) {
  complain(`unknown development command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}`)
  process.exitCode = 1
} else {
  process.exitCode = await command(args)
}
