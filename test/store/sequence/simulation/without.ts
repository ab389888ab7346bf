/**
 * The rules with one of them taken out: each must be seen by the simulation, or it is not a rule. Mutants override a
 * single decision of the production machines, or change a message on its way.
 */
import type {
  Granted,
  ReserveReply,
  ReserveRequest,
  RowsAnswer,
  RowsRequest,
} from '../../../../src/store/sequence/messages.ts'
import type { WatchStart } from '../../../../src/store/sequence/sequencer.ts'
import { Sequencer } from '../../../../src/store/sequence/sequencer.ts'
import type { LogReader } from '../../../../src/store/sequence/store-side.ts'
import { StoreSide } from '../../../../src/store/sequence/store-side.ts'
import type { Variant } from './world.ts'
import { SOUND } from './world.ts'

class DropsCloses extends Sequencer {
  override reserve(request: ReserveRequest, nowMs: number): ReserveReply {
    return super.reserve({ ...request, close: undefined }, nowMs)
  }
}

/** Does not say which of the batch's resources are watched. */
class TellsNothing extends Sequencer {
  override reserve(request: ReserveRequest, nowMs: number): ReserveReply {
    const reply = super.reserve(request, nowMs)
    return reply.kind === 'granted' ? { ...reply, watched: [] } : reply
  }
}

class GrantsToWhoIsAside extends Sequencer {
  protected override mustSettle({ isFirst }: ReserveRequest, hasOpen: boolean): boolean {
    return isFirst && hasOpen
  }
}

class LetsGoAtOnce extends Sequencer {
  protected override mustSettleToLeave(): boolean {
    return false
  }
}

/** Lists are judged as they should be; watches that begin below a wipe are not. */
class MergesAcrossWipes extends Sequencer {
  #isStarting = false

  override start(resource: string, position: number): WatchStart {
    this.#isStarting = true
    try {
      return super.start(resource, position)
    } finally {
      this.#isStarting = false
    }
  }

  protected override canReadBack(resource: string, revision: number): boolean {
    return this.#isStarting || super.canReadBack(resource, revision)
  }
}

class ShowsAtOnce extends Sequencer {
  protected override holdsUp(): boolean {
    return false
  }
}

class BelievesFirstRequests extends Sequencer {
  protected override mustSettle(request: ReserveRequest, hasOpen: boolean): boolean {
    return super.mustSettle({ ...request, isFirst: false }, hasOpen)
  }
}

class TakesOvertaken extends Sequencer {
  protected override isOvertaken(): boolean {
    return false
  }
}

class TakesAnswersOfFormers extends Sequencer {
  protected override isFromFormer(): boolean {
    return false
  }
}

class TakesOldIncarnations extends Sequencer {
  protected override isFromThePast(): boolean {
    return false
  }
}

class ForgetsReturns extends Sequencer {
  protected override isGone(): boolean {
    return false
  }
}

class MarksOnlyWatched extends Sequencer {
  override answered(answer: RowsAnswer, nowMs: number): RowsRequest | undefined {
    const isWatched = (resource: string): boolean => this.read(resource, this.newest).kind !== 'behind'
    return super.answered({ ...answer, touched: answer.touched.filter(isWatched) }, nowMs)
  }
}

/** The mark itself is let through: "below" in place of "at or below". */
class ForgivesTheMark extends Sequencer {
  protected override isGone(resource: string, position: number): boolean {
    return super.isGone(resource, position + 1)
  }
}

/** Not for random runs: there somebody writes soon, and the next list is above the mark by that. */
export class SkipsNothing extends Sequencer {
  protected override nextAfterMark(mark: number): number {
    return mark
  }
}

class RepeatsNumbers extends Sequencer {
  protected override lastGiven(): number {
    return 1
  }
}

class MergesWithoutTheLast extends Sequencer {
  override start(resource: string, position: number): WatchStart {
    const start = super.start(resource, position)
    return start.kind === 'merge' ? { ...start, stores: start.stores.slice(0, -1) } : start
  }
}

class TakesLateAnswers extends StoreSide {
  protected override isAnswerTo(_id: number, _reply: Granted): boolean {
    return true
  }
}

class UsesOldRanges extends StoreSide {
  protected override isFresh(): boolean {
    return true
  }
}

/** Answers as if its log were whole. */
class HidesCompaction extends StoreSide {
  override answer(request: RowsRequest, log: LogReader, maxCharacters?: number): RowsAnswer {
    const changes: LogReader['changes'] = (query) => log.changes(query)
    return super.answer(request, { revision: log.revision, compactedRevision: 0, changes }, maxCharacters)
  }
}

class HasNoFloor extends StoreSide {
  protected override isAboveFloor(): boolean {
    return true
  }
}

const sequencer = (make: typeof Sequencer): Partial<Variant> => ({
  sequencer: (state, makeFeed) => new make(state, makeFeed),
})

const storeSide = (make: typeof StoreSide): Partial<Variant> => ({
  storeSide: (speaker, nextId) => new make(speaker, nextId),
})

const without = (change: Partial<Variant>): Variant => ({ ...SOUND, ...change })

/** A store that falls silent with a range in its hands: what rule 5 is about. */
const SILENCE = { partitions: true, slowCommits: true, crashes: false, wipes: false, compactions: false }

/** What is taken out → the rules without it. */
export const WITHOUT: Readonly<Record<string, Variant>> = {
  'the close that comes with a reservation is not read (rule 1)': without(sequencer(DropsCloses)),
  'an answer that is late is used all the same (rule 2)': without(storeSide(TakesLateAnswers)),
  'a request that was overtaken is granted all the same (rule 2)': without(sequencer(TakesOvertaken)),
  'a store that answered goes on using lower ranges (rules 2 and 6)': without(storeSide(HasNoFloor)),
  'a range is used however old it is (rule 2)': without(storeSide(UsesOldRanges)),
  'an instance that was replaced answers for its successor (rule 2)': without({
    ...sequencer(TakesAnswersOfFormers),
    faults: { doubles: true, crashes: true },
  }),
  'request ids begin anew at a restart (rule 2)': without({ restartsIds: true }),
  'a list of one namespace that is ahead of it makes no promise (rule 2)': without({ aheadFloor: () => 0 }),
  'rows go out before lower ranges are closed (rule 3)': without(sequencer(ShowsAtOnce)),
  'a restarted store need not tell what it committed (rule 4)': without(sequencer(BelievesFirstRequests)),
  'a restarted sequencer begins at 1 (rule 4)': without(sequencer(RepeatsNumbers)),
  'a restarted sequencer forgets who holds what (rule 4)': without({ forgets: ['holdings'] }),
  'a restarted sequencer forgets who was set aside (rule 5)': without({
    forgets: ['aside'],
    faults: { ...SILENCE, sequencerCrashes: true },
  }),
  'a silent store is passed over before that is durable (rule 5)': without({
    passesAtOnce: true,
    faults: { ...SILENCE, sequencerCrashes: true },
  }),
  'a store that was set aside is given a range at once (rule 5)': without({ ...sequencer(GrantsToWhoIsAside), faults: SILENCE }),
  'rows that come back below what was shown end nothing (rule 5)': without(sequencer(ForgetsReturns)),
  'rows that come back end only what is watched just then (rule 5)': without({ ...sequencer(MarksOnlyWatched), faults: SILENCE }),
  'a watch from the mark itself goes on (rule 5)': without(sequencer(ForgivesTheMark)),
  'a page is read without a floor (rule 6)': without({ listFloor: () => 0 }),
  'a page is read from below what was compacted (rule 6)': without({ ignoresCompaction: true }),
  'a feed claims to reach back further than it does (rule 7)': without({
    sequencer: (state, makeFeed) => new Sequencer(state, (start) => makeFeed(Math.max(0, start - 20))),
  }),
  'a store is not told what is watched (rule 7)': without(sequencer(TellsNothing)),
  'a merge leaves out a namespace (rule 7)': without(sequencer(MergesWithoutTheLast)),
  'a log is merged from below what was compacted (rule 7)': without(storeSide(HidesCompaction)),
  'a store takes leave with a range open (rule 8)': without(sequencer(LetsGoAtOnce)),
  'a list that runs across a wipe is not given up (rule 8)': without({ ignoresWipes: true }),
  'a watch is merged across a wipe (rule 8)': without(sequencer(MergesAcrossWipes)),
  'a restarted sequencer forgets who was wiped (rule 8)': without({ forgets: ['wiped'] }),
  'a wiped store forgets that it was compacted (rule 8)': without({ forgetsWipes: true }),
  'messages of older incarnations count (rule 8)': without(sequencer(TakesOldIncarnations)),
  'what a replaced sequencer could not write leaves it nevertheless (platform)': without({
    leaksWrites: true,
    faults: { ...SILENCE, sequencerCrashes: true, doubles: true },
  }),
  'calls reach a replaced namespace beside its successor (platform)': without({ reachesFormer: true }),
}
