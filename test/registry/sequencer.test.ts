/** The sequencer at work, with the commit queue and the drivers on both sides (test-cluster.ts). */
import { describe, expect, it } from 'vitest'
import { MAX_FEED_CHARACTERS } from '../../src/store/sequence/feed.ts'
import { TestCluster } from './test-cluster.ts'

describe('the sequencer', () => {
  it('gives revisions in one order over all namespaces', async () => {
    const cluster = new TestCluster()
    const revisions: number[] = []
    for (const name of ['a', 'b', 'a', '']) revisions.push(await cluster.get(cluster.namespace(name).put('x')))
    expect(revisions).toEqual([2, 3, 4, 5])
  })

  it('is asked once for a batch, and told of the last one in the same call', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    const writers = Array.from({ length: 32 }, async (_, writer) => {
      for (let round = 0; round < 16; round += 1) await space.put(`w${String(writer)}`)
    })
    await cluster.get(Promise.all(writers))
    await cluster.wait(50)
    // Ranges have room for twice as many as are likely to join.
    expect(space.store.revision).toBeLessThanOrEqual(1 + 2 * 512)
    expect(cluster.calls.filter((call) => call === 'reserve').length).toBeLessThanOrEqual(32)
    expect(cluster.calls.filter((call) => call === 'close')).toHaveLength(1)
  })

  it('answers writes with 503 while it cannot be reached, and nothing happens', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    cluster.cut.add('a')
    await expect(cluster.get(space.put('x'))).rejects.toMatchObject({ httpCode: 503 })
    expect(space.store.revision).toBe(0)
    cluster.cut.clear()
    expect(await cluster.get(space.put('x'))).toBeGreaterThan(0)
  })

  it('goes on above the numbers it may have given out, after a restart', async () => {
    const cluster = new TestCluster()
    const before = await cluster.get(cluster.namespace('a').put('x'))
    cluster.restartSequencer()
    expect(cluster.sequencer.machine.newest).toBeGreaterThan(before)
    expect(await cluster.get(cluster.namespace('a').put('y'))).toBeGreaterThan(before)
    expect(cluster.reads.namespacesWith('pods')).toEqual(['a'])
  })
})

describe('lists over all namespaces', () => {
  it('show one revision, in order of namespaces and names, page by page', async () => {
    const cluster = new TestCluster()
    for (const [space, name] of [['b', '1'], ['a', '2'], ['', '3'], ['a', '1'], ['b', '4']] as const) {
      await cluster.get(cluster.namespace(space).put(name))
    }
    const revision = cluster.reads.newestRevision
    await cluster.get(cluster.namespace('a').put('later'))
    const all = ['/3', 'a/1', 'a/2', 'b/1', 'b/4']
    expect(await cluster.list('pods', revision)).toEqual(all)
    expect(await cluster.list('pods', revision, 1)).toEqual(all)
  })

  it('have a revision that opens a watch even when nothing was ever written', async () => {
    const cluster = new TestCluster()
    const revision = cluster.reads.newestRevision
    expect(revision).toBeGreaterThan(0)
    expect(await cluster.list('pods', revision)).toEqual([])
    const watch = cluster.watch('pods', revision)
    const first = await cluster.get(cluster.namespace('a').put('x'))
    await cluster.until(() => watch.revisions.length > 0)
    expect(watch.revisions).toEqual([first])
  })

  it('answer 503 when a namespace does not, and see no write that is acknowledged later', async () => {
    const cluster = new TestCluster()
    await cluster.get(cluster.namespace('a').put('x'))
    const revision = cluster.reads.newestRevision
    cluster.cut.add('a')
    await expect(cluster.list('pods', revision)).rejects.toMatchObject({ httpCode: 503 })
  })

  it('make a range that was given out before them unusable', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    await cluster.get(space.put('x'))
    const grant = await cluster.get(space.driver.reserve(1, ['pods']))
    const revision = cluster.reads.newestRevision
    expect(await cluster.list('pods', revision)).toEqual(['a/x'])
    expect(grant.claim()).toBeUndefined()
    grant.close([])
    expect(await cluster.get(space.put('y'))).toBeGreaterThan(revision)
  })
})

describe('watches over all namespaces', () => {
  it('show every row above their revision in order, from the logs and then live', async () => {
    const cluster = new TestCluster()
    const made: number[] = []
    for (const space of ['a', 'b', 'c', 'a']) made.push(await cluster.get(cluster.namespace(space).put('x')))
    const watch = cluster.watch('pods', made[0] ?? 0)
    for (const space of ['c', 'a', 'b']) made.push(await cluster.get(cluster.namespace(space).put('y')))
    await cluster.get(cluster.namespace('b').put('other', 'nodes'))
    await cluster.until(() => watch.revisions.length >= made.length - 1)
    expect(watch.revisions).toEqual(made.slice(1))
    await cluster.until(() => watch.watch.position === cluster.reads.newestRevision)
  })

  it('hold rows back until lower ranges are closed, and ask about one that stays open', async () => {
    const cluster = new TestCluster()
    await cluster.get(cluster.namespace('a').put('x'))
    await cluster.wait(50)
    const watch = cluster.watch('pods', cluster.reads.newestRevision)
    const grant = await cluster.get(cluster.namespace('a').driver.reserve(1, ['pods']))
    const row = await cluster.get(cluster.namespace('b').put('y'))
    await cluster.wait(500)
    expect(watch.revisions).toEqual([])
    await cluster.wait(2_000)
    expect(watch.revisions).toEqual([row])
    expect(grant.claim()).toBeUndefined()
  })

  it('show what a store committed before it was lost with its close', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    await cluster.get(space.put('x'))
    const watch = cluster.watch('pods', cluster.reads.newestRevision)
    const row = await cluster.get(space.put('y'))
    space.restart()
    await cluster.wait(20)
    const next = await cluster.get(space.put('z'))
    await cluster.until(() => watch.revisions.length === 2)
    expect(watch.revisions).toEqual([row, next])
  })

  it('go on without a silent store after five seconds, and end with 410 when its rows return', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    await cluster.get(space.put('x'))
    await cluster.wait(50)
    const from = cluster.reads.newestRevision
    const watch = cluster.watch('pods', from)
    const written = space.put('y')
    await cluster.until(() => cluster.calls.at(-1) === 'reserve' && space.store.revision > from)
    await written
    cluster.cut.add('a')
    const seen = await cluster.get(cluster.namespace('b').put('y'))
    await cluster.wait(4_000)
    expect(watch.revisions).toEqual([])
    await cluster.wait(3_000)
    expect(watch.revisions).toEqual([seen])
    cluster.cut.clear()
    await cluster.until(() => watch.ended !== 'not yet')
    expect(watch.ended).toMatchObject({ code: 'compacted', message: expect.stringMatching(/^\d+ \(\d+\)$/) as string })
    const late = cluster.watch('pods', seen)
    await cluster.until(() => late.ended !== 'not yet')
    const fresh = cluster.watch('pods', cluster.reads.newestRevision)
    const next = await cluster.get(space.put('z'))
    await cluster.until(() => fresh.revisions.length === 1)
    expect(fresh.revisions).toEqual([next])
  })

  it('wait for a full sink without losing their place', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    const made = [await cluster.get(space.put('x')), await cluster.get(space.put('y'))]
    const watch = cluster.watch('pods', 0, 1)
    await cluster.until(() => watch.revisions.length > 0)
    made.push(await cluster.get(space.put('z')))
    await cluster.wait(100)
    expect(watch.revisions).toEqual(made.slice(0, 2))
    watch.room = 10
    watch.watch.resume()
    await cluster.until(() => watch.revisions.length === 3)
    expect(watch.revisions).toEqual(made)
  })

  it('are cut off when all that the feed keeps passed by a full sink, and resume where they were', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    const stuck = cluster.watch('pods', 0, 1)
    const slow = cluster.watch('pods', 0, 1)
    const made = [await cluster.get(space.put('first'))]
    await cluster.until(() => slow.revisions.length === 1)
    const writes = Math.ceil((1.5 * MAX_FEED_CHARACTERS) / 1_000_000)
    for (let write = 0; write < writes; write += 1) {
      made.push(await cluster.get(space.put('big', 'pods', 1_000_000)))
      slow.room = 1
      slow.watch.resume()
    }
    await cluster.until(() => stuck.ended !== 'not yet')
    expect([stuck.ended, slow.ended, cluster.reads.watcherCount]).toMatchObject([{ code: 'laggard' }, 'not yet', 1])
    const again = cluster.watch('pods', stuck.watch.position)
    await cluster.until(() => again.revisions.length === writes)
    expect([...stuck.revisions, ...again.revisions]).toEqual(made)
  })

  it('refuse a revision that was not given out yet', async () => {
    const cluster = new TestCluster()
    const watch = cluster.watch('pods', 99)
    expect(watch.ended).toMatchObject({ code: 'future' })
  })

  it('try again while a namespace cannot be reached', async () => {
    const cluster = new TestCluster()
    const row = await cluster.get(cluster.namespace('a').put('x'))
    await cluster.wait(50)
    cluster.cut.add('a')
    const watch = cluster.watch('pods', 0)
    await cluster.wait(8_000)
    expect(watch).toMatchObject({ revisions: [], ended: 'not yet' })
    cluster.cut.clear()
    await cluster.until(() => watch.revisions.length > 0)
    expect(watch.revisions).toEqual([row])
  })
})

describe('a namespace that is wiped', () => {
  it('leaves the directory; older lists and watches expire, and it begins anew above', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    const made = await cluster.get(space.put('x'))
    const last = await cluster.get(space.remove('x'))
    await cluster.get(space.driver.wipe(2, () => space.store.wipe()))
    expect(cluster.reads.namespacesWith('pods')).toEqual([])
    await expect(cluster.list('pods', made)).rejects.toMatchObject({ code: 'compacted' })
    expect(await cluster.list('pods', last)).toEqual([])
    const old = cluster.watch('pods', made)
    await cluster.until(() => old.ended !== 'not yet')
    expect(old.ended).toMatchObject({ code: 'compacted' })
    expect(await cluster.get(space.put('y'))).toBeGreaterThan(last)
    expect(await cluster.list('pods', cluster.reads.newestRevision)).toEqual(['a/y'])
  })
})
