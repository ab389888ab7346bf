/**
 * What the scheduler knows after tellings that are lost, repeated, late and overlap with loads: never less than the
 * last telling that was acknowledged, and nothing that is gone. The seed of a failing history is printed.
 */
import { describe, expect, it } from 'vitest'
import type { V1Node, V1Pod } from '../../src/apis/generated/types.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { SchedulingChange, SchedulingState } from '../../src/objects/followers/scheduler-inbox.ts'
import { SchedulerInbox } from '../../src/objects/followers/scheduler-inbox.ts'

/** Pods by uid with the revision that they were told at. */
class Known {
  readonly pods = new Map<string, string>()
  readonly nodes = new Set<string>()

  setNode = (node: V1Node): void => void this.nodes.add(node.metadata.name ?? '')
  removeNode = (name: string): void => void this.nodes.delete(name)
  setPod = ({ metadata }: V1Pod): void => void this.pods.set(metadata.uid ?? '', metadata.resourceVersion ?? '')
  removePod = (uid: string): void => void this.pods.delete(uid)
}

/** A store’s log of pods. */
class Log {
  readonly changes: SchedulingChange[] = []

  get revision(): number {
    return this.changes.length
  }

  write(uid: string, isGone: boolean): void {
    const revision = this.revision + 1
    const text = isGone ? null : JSON.stringify({ metadata: { uid, name: uid, resourceVersion: String(revision) } })
    this.changes.push({ kind: 'pod', name: uid, uid, text, revision })
  }

  state(): SchedulingState {
    const newest = new Map(this.changes.map((change) => [change.uid, change]))
    return { revision: this.revision, changes: [...newest.values()].filter(({ text }) => text !== null) }
  }

  expected(): ReadonlyMap<string, string> {
    return new Map(this.state().changes.map(({ uid, revision }) => [uid, String(revision)]))
  }
}

async function play(seed: number): Promise<void> {
  const random = seededRandom(seed)
  const [known, log, late] = [new Known(), new Log(), [] as (() => void)[]]
  const drawn = (count: number): number => Math.floor(random.next() * count)
  const inbox = new SchedulerInbox({
    scheduler: known,
    scopes: () => Promise.resolve(['ns']),
    async stateOf(scope) {
      const state = scope === 'ns' ? log.state() : { revision: 0, changes: [] }
      // The answer is on its way for a while.
      if (scope === 'ns' && random.next() < 0.5) await new Promise<void>((resolve) => late.push(resolve))
      return state
    },
  })
  // A telling is on its way for a while, too.
  const arriving = async (tell: () => Promise<void>): Promise<void> => {
    if (random.next() < 0.3) await new Promise<void>((resolve) => late.push(resolve))
    await tell()
  }
  const tellings: Promise<void>[] = []
  let served = 0
  for (let step = 0; step < 30; step++) {
    log.write(`pod${String(drawn(4))}`, random.next() < 0.3)
    const lot = random.next()
    // From where the follower's cursor stands, or from further back: told again. Sometimes the whole state.
    const after = Math.max(0, served - drawn(4))
    const upTo = log.revision
    const [changes, state] = [log.changes.slice(after, upTo), log.state()]
    if (lot < 0.5) tellings.push(arriving(() => inbox.tell('ns', after, upTo, changes)))
    else if (lot < 0.6) tellings.push(arriving(() => inbox.replace('ns', state)))
    // Who is not acknowledged keeps the cursor; a cursor may also stand beyond what an ended scheduler knew.
    if (lot < 0.4 || random.next() < 0.1) served = upTo
    if (random.next() < 0.4) late.splice(drawn(late.length), 1)[0]?.()
    for (let turns = drawn(12); turns > 0; turns--) await Promise.resolve()
  }
  tellings.push(inbox.tell('ns', served, log.revision, log.changes.slice(served)))
  for (let turns = 0; turns < 200; turns++) {
    late.splice(0).forEach((arrive) => arrive())
    await Promise.resolve()
  }
  await Promise.all(tellings)
  expect([seed, known.pods]).toEqual([seed, log.expected()])
}

describe('what the scheduler was told', () => {
  it('is the state of the log after 2,000 histories of lost, repeated, late and overlapping tellings', async () => {
    for (let seed = 1; seed <= 2_000; seed++) await play(seed)
  })
})
