/**
 * What the sequencer of a logical cluster keeps on disk, and the changes to it. Little and rarely written: no
 * reservation waits for it but the first of a block and the first of a namespace for a resource.
 *
 * Invariant: a reply that depends on a write leaves only after that write is durable (the platform's output gate).
 */

/** Revisions that one write to disk makes available; a restart skips what is left of them. */
export const REVISION_BLOCK = 1_000

export interface SequencerState {
  /** No revision above it was ever given out. */
  readonly highWater: number
  readonly stores: readonly StoreRow[]
  /** Which namespaces ever named which resources. A hint that may say too much, never too little. */
  readonly holdings: readonly { readonly store: string; readonly resource: string }[]
  readonly marks: readonly MarkRow[]
}

export interface StoreRow {
  readonly store: string
  readonly incarnation: number
  /** Set while the store is set aside: everything of it up to here had been handed over. */
  readonly asideAfter: number | undefined
  /** The newest request that had been heard of when it was set aside; 0: never. */
  readonly lastId: number
}

/**
 * `gone`: streams over all namespaces that reached no further than `revision` may lack rows of the resource.
 * `wiped`: logs of wiped namespaces reached up to `revision`; nothing below it can be read back.
 */
export interface MarkRow {
  readonly kind: 'gone' | 'wiped'
  readonly resource: string
  readonly revision: number
}

export type SequencerWrite =
  | { readonly kind: 'highWater'; readonly revision: number }
  | ({ readonly kind: 'store' } & StoreRow)
  | { readonly kind: 'holding'; readonly store: string; readonly resource: string }
  /** Forgets the store and its holdings. */
  | { readonly kind: 'left'; readonly store: string }
  | { readonly kind: 'mark'; readonly mark: MarkRow }
