/**
 * examples/guestbook/: four Deployments that find each other through Services, from inside their isolates. Under load,
 * each of them is replaced; no request fails and no entry is lost, not even with the leader that took it.
 */
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunKubectl } from '../support/cluster.ts'
import { Cluster, printedBy } from '../support/cluster.ts'
import { kubectls } from '../support/kubectl/kubectl.ts'
import { Load, wantedPerSecond } from '../support/server/load.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/guestbook')
const HOST = 'frontend.guestbook.localhost'
const WAIT = { timeout: 30_000, interval: 50 }

/** More than must be answered, so that a pause can be made good. */
const ASKED_PER_SECOND = 240

/** Entries come through all four Deployments; browsers also ask for the page. */
const PATHS = ['/', '/', '/', '/', '/entries']

const tool = (await kubectls()).at(-1)

interface Answer {
  readonly entries: readonly { readonly name: string; readonly text: string }[]
  readonly total: number
  readonly pods: readonly string[]
}

describe.skipIf(tool === undefined)(`examples/guestbook${tool === undefined ? ' (skipped: no kubectl here)' : ''}`, () => {
  const agent = new Agent()
  let cluster: Cluster
  let kubectl: RunKubectl

  beforeAll(async () => {
    cluster = await Cluster.start()
    if (tool !== undefined) kubectl = cluster.kubectl(tool, 'guestbook')
  })
  afterAll(async () => {
    await agent.close()
    await cluster.stop()
  })

  const run = (...args: readonly string[]): Promise<string> => printedBy(kubectl, args)
  const rollOut = (name: string): Promise<string> => run('rollout', 'status', `deployment/${name}`, '--timeout=60s')
  const ask = async (path: string, entry?: { name: string; text: string }): Promise<{ code: number; text: string }> => {
    const { statusCode, body } = await request(`http://127.0.0.1:${String(cluster.httpPort)}${path}`, {
      dispatcher: agent,
      headers: { host: `${HOST}:${String(cluster.httpPort)}` },
      ...(entry === undefined ? {} : { method: 'POST', body: JSON.stringify(entry) }),
    })
    return { code: statusCode, text: await body.text() }
  }
  const entriesAfter = async (entry?: { name: string; text: string }): Promise<Answer> => {
    const { code, text } = await ask('/entries', entry)
    expect({ code, text }).toMatchObject({ code: 200 })
    return JSON.parse(text) as Answer
  }
  /** Replaces Deployments one after the other while readers read and a writer writes; says how many were written. */
  const replaceUnderLoad = async (names: readonly string[]): Promise<number> => {
    const target = { port: cluster.httpPort, host: HOST, paths: PATHS, perSecond: ASKED_PER_SECOND }
    const wanted = await wantedPerSecond(target)
    const load = new Load(target)
    let isOver = false
    const write = async (): Promise<number> => {
      let written = 0
      for (; !isOver; written++) await entriesAfter({ name: names.join(' '), text: `entry ${String(written)}` })
      return written
    }
    const writing = write()
    // Its failure is this function's, once the rest has come to its end.
    writing.catch(() => undefined)
    try {
      await expect.poll(() => load.answered, WAIT).toBeGreaterThan(ASKED_PER_SECOND)
      for (const name of names) {
        await run('rollout', 'restart', `deployment/${name}`)
        await rollOut(name)
      }
    } finally {
      isOver = true
      await Promise.allSettled([writing])
      await load.stop().then(({ failures, perSecond }) => {
        expect(failures).toEqual([])
        expect(perSecond).toBeGreaterThanOrEqual(wanted)
      })
    }
    return writing
  }

  it('is applied, rolls out, and shows its page', async () => {
    expect(await run('apply', '-k', EXAMPLE)).toContain('deployment.apps/frontend created')
    for (const name of ['frontend', 'api', 'leader', 'follower']) await rollOut(name)
    const { code, text } = await ask('/')
    expect(code).toBe(200)
    expect(text).toContain('<title>Guestbook</title>')
  })

  it('writes an entry to the leader and reads it from a follower, through Services', async () => {
    const { entries, total, pods } = await entriesAfter({ name: ' Ada ', text: 'Hello' })
    expect({ total, entries }).toMatchObject({ total: 1, entries: [{ name: 'Ada', text: 'Hello' }] })
    expect(pods).toEqual([expect.stringMatching(/^api-/), expect.stringMatching(/^follower-/)])
    expect((await ask('/entries', { name: '', text: 'nobody' })).code).toBe(422)
    expect((await entriesAfter()).total).toBe(1)
  })

  it('loses no request and no entry while what has no state is replaced', async () => {
    const { total } = await entriesAfter()
    const written = await replaceUnderLoad(['frontend', 'api', 'follower'])
    expect((await entriesAfter()).total).toBe(total + written)
  })

  it('loses no request and no entry while the leader is replaced', async () => {
    const { total } = await entriesAfter()
    const written = await replaceUnderLoad(['leader'])
    expect((await entriesAfter()).total).toBe(total + written)
    expect((await entriesAfter({ name: 'Grace', text: 'after the change' })).total).toBe(total + written + 1)
  })

  it('is deleted with its namespace', async () => {
    await run('delete', '-k', EXAMPLE, '--wait=false')
    await expect.poll(async () => (await ask('/')).code, WAIT).toBe(404)
  })
})
