/**
 * Shows that the simulation would notice: each of these changes of one line of the sequencer's sources must make a run
 * fail. What time alone repairs (a question that is asked once more) is not among them.
 */
import { afterAll, describe, expect, it } from 'vitest'
import type { Feed } from '../../../src/store/sequence/feed.ts'
import type { Merge } from '../../../src/store/sequence/merge.ts'
import type { Sequencer } from '../../../src/store/sequence/sequencer.ts'
import type { StoreSide } from '../../../src/store/sequence/store-side.ts'
import type { Mutation } from '../mutated-sources.ts'
import { mutatedModules, removeCopies } from '../mutated-sources.ts'
import { simulate } from './simulation/simulate.ts'
import type { Variant } from './simulation/world.ts'
import { SOUND } from './simulation/world.ts'

/** Ten times what the rarest of them needs. */
const RUNS = 1_000

const MUTATIONS: readonly Mutation[] = [
  {
    title: 'a closed range waits for nothing below it',
    file: 'sequence/sequencer',
    from: '        this.#emitted = from - 1\n        return\n',
    to: '        this.#emitted = from - 1\n        continue\n',
  },
  {
    title: 'a row may be taken twice',
    file: 'sequence/sequencer',
    from: 'if (row.revision <= open.progress || row.revision > through) continue',
    to: 'if (row.revision > through) continue',
  },
  {
    title: 'a part of the rows counts as the whole',
    file: 'sequence/sequencer',
    from: 'if (request.close.isWhole) this.#finish',
    to: 'this.#finish',
  },
  {
    title: 'an answer in part closes the range',
    file: 'sequence/sequencer',
    from: 'if (open.progress < open.to) return',
    to: 'if (open.progress < open.from) return',
  },
  {
    title: 'numbers are given out that a restart would give again',
    file: 'sequence/sequencer',
    from: '    this.#directory.keepHighWater(this.#highWater)\n',
    to: '',
  },
  {
    title: 'the same number is given out twice',
    file: 'sequence/sequencer',
    from: 'const from = this.#newest + 1',
    to: 'const from = Math.max(2, this.#newest)',
  },
  {
    title: 'a merge ends below the feed',
    file: 'sequence/sequencer',
    from: "return { kind: 'merge', through: feed.start,",
    to: "return { kind: 'merge', through: feed.start - 1,",
  },
  {
    title: 'a watch is told that it has seen what is not emitted yet',
    file: 'sequence/sequencer',
    from: 'Math.max(position, this.#emitted)',
    to: 'Math.max(position, this.#newest)',
  },
  {
    title: 'nobody is entered as a holder',
    file: 'sequence/directory',
    from: '      held.add(resource)\n',
    to: '',
  },
  {
    title: 'a new holder is not written down',
    file: 'sequence/directory',
    from: "      this.#writes.push({ kind: 'holding', store, resource })\n",
    to: '',
  },
  {
    title: 'a wiped store leaves no mark',
    file: 'sequence/directory',
    from: "this.#raise({ kind: 'wiped', resource, revision: lastRevision })",
    to: 'void lastRevision',
  },
  {
    title: 'a mark is not written down',
    file: 'sequence/directory',
    from: "    this.#writes.push({ kind: 'mark', mark })\n",
    to: '',
  },
  {
    title: 'a trimmed feed claims to be whole',
    file: 'sequence/feed',
    from: '      this.#start = row.revision\n',
    to: '',
  },
  {
    title: 'a feed shows the row at its reader’s position again',
    file: 'sequence/feed',
    from: '?? Infinity) <= position',
    to: '?? Infinity) < position',
  },
  {
    title: 'a merge lets rows go that another store may come before',
    file: 'sequence/merge',
    from: 'revision > bound)',
    to: 'revision > bound + 9)',
  },
  {
    title: 'a merge asks from its beginning again',
    file: 'sequence/merge',
    from: '      source.through = answer.through\n',
    to: '',
  },
  {
    title: 'an answer that was cut claims to reach to the floor',
    file: 'sequence/store-side',
    from: 'maxCharacters) return { rows, through: after }',
    to: 'maxCharacters) return { rows, through: floor }',
  },
  {
    title: 'an answer raises no floor',
    file: 'sequence/store-side',
    from: '    this.raiseFloor(request.floor)\n',
    to: '',
  },
  {
    title: 'a floor can be lowered',
    file: 'sequence/store-side',
    from: 'if (revision > this.#floor) this.#floor',
    to: 'this.#floor',
  },
  {
    title: 'a close brings rows that nobody watches only',
    file: 'sequence/store-side',
    from: 'held.watched.has(resource)',
    to: '!held.watched.has(resource)',
  },
]

interface Machines {
  readonly Sequencer: typeof Sequencer
  readonly StoreSide: typeof StoreSide
  readonly Feed: typeof Feed
  readonly Merge: typeof Merge
}

async function variantOf(mutation: Mutation | undefined): Promise<Variant> {
  const modules = ['sequencer', 'store-side', 'feed', 'merge'].map((name) => `sequence/${name}`)
  const machines = (await mutatedModules(mutation, modules)) as Machines
  return {
    ...SOUND,
    sequencer: (...given) => new machines.Sequencer(...given),
    storeSide: (...given) => new machines.StoreSide(...given),
    feed: (...given) => new machines.Feed(...given),
    merge: (...given) => new machines.Merge(...given),
  }
}

/** The first run that fails, with what it says. */
function firstFailure(variant: Variant, runs: number): string | undefined {
  for (let seed = 1; seed <= runs; seed += 1) {
    const { violation } = simulate(seed, variant)
    if (violation !== undefined) return `seed ${String(seed)}: ${violation}`
  }
  return undefined
}

describe('the simulation', () => {
  afterAll(removeCopies)

  it('passes on an unchanged copy of the sources', async () => {
    expect(firstFailure(await variantOf(undefined), 200)).toBeUndefined()
  })

  it.each(MUTATIONS)('notices when $title', async (mutation) => {
    expect(firstFailure(await variantOf(mutation), RUNS), 'nobody noticed').toBeDefined()
  })
})
