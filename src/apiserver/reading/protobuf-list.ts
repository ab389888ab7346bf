/**
 * Lists in protobuf. The envelope says before the items how long they are altogether, so all are encoded before the
 * first is sent. What was encoded is kept up to a bound, and within what all buffers of the isolate may hold; what
 * is beyond is only measured, and read and encoded a second time as of the same revision while the answer is on its
 * way.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import type { ListMeta } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import type { Clock } from '../../lib/clock.ts'
import type { StoredObject } from '../../store/object-store.ts'
import type { BacklogBudget } from '../../store/watch/backlog-budget.ts'
import { isolateBacklog } from '../../store/watch/backlog-budget.ts'
import { protobufCodec } from '../../apis/facts/protobuf-facts.ts'
import { headersOf, messageOf, partialOf } from '../answer.ts'
import type { Form } from '../negotiate.ts'
import { PROTOBUF_MEDIA_TYPE } from '../../apimachinery/wire/protobuf/codec.ts'
import { GZIP_MIN_LENGTH, streamAnswer } from './gzip.ts'
import { parseShown } from './shown-text.ts'
import { inRequestedVersion } from './versions.ts'

/**
 * Encoded items that one list keeps: those of some 1,500 pods. What is kept grows old and stays until a full
 * collection: a list of 14.5 MB, asked for again and again, takes 25 to 35 MiB with 4 MiB and 41 to 61 with 8, which
 * save a quarter of its CPU (2026-11).
 */
export const MAX_HELD_BYTES = 4 * 1024 * 1024

/** Objects read in one go: what is made of them is large while it lasts, and fewer are gone before they grow old. */
export const PROTOBUF_PAGE_OBJECTS = 100

type Bytes = Uint8Array<ArrayBuffer>

type Listed = readonly Pick<StoredObject, 'text'>[]

/** One page, and how the pages behind it are asked for. */
export interface ListedPage<From> {
  readonly objects: Listed
  readonly next: From
}

/** The pages behind `from`; undefined: all. The same each time, because they are as of one revision. */
export type ReadPages<From> = (
  from: From | undefined,
) => AsyncIterable<ListedPage<From>> | Iterable<ListedPage<From>>

export interface ProtobufList {
  items(objects: Listed): Bytes
  open(metadata: ListMeta, itemsBytes: number): Bytes
  readonly close: Bytes
}

/** How a kind's objects are listed in protobuf: whole, or their metadata only. */
export function protobufList(definition: KindDefinition, { shape, metaVersion }: Form): ProtobufList {
  const isPartial = shape !== 'object'
  const type = isPartial
    ? { apiVersion: `meta.k8s.io/${metaVersion}`, kind: 'PartialObjectMetadata' }
    : { apiVersion: formatGroupVersion(definition), kind: definition.kind }
  const message = messageOf({ ...type, metadata: {} })
  const listKind = isPartial ? 'PartialObjectMetadataList' : definition.listKind
  const jsonOf = ({ text }: Listed[number]): unknown =>
    isPartial ? partialOf(text, metaVersion) : parseShown(inRequestedVersion(definition, text))
  return {
    items: (objects) => protobufCodec.encodeItems(message, objects, jsonOf),
    open: (metadata, itemsBytes) => protobufCodec.openList({ ...type, kind: listKind }, metadata, itemsBytes),
    close: protobufCodec.closeList,
  }
}

/** A list of one page. */
export function wholeProtobufList(list: ProtobufList, metadata: ListMeta, objects: Listed): Bytes {
  const items = list.items(objects)
  const head = list.open(metadata, items.length)
  const whole = new Uint8Array(head.length + items.length + list.close.length)
  whole.set(head)
  whole.set(items, head.length)
  whole.set(list.close, head.length + items.length)
  return whole
}

export interface ProtobufListAnswer<From> {
  readonly list: ProtobufList
  readonly metadata: ListMeta
  readonly read: ReadPages<From>
  readonly clock: Clock
  readonly warnings: readonly string[]
  readonly acceptsGzip: boolean
  /** What buffers may hold; the isolate's when absent. */
  readonly backlogs?: BacklogBudget
}

/** The answer with all pages. What goes wrong with the first reading is thrown, so that it has a status of its own. */
export async function answerProtobufList<From>(answer: ProtobufListAnswer<From>): Promise<Response> {
  const { list, metadata, warnings, acceptsGzip } = answer
  const measured = await measure(answer)
  const head = list.open(metadata, measured.itemsBytes)
  const headers = headersOf(PROTOBUF_MEDIA_TYPE, warnings)
  const body = streamOf(chunksOf(answer, head, measured), () => measured.release())
  const size = head.length + measured.itemsBytes + list.close.length
  return streamAnswer(body, { headers }, { isAccepted: acceptsGzip && measured.itemsBytes > GZIP_MIN_LENGTH, size })
}

interface Measured<From> {
  readonly itemsBytes: number
  /** The first pages, encoded. */
  readonly held: Bytes[]
  readonly heldBytes: number
  /** Where what is not held begins; undefined: all is. */
  readonly rest: { readonly from: From | undefined } | undefined
  release(): void
}

async function measure<From>(answer: ProtobufListAnswer<From>): Promise<Measured<From>> {
  const backlog = (answer.backlogs ?? isolateBacklog).open()
  const held: Bytes[] = []
  let [itemsBytes, heldBytes] = [0, 0]
  let from: From | undefined
  let rest: Measured<From>['rest']
  try {
    for await (const { objects, next } of answer.read(undefined)) {
      const items = answer.list.items(objects)
      itemsBytes += items.length
      backlog.holds(heldBytes + items.length)
      if (rest === undefined && heldBytes + items.length <= MAX_HELD_BYTES && backlog.hasRoom()) {
        held.push(items)
        heldBytes += items.length
      } else rest ??= { from }
      backlog.holds(heldBytes)
      from = next
      // Others have their turn between two pages.
      await new Promise<void>((resolve) => answer.clock.after(0, resolve))
    }
  } catch (error) {
    backlog.close()
    throw error
  }
  return { itemsBytes, held, heldBytes, rest, release: () => backlog.close() }
}

async function* chunksOf<From>(
  { list, read }: ProtobufListAnswer<From>,
  head: Bytes,
  { itemsBytes, held, heldBytes, rest }: Measured<From>,
): AsyncGenerator<Bytes> {
  yield head
  for (let chunk = held.shift(); chunk !== undefined; chunk = held.shift()) yield chunk
  let sentBytes = heldBytes
  if (rest !== undefined) {
    for await (const { objects } of read(rest.from)) {
      const items = list.items(objects)
      sentBytes += items.length
      if (sentBytes > itemsBytes) break
      yield items
    }
  }
  // The client was told another length: it must not take this for a list.
  if (sentBytes !== itemsBytes) throw new Error('a list was not the same when it was read again')
  yield list.close
}

function streamOf(chunks: AsyncGenerator<Bytes>, release: () => void): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next()
        if (value !== undefined) controller.enqueue(value)
        if (done !== true) return
        release()
        controller.close()
      } catch (error) {
        release()
        controller.error(error)
      }
    },
    async cancel() {
      release()
      await chunks.return(undefined)
    },
  })
}
