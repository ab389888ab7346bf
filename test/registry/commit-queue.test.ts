/** Group commit: its cases, and that they would notice a line of it that is wrong. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createCommitQueue } from '../../src/registry/commits/commit-queue.ts'
import { commitQueueCases } from './commit-queue-cases.ts'

const SOURCES = join(import.meta.dirname, '../../src')
const COPIES = join(import.meta.dirname, `../.cache/commit-queue-${String(process.pid)}`)

describe('commit queue', () => {
  it.each(commitQueueCases)('$title', async ({ run }) => {
    expect.hasAssertions()
    await run(createCommitQueue)
  })
})

/** What goes wrong, one place in the source, and what stands there instead. */
const MUTATIONS: readonly (readonly [string, string, string])[] = [
  ['a batch is told before it is durable', '    await durable()\n', '    void durable().catch(() => undefined)\n'],
  ['what is durable is not shown', '    publish(committed.changes)\n', ''],
  ['a range is given back as if nothing had been written', 'grant.close(committed.changes)', 'grant.close([])'],
  ['a range whose batch failed is never given back', '    grant.close([])\n    throw error', '    throw error'],
  ['a range whose batch is in doubt is closed', 'grant.abandon()', 'grant.close([])'],
  ['half a turn is kept', 'if (store.revision !== before) throw', 'if (store.revision < before) throw'],
  ['a refused turn is answered as if it were done', 'return { error }', 'return { value: error }'],
  ['who waits is forgotten when nothing can be reserved', 'return refuse(this.#take(asked), error)', 'return void this.#take(asked)'],
  ['a turn joins a range of other resources', 'resources.includes(resource)', 'resource !== ""'],
  ['a turn joins a range that has no room for it', ': range.to - range.from + 1', ': range.to - range.from + 2'],
  ['an unused range stays open', '      grant.close([])\n    }\n    const reason', '    }\n    const reason'],
  ['there is no second attempt', 'attempt < MAX_RANGE_ATTEMPTS', 'attempt < 1'],
  ['only the first batch is run', 'while (this.#waiting.length + this', 'if (this.#waiting.length + this'],
  ['a long batch gives no way', 'await this.#options.giveWay?.()', 'await undefined'],
  ['a queue that was emptied stays asleep', '    this.#isDraining = false\n', ''],
  ['a batch has no bound', '|| size === MAX_BATCH_TURNS', ''],
]

/** The queue with one line changed; what it imports is what the original imports. */
async function mutatedQueue(number: number, from: string, to: string): Promise<typeof createCommitQueue> {
  const source = readFileSync(join(SOURCES, 'registry/commits/commit-queue.ts'), 'utf8')
  const parts = source.split(from)
  expect(parts.length, `places of "${from}"`).toBe(2)
  const imports = { "from '../../": `from '${SOURCES}/`, "from './": `from '${SOURCES}/registry/commits/` }
  let text = parts.join(to)
  for (const [near, absolute] of Object.entries(imports)) text = text.replaceAll(near, absolute)
  mkdirSync(COPIES, { recursive: true })
  const path = join(COPIES, `commit-queue-${String(number)}.ts`)
  writeFileSync(path, text)
  return ((await import(/* @vite-ignore */ path)) as { createCommitQueue: typeof createCommitQueue }).createCommitQueue
}

/** A case that never ends has failed as well: all that it waits for is promises. */
async function fails(run: () => Promise<void>): Promise<boolean> {
  const patience = async (): Promise<boolean> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    return true
  }
  const ended = run().then(
    () => false,
    () => true,
  )
  return Promise.race([ended, patience()])
}

describe('the cases', () => {
  afterAll(() => rmSync(COPIES, { recursive: true, force: true }))

  it.each(MUTATIONS.map(([title, from, to], number) => ({ title, from, to, number })))(
    'notice when $title',
    async ({ from, to, number }) => {
      const create = await mutatedQueue(number, from, to)
      const noticed: boolean[] = []
      for (const { run } of commitQueueCases) noticed.push(await fails(() => run(create)))
      expect(noticed).toContain(true)
    },
  )

  it('pass on a copy with nothing changed', async () => {
    const create = await mutatedQueue(MUTATIONS.length, 'return batch.map(', 'return batch.map(')
    for (const { title, run } of commitQueueCases) expect(await fails(() => run(create)), title).toBe(false)
  })
})
