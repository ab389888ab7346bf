/** The sequencer's durable state as single entries of a Durable Object's key-value storage. */
import type { MarkRow, SequencerState, SequencerWrite, StoreRow } from '../../store/sequence/sequencer-state.ts'

const HIGH_WATER = 'highWater'
const STORE = 'store/'
const HOLDING = 'holding/'
const MARK = 'mark/'

export function loadSequencer(kv: SyncKvStorage): SequencerState {
  const rows = <T>(prefix: string): T[] => [...kv.list<T>({ prefix })].map(([, value]) => value)
  return {
    highWater: kv.get<number>(HIGH_WATER) ?? 0,
    stores: rows<StoreRow>(STORE),
    holdings: rows<{ store: string; resource: string }>(HOLDING),
    marks: rows<MarkRow>(MARK),
  }
}

export function keepSequencer(kv: SyncKvStorage, writes: readonly SequencerWrite[]): void {
  for (const write of writes) {
    if (write.kind === 'highWater') kv.put(HIGH_WATER, write.revision)
    else if (write.kind === 'store') {
      const { store, incarnation, asideAfter, lastId } = write
      kv.put(STORE + store, { store, incarnation, asideAfter, lastId })
    } else if (write.kind === 'holding') {
      const { store, resource } = write
      kv.put(`${HOLDING}${store}/${resource}`, { store, resource })
    } else if (write.kind === 'mark') kv.put(`${MARK}${write.mark.kind}/${write.mark.resource}`, write.mark)
    else {
      kv.delete(STORE + write.store)
      for (const [key] of [...kv.list({ prefix: `${HOLDING}${write.store}/` })]) kv.delete(key)
    }
  }
}
