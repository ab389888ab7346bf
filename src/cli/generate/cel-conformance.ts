/**
 * Writes docs/cel-conformance.md: how src/cel does in the conformance tests of the Common Expression Language.
 *
 *   node src/cli/generate/cel-conformance.ts            print the table and write it
 *   node src/cli/generate/cel-conformance.ts --check    fail when it is not what would be written, or a test fails
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { conformanceOutcomes, type TestOutcome } from './cel-conformance/conformance-suite.ts'

const TARGET = join(import.meta.dirname, '../../../docs/cel-conformance.md')
const COMMAND = 'node src/cli/generate/cel-conformance.ts'
const DATA = '@bufbuild/cel-spec'

function versionOfData(): string {
  const entry = createRequire(import.meta.url).resolve(`${DATA}/testdata/tests.js`)
  const manifest = join(dirname(entry.slice(0, entry.indexOf(DATA) + DATA.length + 1)), 'cel-spec/package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return version
}

function row(name: string, outcomes: readonly TestOutcome[]): string {
  const relevant = outcomes.filter(({ usesMessages }) => !usesMessages)
  const passed = relevant.filter(({ failure }) => failure === undefined)
  return `| ${[name, passed.length, relevant.length, outcomes.length - relevant.length].map(String).join(' | ')} |`
}

function conformanceText(outcomes: readonly TestOutcome[]): string {
  const files = [...new Set(outcomes.map(({ file }) => file))]
  const rows = files.map((file) => row(file, outcomes.filter((outcome) => outcome.file === file)))
  const failed = outcomes.filter(({ failure }) => failure !== undefined)
  const failures = failed.map(({ name, failure }) => `- \`${name}\`: ${failure?.split('\n')[0] ?? ''}`)
  return `# CEL conformance

The conformance tests of the Common Expression Language against src/cel, from ${DATA} ${versionOfData()}. Written by
\`${COMMAND}\`; do not edit.

Tests whose expression, bindings or result use a message or an enum of protocol buffers are left out: objects of
Kubernetes are JSON, and its CEL has no messages besides the well-known ones, which stand for values of the language.

| file | passed | of | left out |
| --- | ---: | ---: | ---: |
${rows.join('\n')}
${row('all', outcomes)}

${failures.length === 0 ? 'All of them pass.' : `Failing:\n\n${failures.join('\n')}`}

Where the language definition's tests and Kubernetes differ, environments of Kubernetes do as Kubernetes does:
\`'tacocat'.indexOf('a', 30)\` is -1 there, an error in the tests, maps take keys of any kind, of which the last counts of equal ones, and
\`[optional.of(1), null]\` is a list of nulls.
`
}

const outcomes = conformanceOutcomes()
const wanted = conformanceText(outcomes)
const failed = outcomes.filter(({ failure }) => failure !== undefined)
for (const { name, failure } of failed) console.error(`${name}: ${failure ?? ''}`)
if (process.argv.includes('--check')) {
  const current = existsSync(TARGET) ? readFileSync(TARGET, 'utf8') : ''
  if (current !== wanted) console.error(`docs/cel-conformance.md is stale: run ${COMMAND}`)
  if (current !== wanted || failed.length > 0) process.exit(1)
} else {
  console.log(wanted)
  writeFileSync(TARGET, wanted)
}
