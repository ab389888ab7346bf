/**
 * The sequencer alone: the real SequencerObject, asked for ranges by as many stores as are told, each with one call in
 * flight that carries the close of its last range, as a busy store's do.
 */
import { DurableObject } from 'cloudflare:workers'
import type { RowsAnswer, RowsRequest } from '../../../src/store/sequence/messages.ts'
import type { SequencerObject } from '../../../src/objects/sequencer-object.ts'

export { SequencerObject } from '../../../src/objects/sequencer-object.ts'

interface SequencerEnv {
  readonly SEQUENCER_OBJECTS: DurableObjectNamespace<SequencerObject>
}

/** Stands for the stores: it has committed nothing that it has not handed over. */
export class NamespaceObject extends DurableObject {
  sequencerRows({ floor, after, isNamesOnly }: RowsRequest): RowsAnswer {
    const store = (this.ctx.id.name ?? '').split('/').at(-1) ?? ''
    const answer = { id: 0, after, isNamesOnly, through: floor, rows: [], touched: [], isCompacted: false }
    return { store, incarnation: 1, ...answer }
  }
}

export default {
  async fetch(request: Request, env: SequencerEnv): Promise<Response> {
    const { searchParams } = new URL(request.url)
    const number = (name: string): number => Number(searchParams.get(name) ?? '0')
    const sequencer = env.SEQUENCER_OBJECTS.getByName('default')
    const reserveAll = async (store: string): Promise<number> => {
      let from: number | undefined
      let granted = 0
      for (let n = 0; n < number('calls'); n++) {
        const close = from === undefined ? undefined : { from, rows: [], isWhole: true }
        const id = number('run') * 1_000_000 + n
        const isFirst = n === 0
        const reply = await sequencer.reserve({
          ...{ store, incarnation: 1, id, isFirst, count: 4, resources: ['configmaps'], close },
        })
        if (reply.kind === 'granted') {
          granted += 1
          from = reply.from
        }
      }
      return granted
    }
    const stores = Array.from({ length: number('stores') }, (_, at) => `store-${String(at)}`)
    const granted = await Promise.all(stores.map(reserveAll))
    return Response.json({ granted: granted.reduce((sum, count) => sum + count, 0) })
  },
} satisfies ExportedHandler<SequencerEnv>
