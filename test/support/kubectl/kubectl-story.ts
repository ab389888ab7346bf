/**
 * What people type, as tables: a command line and all that it must print, run in order in a namespace of their own,
 * once with the oldest kubectl of the machine and once with the newest (with every one when ALL_KUBECTLS is set). A
 * line that a version cannot run, or runs differently, says so by `since`, `until` or a function of the version.
 *
 * In what is printed, a word of PLACEHOLDERS stands for what differs from run to run; the rest is compared letter by
 * letter, warnings included, but for the width of columns where such a word is in the text.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Answer, RunKubectl } from '../cluster.ts'
import { Cluster } from '../cluster.ts'
import type { Kubectl } from './kubectl.ts'
import { kubectls } from './kubectl.ts'

/** Lines, one text without a line feed behind it, or what is to be found in it. */
type Text = string | readonly string[] | RegExp
type Expected = Text | ((minor: number) => Text)

export interface Line {
  /**
   * As typed, without `kubectl`; single quotes as in a shell. `$ns` is the story's namespace, here and below; `$from`
   * is what newer versions say of where a deleted object was.
   */
  readonly run: string
  /** Everything on stdout; nothing unless said. */
  readonly prints?: Expected
  /** Everything on stderr of a command that succeeds; nothing unless said. */
  readonly warns?: Expected
  /** Everything on stderr of a command that fails. */
  readonly fails?: Expected
  /** 1 unless said, of a command that fails. */
  readonly exitCode?: number
  /** The first and the last minor version that have it. */
  readonly since?: number
  readonly until?: number
  /** What it prints comes about by itself, soon: asked again until it does. */
  readonly eventually?: true
  readonly env?: Readonly<Record<string, string>>
}

/** Files for `-f`, by name: text, with `$ns` as above, or an object written as JSON. The working directory is theirs. */
export type Files = Readonly<Record<string, unknown>>

export interface Story {
  readonly title: string
  readonly files?: Files
  readonly lines: readonly Line[]
}

const WAIT = { timeout: 30_000, interval: 100 }

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<age>': String.raw`\d+[smh](?:\d+[sm])?`,
  '<date>': String.raw`\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}`,
  '<hash>': '[bcdf-hj-np-tv-z2456789]{5,10}',
  '<ip>': String.raw`\d+\.\d+\.\d+\.\d+`,
  '<node>': String.raw`simulated-\d`,
  '<number>': String.raw`\d+`,
  '<time>': String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`,
  '<token>': String.raw`[\w-]+\.[\w-]+\.[\w-]+`,
  '<uid>': String.raw`[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}`,
  '<words>': '.*',
  '<lines>': '[^]*',
}
const PLACEHOLDER = new RegExp(Object.keys(PLACEHOLDERS).join('|'), 'g')

function escape(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
}

/** The first version whose `delete` names the namespace. */
const NAMES_NAMESPACE_SINCE = 34

/** What to compare a whole output with: a text or, where it has placeholders, a pattern. */
function wanted(expected: Expected | undefined, minor: number, namespace: string): unknown {
  const said = typeof expected === 'function' ? expected(minor) : (expected ?? '')
  if (said instanceof RegExp) return expect.stringMatching(said) as unknown
  const lines = typeof said === 'string' ? said : said.map((line) => `${line}\n`).join('')
  const from = minor < NAMES_NAMESPACE_SINCE ? '' : ' from $ns namespace'
  const text = lines.replaceAll('$from', from).replaceAll('$ns', namespace)
  const words = text.match(PLACEHOLDER)
  if (words === null) return text
  const parts = text.split(PLACEHOLDER).map((part) => escape(part).replaceAll(/ {2,}/g, ' {2,}'))
  const pattern = parts.map((part, index) => part + (PLACEHOLDERS[words[index] ?? ''] ?? '')).join('')
  return expect.stringMatching(new RegExp(`^${pattern}$`)) as unknown
}

/** A command line's words: spaces part them, single quotes keep them together. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|[^\s'])+/g) ?? []
  return words.map((word) => word.replaceAll("'", ''))
}

async function play(run: RunKubectl, line: Line, minor: number, namespace: string): Promise<void> {
  const { exitCode = line.fails === undefined ? 0 : 1, eventually, env = {} } = line
  const stdout = wanted(line.prints, minor, namespace)
  const stderr = wanted(line.fails ?? line.warns, minor, namespace)
  const words = wordsOf(line.run.replaceAll('$ns', namespace))
  const once = async (): Promise<void> => {
    const answer: Answer = await run(words, { env })
    expect(answer).toEqual({ exitCode, stdout, stderr })
  }
  if (eventually === true) await vi.waitFor(once, WAIT)
  else await once()
}

const all = await kubectls()
const [oldest] = all
const newest = all.at(-1)
const chosen =
  process.env['ALL_KUBECTLS'] === undefined
    ? all.filter((tool) => tool === oldest || tool === newest)
    : all

/** Tells the stories with each kubectl, on one server. `area` makes the namespaces' names. */
export function tell(area: string, stories: readonly Story[]): void {
  // oxlint-disable-next-line vitest/no-conditional-tests -- a machine without kubectl is told why nothing ran
  if (chosen.length === 0) {
    // oxlint-disable-next-line vitest/no-disabled-tests -- the same
    it.skip('needs kubectl (in Debian: the package kubernetes-client)', () => undefined)
    return
  }
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await Cluster.start()
  })
  afterAll(async () => cluster.stop())

  describe.each(chosen)('kubectl $version', (tool) => {
    describe.each(stories)('$title', (story) => {
      tellWith(() => cluster, tool, area, story)
    })
  })
}

function tellWith(cluster: () => Cluster, tool: Kubectl, area: string, { title, files = {}, lines }: Story): void {
  const { minor } = tool
  const namespace = `${area}-${title.replaceAll(/\W+/g, '-').slice(0, 20).toLowerCase()}-${String(minor)}`
  let run: RunKubectl
  beforeAll(async () => {
    run = cluster().kubectl(tool, namespace)
    for (const [name, content] of Object.entries(files)) {
      await cluster().file(name, typeof content === 'string' ? content.replaceAll('$ns', namespace) : content)
    }
    expect(await run(['create', 'namespace', namespace])).toMatchObject({ exitCode: 0 })
    // Pods are refused until the controller has made it, as upstream.
    await vi.waitFor(async () => expect((await run(['get', 'serviceaccount', 'default'])).exitCode).toBe(0), WAIT)
  })
  for (const line of lines) {
    if (minor < (line.since ?? 0) || minor > (line.until ?? Infinity)) continue
    it(`kubectl ${line.run}`, () => play(run, line, minor, namespace))
  }
}
