/**
 * A namespace's object in the simulation: the production state machine with a log, group commit, durability that comes
 * later than the commit, crashes, silence, compaction, and wiping. A crash makes a successor from what is durable;
 * where a run has doubles, the former instance goes on beside it for a while, and nothing that it writes is durable.
 */
import type { Change } from '../../../../src/store/object-store.ts'
import type { ReserveReply, RowsAnswer, RowsRequest, SettleFirst } from '../../../../src/store/sequence/messages.ts'
import type { LogReader, StoreSide } from '../../../../src/store/sequence/store-side.ts'
import { RANGE_LIFETIME_MS } from '../../../../src/store/sequence/store-side.ts'
import type { SequencerActor, SequencerInstance } from './sequencer-actor.ts'
import type { World } from './world.ts'
import { RESOURCES, Violation } from './world.ts'

const ANSWER_TIMEOUT_MS = 1_000
const MAX_ATTEMPTS = 3
const NAMES = ['a', 'b', 'c', 'd'] as const

/** Request ids that one life has to itself. */
const IDS_OF_A_LIFE = 10_000

interface Write {
  readonly resource: string
  readonly name: string
  readonly type: 'put' | 'delete'
}

export interface Page {
  readonly objects: ReadonlyMap<string, number>
  readonly hasMore: boolean
  readonly isCompacted: boolean
}

export class StoreActor implements LogReader {
  readonly name: string
  /** Whose place this one has taken. */
  readonly former: StoreActor | undefined
  readonly #world: World
  readonly #sequencer: SequencerActor
  #side: StoreSide
  #log: Change[] = []
  #durableLength = 0
  #incarnation = 1
  compactedRevision = 0
  #nextId = 1
  #life = 0
  #isUp = true
  #isReplaced = false
  #silentUntilMs = 0
  #isSealed = false
  #waiting: Write[] = []
  #isBusy = false

  /** The successor of `former` finds what that had made durable. */
  constructor(name: string, world: World, sequencer: SequencerActor, former?: StoreActor) {
    this.name = name
    this.former = former
    this.#world = world
    this.#sequencer = sequencer
    if (former !== undefined) {
      this.#log = former.#log.slice(0, former.#durableLength)
      this.#durableLength = former.#durableLength
      this.#incarnation = former.#incarnation
      this.compactedRevision = former.compactedRevision
      this.#isSealed = former.#isSealed
      if (!world.variant.restartsIds) {
        this.#nextId = Math.ceil(former.#nextId / IDS_OF_A_LIFE) * IDS_OF_A_LIFE + 1
      }
    }
    this.#side = this.#makeSide()
  }

  get isUp(): boolean {
    return this.#isUp
  }

  get revision(): number {
    return Math.max(this.#log.at(-1)?.revision ?? 0, this.compactedRevision)
  }

  /** What watchers of this namespace may be shown. */
  get shownRevision(): number {
    return Math.max(this.#log[this.#durableLength - 1]?.revision ?? 0, this.compactedRevision)
  }

  changes({ after, limit, resources }: { after: number; limit: number; resources?: readonly string[] }): Change[] {
    const rows: Change[] = []
    for (const row of this.#log) {
      if (row.revision <= after || (resources !== undefined && !resources.includes(row.resource))) continue
      rows.push(row)
      if (rows.length === limit) break
    }
    return rows
  }

  write(resource: string): void {
    if (this.#isSealed) return
    const type = !this.#world.isCalm && this.#world.chance(0.3) ? 'delete' : 'put'
    this.#waiting.push({ resource, name: this.#world.pick(NAMES), type })
    this.#startBatch()
  }

  crash(): void {
    if (!this.#isUp) return
    const lives = this.#world.faults.doubles && this.#world.chance(0.6)
    this.#world.note(() => `${this.name} ${lives ? 'is replaced' : 'crashes'}`)
    const end = (): void => {
      this.#life += 1
      this.#isUp = false
    }
    this.#isReplaced = true
    if (lives) this.#world.after(this.#world.below(this.#world.chance(0.2) ? 12_000 : 4_000), end)
    else end()
    const successor = new StoreActor(this.name, this.#world, this.#sequencer, this)
    successor.#isUp = false
    this.#sequencer.stores.set(this.name, successor)
    const delayMs = this.#world.below(lives ? 50 : this.#world.chance(0.2) ? 9_000 : 500)
    this.#world.after(delayMs, () => {
      successor.#isUp = true
      if (successor.#isSealed) successor.#leave()
    })
  }

  fallSilent(durationMs: number): void {
    this.#world.note(() => `${this.name} falls silent for ${String(durationMs)}`)
    this.#silentUntilMs = this.#world.now + durationMs
  }

  /** Gives up what was superseded up to some durable revision, as history/compact.ts does. */
  compact(): void {
    if (this.#durableLength < 3) return
    const compacted = this.#log[this.#world.below(this.#durableLength - 1)]?.revision ?? this.compactedRevision
    if (compacted <= this.compactedRevision) return
    this.#world.excuse(compacted)
    this.#world.note(() => `${this.name} compacts to ${String(compacted)}`)
    this.compactedRevision = compacted
    const stands = new Set(RESOURCES.flatMap((resource) => [...stateAsOf(this.#log, resource, compacted).values()]))
    const isKept = ({ revision }: Change): boolean => revision > compacted || stands.has(revision)
    const durable = this.#log.slice(0, this.#durableLength).filter(isKept)
    this.#log = [...durable, ...this.#log.slice(this.#durableLength)]
    this.#durableLength = durable.length
  }

  /** Seals the namespace, deletes everything in it, and wipes it once the sequencer lets it go. */
  wipe(): void {
    if (this.#isSealed || !this.#isUp) return
    this.#world.note(() => `${this.name} is sealed`)
    this.#isSealed = true
    this.#leave()
  }

  /** A question of the sequencer; the answer leaves when what it says is durable. */
  ask(request: RowsRequest, take: (answer: RowsAnswer) => void): void {
    this.#receive(() => {
      const answer = this.#side.answer(request, this, this.#world.chance(0.5) ? 3 : 1_000)
      this.#world.note(() => `${this.name} answers ${JSON.stringify(request)} → ${JSON.stringify(answer)}`)
      this.#whenDurable(() => this.#send(() => take(answer)))
    })
  }

  /** A page of a list as of `revision`. */
  page(revision: number, resource: string, after: string, limit: number, take: (page: Page) => void): void {
    this.#receive(() => {
      this.#side.raiseFloor(this.#world.variant.listFloor(revision))
      const isCompacted = !this.#world.variant.ignoresCompaction && revision < this.compactedRevision
      const names = [...stateAsOf(this.#log, resource, revision)]
        .filter(([name]) => name > after)
        .sort(([one], [other]) => (one < other ? -1 : 1))
      const page = { objects: new Map(names.slice(0, limit)), hasMore: names.length > limit, isCompacted }
      this.#whenDurable(() => this.#send(() => take(page)))
    })
  }

  /** A list of this namespace alone, which says `revision`: that may be ahead of the store, which then promises. */
  list(resource: string, revision: number, take: (objects: ReadonlyMap<string, number>) => void): void {
    if (revision > this.revision) this.#side.raiseFloor(this.#world.variant.aheadFloor(revision))
    const state = stateAsOf(this.#log, resource, revision)
    this.#whenDurable(() => take(state))
  }

  #makeSide(): StoreSide {
    const speaker = { store: this.name, incarnation: this.#incarnation }
    return this.#world.variant.storeSide(speaker, () => this.#nextId++)
  }

  get #isSilent(): boolean {
    return this.#world.now < this.#silentUntilMs && !this.#world.isCalm
  }

  #receive(deliver: () => void): void {
    this.#world.send(() => {
      if (this.#isUp && !this.#isSilent) deliver()
    })
  }

  #send(deliver: () => void): void {
    if (!this.#isSilent) this.#world.send(deliver)
  }

  /** A call goes to the sequencer that is there now, though another one may have come before it arrives. */
  #call(deliver: (to: SequencerInstance | undefined) => void): void {
    const to = this.#sequencer.current
    this.#send(() => deliver(to))
  }

  /** Runs when everything committed so far is durable; never, if this life ends before. */
  #whenDurable(run: () => void): void {
    if (this.#durableLength === this.#log.length) {
      run()
      return
    }
    if (this.#isReplaced) return
    this.#inThisLife(2, () => this.#whenDurable(run))
  }

  #inThisLife(delayMs: number, run: () => void): void {
    const life = this.#life
    this.#world.after(delayMs, () => {
      if (life === this.#life && this.#isUp) run()
    })
  }

  #startBatch(): void {
    if (this.#isBusy || !this.#isUp || this.#waiting.length === 0) return
    this.#isBusy = true
    this.#reserve(this.#waiting.splice(0, 4), 1)
  }

  #reserve(batch: readonly Write[], attempt: number): void {
    const resources = [...new Set(batch.map(({ resource }) => resource))]
    const request = this.#side.reserve(batch.length + this.#world.below(2), resources, this.#world.now)
    this.#world.note(() => `${this.name} asks ${JSON.stringify(request)}`)
    let isOver = false
    const life = this.#life
    const askedAtMs = this.#world.now
    this.#call((to) => {
      const reply = this.#sequencer.call(to, (machine) => machine.reserve(request, this.#world.now))
      this.#world.note(() => `sequencer replies ${this.name} ${JSON.stringify(reply)}`)
      if (reply === undefined || reply.kind === 'stale') return
      this.#receive(() => {
        // An answer for a life that ended reaches nobody's batch, but a machine that must know it as late.
        if (life !== this.#life) this.#takeLate(reply)
        else if (reply.kind === 'granted') {
          if (!this.#side.receive(reply)) return
          isOver = true
          this.#inThisLife(this.#pauseMs(), () => this.#commit(batch, attempt, askedAtMs))
        } else if (!isOver) {
          this.#settle(reply, () => {
            if (isOver || life !== this.#life) return
            isOver = true
            this.#reserve(batch, attempt)
          })
        }
      })
    })
    this.#inThisLife(ANSWER_TIMEOUT_MS, () => {
      if (isOver) return
      isOver = true
      if (attempt < MAX_ATTEMPTS) this.#reserve(batch, attempt + 1)
      else {
        this.#side.drop()
        this.#endBatch()
      }
    })
  }

  #takeLate(reply: ReserveReply): void {
    if (reply.kind !== 'granted' || !this.#side.receive(reply)) return
    throw new Violation('an answer to an earlier life was taken')
  }

  #pauseMs(): number {
    if (!this.#world.faults.slowCommits || this.#world.isCalm || this.#world.chance(0.8)) return 0
    return this.#world.below(this.#world.chance(0.3) ? 9_000 : 1_500)
  }

  #commit(batch: readonly Write[], attempt: number, askedAtMs: number): void {
    const range = this.#side.claim(this.#world.now, this.revision)
    if (range === undefined) {
      this.#side.close([])
      if (attempt < MAX_ATTEMPTS) this.#reserve(batch, attempt + 1)
      else this.#endBatch()
      return
    }
    if (this.#world.now - askedAtMs >= RANGE_LIFETIME_MS) throw new Violation('a range was used that had grown old')
    const rows: Change[] = []
    for (const write of batch) {
      const exists = stateAsOf(this.#log, write.resource, Infinity).has(write.name)
      // A turn that decides against its write leaves its revision unused.
      const isRefused = !this.#isSealed && !this.#world.isCalm && this.#world.chance(0.1)
      if (isRefused || (write.type === 'delete' && !exists)) continue
      const revision = range.from + rows.length
      this.#world.useRevision(revision)
      const row = aChange(write, revision, exists)
      rows.push(row)
      this.#log.push(row)
    }
    this.#world.note(() => `${this.name} commits ${rows.map(({ revision }) => revision).join(',')}`)
    this.#inThisLife(this.#world.below(this.#world.chance(0.1) ? 300 : 8), () => this.#finishBatch(rows))
  }

  #finishBatch(rows: readonly Change[]): void {
    if (this.#isReplaced) return
    this.#durableLength = this.#log.length
    for (const change of rows) {
      this.#world.committed.set(change.revision, { store: this.name, change, acknowledgedAtMs: this.#world.now })
    }
    this.#side.close(rows)
    this.#sendParts()
    this.#endBatch()
  }

  /** Sometimes a part of the rows goes ahead of the close, as large batches have it. */
  #sendParts(): void {
    const { owed } = this.#side
    if (owed === undefined || owed.rows.length < 2 || !this.#world.chance(0.3)) return
    const part = { ...owed, rows: owed.rows.slice(0, 1), isWhole: false }
    const request = { ...this.#side.speaker, close: part }
    this.#call((to) => void this.#sequencer.call(to, (machine) => machine.close(request, this.#world.now)))
  }

  #endBatch(): void {
    this.#isBusy = false
    this.#inThisLife(this.#world.below(60), () => {
      this.#startBatch()
      if (!this.#isBusy) this.#closeAlone()
    })
  }

  #closeAlone(): void {
    const { owed } = this.#side
    if (owed === undefined) return
    const request = { ...this.#side.speaker, close: owed }
    this.#call((to) => {
      const reply = this.#sequencer.call(to, (machine) => machine.close(request, this.#world.now))
      if (reply === undefined || reply.kind === 'stale') return
      this.#receive(() => {
        if (reply.kind === 'done') this.#side.acknowledged(owed)
        else this.#settle(reply, () => this.#side.acknowledged(owed))
      })
    })
  }

  #settle({ request }: SettleFirst, done: () => void): void {
    const answer = this.#side.answer(request, this, this.#world.chance(0.5) ? 3 : 1_000)
    this.#world.note(() => `${this.name} settles ${JSON.stringify(request)} → ${JSON.stringify(answer)}`)
    this.#whenDurable(() =>
      this.#call((to) => {
        if (this.#sequencer.current === undefined) return
        const next = this.#sequencer.answered(to, answer)
        this.#receive(() => (next === undefined ? done() : this.#settle({ kind: 'settle', request: next }, done)))
      }),
    )
  }

  #leave(): void {
    if (this.#isReplaced) return
    const again = (): void => this.#world.after(700, () => this.#leave())
    if (!this.#isUp || this.#isBusy || this.#waiting.length > 0) {
      this.#startBatch()
      again()
      return
    }
    const left = liveObjects(this.#log)
    if (left.length > 0) {
      this.#waiting.push(...left)
      this.#startBatch()
      again()
      return
    }
    const { speaker } = this.#side
    const request = { ...speaker, lastRevision: this.revision }
    let isOver = false
    this.#world.excuse(request.lastRevision)
    this.#call((to) => {
      const reply = this.#sequencer.call(to, (machine) => machine.leave(request))
      if (reply === undefined) return
      this.#receive(() => {
        if (isOver || this.#isReplaced || speaker.incarnation !== this.#incarnation) return
        if (reply.kind === 'settle') this.#settle(reply, () => undefined)
        if (reply.kind !== 'done') return
        isOver = true
        this.#becomeNew()
      })
    })
    this.#world.after(700, () => {
      if (isOver) return
      isOver = true
      this.#leave()
    })
  }

  #becomeNew(): void {
    this.#world.note(() => `${this.name} is wiped at ${String(this.revision)}`)
    if (!this.#world.variant.forgetsWipes) this.compactedRevision = this.revision
    this.#log = []
    this.#durableLength = 0
    if (!this.#world.variant.keepsIncarnation) this.#incarnation += 1
    this.#life += 1
    this.#side = this.#makeSide()
    this.#isSealed = false
  }
}

function aChange({ resource, name, type }: Write, revision: number, exists: boolean): Change {
  const selectable = { labels: {}, fields: {} }
  return {
    resource,
    name,
    revision,
    type: type === 'delete' ? 'DELETED' : exists ? 'MODIFIED' : 'ADDED',
    text: '{}',
    timeMs: 0,
    selectable,
    previousSelectable: exists ? selectable : undefined,
  }
}

/** Name → revision of the objects that exist as of `revision`. */
export function stateAsOf(log: Iterable<Change>, resource: string, revision: number): Map<string, number> {
  const state = new Map<string, number>()
  for (const row of log) {
    if (row.resource !== resource || row.revision > revision) continue
    if (row.type === 'DELETED') state.delete(row.name)
    else state.set(row.name, row.revision)
  }
  return state
}

/** In one order, to compare and to show. */
export function stateText(state: ReadonlyMap<string, number>): string {
  return JSON.stringify([...state].sort(([one], [other]) => (one < other ? -1 : 1)))
}

function liveObjects(log: readonly Change[]): Write[] {
  const resources = new Set(log.map(({ resource }) => resource))
  const live: Write[] = []
  for (const resource of resources) {
    for (const name of stateAsOf(log, resource, Infinity).keys()) live.push({ resource, name, type: 'delete' })
  }
  return live
}
