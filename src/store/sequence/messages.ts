/**
 * What stores and the sequencer of a logical cluster say to one another, as plain data: small and free of text on the
 * way of a write, unless somebody watches across namespaces. docs/decisions/0003-sequencer-rules.md has the rules.
 *
 * Invariant: every message may be lost, late or repeated without harm to what these rules promise. Revisions are never
 * given out twice, so a range is named by its first one.
 */
import type { Change } from '../object-store.ts'

/**
 * Rows on the wire are bounded by this many characters: two bytes each at worst, and a message carries at most 32 MiB.
 */
export const MAX_ROWS_CHARACTERS = 8_000_000

/** Who speaks: the namespace ('' for the cluster scope) and how often it was wiped. */
export interface Speaker {
  readonly store: string
  readonly incarnation: number
}

/** A batch is over: its rows of watched resources, and with the last part word that the rest of the range is void. */
export interface Close {
  /** The first revision of the range. */
  readonly from: number
  readonly rows: readonly Change[]
  readonly isWhole: boolean
}

export interface ReserveRequest extends Speaker {
  /** Rises with every request, across restarts; an answer to an older one is not used. */
  readonly id: number
  /** This side does not know what became of its last range: it was just started, or a commit's end is unknown. */
  readonly isFirst: boolean
  readonly count: number
  /** The resources that the batch may write, and no others. */
  readonly resources: readonly string[]
  /** Of the previous batch, unless that was acknowledged. Without it an older range of this store is void. */
  readonly close: Close | undefined
}

export interface Granted {
  readonly kind: 'granted'
  readonly id: number
  readonly from: number
  readonly to: number
  /** Those of the batch's resources that are watched across namespaces: the close carries their rows. */
  readonly watched: readonly string[]
}

/** First answer `request`, with `answered`, then ask anew. */
export interface SettleFirst {
  readonly kind: 'settle'
  readonly request: RowsRequest
}

/** From an older incarnation, or overtaken by a later request: nothing was done. */
export interface Stale {
  readonly kind: 'stale'
}

export type ReserveReply = Granted | SettleFirst | Stale

export interface CloseRequest extends Speaker {
  readonly close: Close
}

/** A store about to be wiped: it holds nothing any more, and counts as compacted at `lastRevision`. */
export interface LeaveRequest extends Speaker {
  readonly lastRevision: number
}

export interface Done {
  readonly kind: 'done'
}

export type CloseReply = Done | SettleFirst | Stale

/**
 * Asks a store for rows, and makes it promise: it never again uses a revision up to `floor`. What it answers is
 * therefore all that there will ever be up to there.
 */
export interface RowsRequest {
  readonly floor: number
  /** Rows above this revision. */
  readonly after: number
  readonly resources: readonly string[]
  /** Only which resources have rows, whichever they are; no rows. */
  readonly isNamesOnly: boolean
}

export interface RowsAnswer extends Speaker {
  /** Counted with the requests: that of an instance which was replaced is below the requests of its successor. */
  readonly id: number
  /** As asked. */
  readonly after: number
  readonly isNamesOnly: boolean
  /** The answer is complete up to here: the floor, or less when the rows did not fit. */
  readonly through: number
  readonly rows: readonly Change[]
  /** With isNamesOnly: the resources that have rows. */
  readonly touched: readonly string[]
  /** The log does not reach back to `after`; nothing else of the answer counts. */
  readonly isCompacted: boolean
}
