/**
 * The rules with one of them taken out: each must be seen by the simulation, or it is not a rule. Mutants override a
 * single decision of the production machines, or change a message on its way.
 */
import type { Granted, ReserveRequest, RowsAnswer, RowsRequest } from '../../../../src/store/sequence/messages.ts'
import type { WatchStart } from '../../../../src/store/sequence/sequencer.ts'
import { Sequencer } from '../../../../src/store/sequence/sequencer.ts'
import { StoreSide } from '../../../../src/store/sequence/store-side.ts'
import type { Variant } from './world.ts'
import { SOUND } from './world.ts'

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

/** What is taken out → the rules without it. */
export const WITHOUT: Readonly<Record<string, Variant>> = {
  'an answer that is late is used all the same (rule 2)': without(storeSide(TakesLateAnswers)),
  'a request that was overtaken is granted all the same (rule 2)': without(sequencer(TakesOvertaken)),
  'a store that answered goes on using lower ranges (rules 2 and 6)': without(storeSide(HasNoFloor)),
  'a range is used however old it is (rule 2)': without(storeSide(UsesOldRanges)),
  'request ids begin anew at a restart (rule 2)': without({ restartsIds: true }),
  'rows go out before lower ranges are closed (rule 3)': without(sequencer(ShowsAtOnce)),
  'a restarted store need not tell what it committed (rule 4)': without(sequencer(BelievesFirstRequests)),
  'a restarted sequencer begins at 1 (rule 4)': without(sequencer(RepeatsNumbers)),
  'a restarted sequencer forgets who was set aside (rule 5)': without({ forgetsAside: true }),
  'rows that come back below what was shown end nothing (rule 5)': without(sequencer(ForgetsReturns)),
  'rows that come back end only what is watched just then (rule 5)': without(sequencer(MarksOnlyWatched)),
  'a watch from the mark itself goes on (rule 5)': without(sequencer(ForgivesTheMark)),
  'a page is read without a floor (rule 6)': without({ listFloor: () => 0 }),
  'a feed claims to reach back further than it does (rule 7)': without({
    sequencer: (state, makeFeed) => new Sequencer(state, (start) => makeFeed(Math.max(0, start - 20))),
  }),
  'a merge leaves out a namespace (rule 7)': without(sequencer(MergesWithoutTheLast)),
  'a list that runs across a wipe is not given up (rule 8)': without({ ignoresWipes: true }),
  'a wiped store forgets that it was compacted (rule 8)': without({ forgetsWipes: true }),
  'messages of older incarnations count (rule 8)': without(sequencer(TakesOldIncarnations)),
}
