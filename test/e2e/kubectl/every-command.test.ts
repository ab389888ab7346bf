/**
 * No subcommand is left out: those that the newest kubectl of the machine lists in its own help, down to the last
 * level, each are run by some line of the tables in this folder, or by the test here of the one that does not end.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../../support/cluster.ts'
import { kubectls } from '../../support/kubectl/kubectl.ts'

const tool = (await kubectls()).at(-1)
const because = tool === undefined ? ' (skipped: no kubectl here)' : ''
const path = tool?.path ?? ''

const ask = promisify(execFile)
const ENDLESS = 'proxy'

/** What `--help` lists under headings that end in "Commands:" or, of a subcommand, "Available Commands:". */
async function subcommandsOf(words: readonly string[]): Promise<string[]> {
  const { stdout } = await ask(path, [...words, '--help'])
  const sections = stdout.match(/^.*Commands.*:\n(?: {2}.*\n)+/gm) ?? []
  return sections.flatMap((section) => [...section.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name = '']) => name))
}

async function leavesOf(words: readonly string[]): Promise<string[]> {
  const subcommands = await subcommandsOf(words)
  if (subcommands.length === 0) return [words.join(' ')]
  return (await Promise.all(subcommands.map((name) => leavesOf([...words, name])))).flat()
}

/** The command lines of all tables, without options between a command and its subcommand: none has any there. */
function linesOfTables(): string[] {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'))
  const texts = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  return texts.flatMap((text) => [...text.matchAll(/\brun:\s*['"`]([^'"`\n]*)/g)].map(([, line = '']) => line))
}

describe.skipIf(tool === undefined)(`every subcommand of kubectl${because}`, { timeout: 60_000 }, () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await Cluster.start()
  })
  afterAll(async () => cluster.stop())

  it('is in one of the tables', async () => {
    const lines = linesOfTables()
    const leaves = await leavesOf([])
    expect(leaves.length).toBeGreaterThan(80)
    const untold = leaves.filter((leaf) => !lines.some((line) => line === leaf || line.startsWith(`${leaf} `)))
    expect(untold).toEqual([ENDLESS])
  })

  it('or, as the proxy, serves until it is told to end', async () => {
    const child = spawn(path, [ENDLESS, '--port=0', '--kubeconfig', cluster.kubeconfig])
    try {
      const [said] = (await once(child.stdout, 'data')) as [Buffer]
      const address = /^Starting to serve on (127\.0\.0\.1:\d+)\n$/.exec(said.toString())?.[1] ?? ''
      const response = await fetch(`http://${address}/api/v1/namespaces/default`)
      expect(await response.json()).toMatchObject({ kind: 'Namespace', metadata: { name: 'default' } })
      const watch = await fetch(`http://${address}/api/v1/namespaces?watch=true&fieldSelector=metadata.name=default`)
      const reader = watch.body?.pipeThrough(new TextDecoderStream()).getReader()
      expect((await reader?.read())?.value).toMatch(/^\{"type":"ADDED","object":\{"kind":"Namespace"/)
      await reader?.cancel()
    } finally {
      child.kill()
      await once(child, 'close')
    }
  })
})
