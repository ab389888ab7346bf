/**
 * The list verb of one namespace or of the cluster scope: stored texts spliced into one streamed answer, page by page
 * from the store, all as of one revision. Nothing holds the whole list. Without a limit the stream reads a STREAM_PAGE
 * at a time, and writes go on in between.
 */
import type { KindDefinition, StoredText } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import type { ListMeta } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { ApiStatusError, resourceVersionTooLargeError } from '../../apimachinery/status-error.ts'
import { convertedPage } from '../custom/converted.ts'
import { listItemText, storedText } from '../../registry/object-text.ts'
import type { Int64 } from '../../lib/exact-json.ts'
import { near } from '../../lib/exact-json.ts'
import { allInOrderOfKeys, printJson } from '../../apimachinery/wire/print-json.ts'
import { PROTOBUF_MEDIA_TYPE } from '../../apimachinery/wire/protobuf/codec.ts'
import {
  decodeContinueToken, encodeContinueToken, isOutlived, nameBefore, startBehind,
} from '../../store/continue-token.ts'
import type { ListPage, ListQuery, StoredObject } from '../../store/object-store.ts'
import { StoreError } from '../../store/store-error.ts'
import type { ApiHost } from '../api-host.ts'
import { headersOf, renderBody, shapeError } from '../answer.ts'
import { GZIP_MIN_LENGTH, bodyAnswer, textStreamAnswer } from './gzip.ts'
import type { ListOptions } from './list-options.ts'
import { isExactly } from './list-options.ts'
import type { Form } from '../negotiate.ts'
import type { ReadPages } from './protobuf-list.ts'
import { PROTOBUF_PAGE_OBJECTS, answerProtobufList, protobufList, wholeProtobufList } from './protobuf-list.ts'
import { columnDefinitionsOf, emptyTable, inOrderOfRows, openTable, partialText, rowText } from './tables.ts'
import { inRequestedVersion } from './versions.ts'

/**
 * What a stream reads from the store in one go: no turn is long, and what is made of a page is small and gone soon. By
 * characters, since 500 pods are three times as long as 500 ConfigMaps; nobody asks what remains.
 */
export const STREAM_PAGE = { limit: 500, maxCharacters: 256 * 1024, counts: false } as const

/** What is put in order must be there as a whole. */
const WHOLE = { limit: 1_000_000, counts: false } as const

/**
 * The most texts of a page that was asked for, however large its objects are: 500 of the largest would be more than
 * an isolate has. It may be shorter than its limit for that; its continue token goes on from there.
 */
const PAGE_CHARACTERS = 8 * 1024 * 1024

export interface ListAnswerOptions {
  readonly form: Form
  readonly includeObject: string
  readonly warnings: readonly string[]
  readonly acceptsGzip: boolean
}

/** The revision a list shows, by resourceVersion and resourceVersionMatch; waits for nothing but the sequencer. */
export async function listRevision(host: ApiHost, options: ListOptions): Promise<number> {
  const { reader } = host
  const wanted = options.revision ?? 0
  const isExact = isExactly(options)
  if (wanted > reader.revision) {
    // One object as of a revision is read past upstream's cache, which alone asks to be asked again.
    await checkReached(host, wanted, !(options.isOfOne && isExactly({ ...options, isOfOne: false })))
    return near(wanted)
  }
  if (isExact) return near(wanted)
  // An empty store has no revision of its own, and "0" would mean "any" to whoever watches from it.
  return reader.revision > 0 ? reader.revision : host.clusterRevision()
}

/** What no revision of the cluster has reached yet cannot be shown. @throws ApiStatusError 504 */
async function checkReached(host: ApiHost, wanted: Int64, isRetriable = true): Promise<void> {
  if (wanted <= host.reader.revision) return
  const newest = await host.clusterRevision()
  if (wanted > newest) throw resourceVersionTooLargeError(wanted, newest, isRetriable)
}

export async function answerList(
  host: ApiHost,
  definition: KindDefinition,
  options: ListOptions,
  answer: ListAnswerOptions,
): Promise<Response> {
  const isProtobuf = answer.form.mediaType === PROTOBUF_MEDIA_TYPE
  const isRanked = definition.rowRank !== undefined && answer.form.shape === 'table'
  const streamed = isRanked ? WHOLE : isProtobuf ? { ...STREAM_PAGE, limit: PROTOBUF_PAGE_OBJECTS } : STREAM_PAGE
  const { start, first, metadata, readMore } = await readList(host, definition, options, streamed)
  const shown = async (page: ListPage): Promise<ListPage> =>
    definition.custom?.forRequest === undefined
      ? page
      : { ...page, objects: await convertedPage(host, definition, page.objects) }
  if (options.limit > 0 || !first.hasMore) {
    const { objects } = await shown(first)
    return answerWhole(host, definition, metadata, isRanked ? inOrderOfRows(definition, objects) : objects, answer)
  }
  if (isProtobuf) {
    const list = listInProtobuf(definition, answer.form)
    const read = pagesFrom(first, start, readMore, shown)
    return answerProtobufList({ ...answer, list, metadata, read, clock: host.clock })
  }
  const pieces = pieceWriter(host, definition, answer)
  return streamList(pieces, metadata, await shown(first), (after) => shown(readMore(after)), answer)
}

export interface ReadList {
  readonly start: ListStart
  readonly first: ListPage
  /** Of the list with `first` for its items; without a limit it says nothing of what follows. */
  readonly metadata: ListMeta
  readonly readMore: ReadMore
}

/** The beginning of what a list shows: the page asked for, or the first of those that are `streamed`. */
export async function readList(
  host: ApiHost,
  definition: KindDefinition,
  options: ListOptions,
  streamed: Pick<ListQuery, 'limit' | 'maxCharacters' | 'counts'> = STREAM_PAGE,
): Promise<ReadList> {
  const start = await startOf(host, options)
  const resource = storeResource(host.scheme.storedDefinition(definition))
  const matches = options.matches
  const pages = options.limit > 0 ? { limit: options.limit, maxCharacters: PAGE_CHARACTERS } : streamed
  const read = (after: string): ListPage =>
    host.reader.list({
      resource,
      ...pages,
      ...(after === '' ? {} : { after }),
      ...(start.asOf >= host.reader.revision ? {} : { asOf: start.asOf }),
      ...(matches === undefined
        ? {}
        : { matches: (selectable, name) => matches(selectable, name, () => host.namespace) }),
    })
  const first = readFirst(read, start)
  const metadata: ListMeta = { resourceVersion: String(start.revision) }
  if (options.limit > 0 && first.hasMore && !options.isOfOne) {
    const next = startBehind(first.objects.at(-1)?.name ?? '')
    metadata.continue = encodeContinueToken({ revision: start.revision, start: next, begunMs: start.begunMs })
    if (first.remaining !== undefined) metadata.remainingItemCount = first.remaining
  }
  return { start, first, metadata, readMore: read }
}

/** The page behind an object. */
type ReadMore = (after: string) => ListPage

/** Again and again the same pages; the first is kept only until it was taken. */
function pagesFrom(
  first: ListPage,
  { after }: ListStart,
  readMore: ReadMore,
  shown: (page: ListPage) => Promise<ListPage>,
): ReadPages<string> {
  let untaken: ListPage | undefined = first
  return async function* pages(from) {
    let page = from === undefined ? (untaken ?? readMore(after)) : readMore(from)
    untaken = undefined
    for (;;) {
      const next = page.objects.at(-1)?.name ?? ''
      yield { objects: (await shown(page)).objects, next }
      if (!page.hasMore) return
      page = readMore(next)
    }
  }
}

interface ListStart {
  /** What the list says its resourceVersion is. */
  readonly revision: number
  /** State as of which pages are read. */
  readonly asOf: number
  readonly begunMs: number
  readonly after: string
  /** Where the list goes on, as its token says it. */
  readonly continued?: string
}

async function startOf(host: ApiHost, options: ListOptions): Promise<ListStart> {
  const nowMs = host.clock.now()
  if (options.continueToken === '') {
    const revision = await listRevision(host, options)
    return { revision, asOf: revision, begunMs: nowMs, after: '' }
  }
  const token = decodeContinueToken(options.continueToken)
  const place = { after: nameBefore(token.start), continued: token.start }
  // A token made inconsistent on purpose (answer of an expired one) carries -1: go on with what is there now. The
  // cluster's revision tells that from the list before, even where nothing has changed.
  if (token.revision < 0) {
    const revision = Math.max(host.reader.revision, await host.clusterRevision())
    return { revision, asOf: revision, begunMs: nowMs, ...place }
  }
  await checkReached(host, token.revision)
  if (isOutlived(token, nowMs)) throw listExpired(token.start)
  const revision = near(token.revision)
  return { revision, asOf: revision, begunMs: token.begunMs ?? nowMs, ...place }
}

function readFirst(read: ReadMore, start: ListStart): ListPage {
  try {
    return read(start.after)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'compacted') throw error
    throw listExpired(start.continued)
  }
}

const EXPIRED_LIST_MESSAGE = 'The resourceVersion for the provided list is too old.'

const EXPIRED_TOKEN_MESSAGE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.'

/** The 410 of an expired token brings a token that goes on from the same place without consistency. */
export function listExpired(start: string | undefined): ApiStatusError {
  if (start === undefined) return new ApiStatusError('Expired', EXPIRED_LIST_MESSAGE)
  const error = new ApiStatusError('Expired', EXPIRED_TOKEN_MESSAGE)
  Object.assign(error.status, { metadata: { continue: encodeContinueToken({ revision: -1, start }) } })
  return error
}

/** How the pieces of a list look in each form: before the items, each item, after them. */
export interface PieceWriter {
  open(metadata: ListMeta): string
  item(stored: StoredText | Pick<StoredObject, 'text' | 'selectable'>): string
  close(metadata: ListMeta): string
  /** Of nothing, where that is no empty list. */
  none?(metadata: ListMeta): string | undefined
}

/** A list that was `opening` so far, with no item to come. */
export function closedList(pieces: PieceWriter, metadata: ListMeta, opening: string): string {
  const isEmpty = opening.endsWith('[')
  return (isEmpty ? pieces.none?.(metadata) : undefined) ?? opening + pieces.close(metadata)
}

export function pieceWriter(
  host: Pick<ApiHost, 'clock'>,
  definition: KindDefinition,
  answer: Pick<ListAnswerOptions, 'form' | 'includeObject'>,
): PieceWriter {
  const { form } = answer
  const text = (stored: Parameters<PieceWriter['item']>[0]): string => inRequestedVersion(definition, storedText(stored))
  if (form.shape === 'table') {
    const table = { ...answer, nowMs: host.clock.now() }
    const columns = printJson(columnDefinitionsOf(definition))
    return {
      open: (metadata) => openTable(metadata, columns, form),
      item: (stored) => rowText(definition, text(stored), table),
      close: () => ']}',
      none: (metadata) => emptyTable(definition, metadata, columns, form),
    }
  }
  checkShape(definition, form)
  const isPartial = form.shape !== 'object'
  if (!isPartial && definition.custom !== undefined) return customPieces(definition, text)
  const kind = isPartial ? 'PartialObjectMetadataList' : definition.listKind
  const apiVersion = isPartial ? `meta.k8s.io/${form.metaVersion}` : formatGroupVersion(definition)
  const begin = (metadata: ListMeta): string =>
    `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${printJson(metadata)},"items":`
  return {
    open: (metadata) => `${begin(metadata)}[`,
    item: (stored) =>
      isPartial ? partialText(stored.text, form.metaVersion) : listItemText(definition, text(stored)),
    close: () => ']}',
    // Made anew of what was listed, of which there is nothing (pkg/endpoints/handlers/response.go).
    ...(isPartial ? { none: (metadata) => `${begin(metadata)}null}` } : {}),
  }
}

/**
 * Lists of custom resources are maps as they are, so that their metadata comes last; and have the token where there is
 * none, too (unstructured_list.go, SetContinue).
 */
function customPieces(definition: KindDefinition, text: PieceWriter['item']): PieceWriter {
  const apiVersion = JSON.stringify(formatGroupVersion(definition))
  const kind = JSON.stringify(definition.listKind)
  return {
    open: () => `{"apiVersion":${apiVersion},"items":[`,
    item: text,
    close: (metadata) => `],"kind":${kind},"metadata":${printJson(allInOrderOfKeys({ continue: '', ...metadata }))}}`,
  }
}

/** How a kind is listed in protobuf; the shape may be one that no list has. */
export function listInProtobuf(definition: KindDefinition, form: Form): ReturnType<typeof protobufList> {
  checkShape(definition, form)
  return protobufList(definition, form)
}

function checkShape({ group, listKind, custom }: KindDefinition, { shape }: Form): void {
  if (shape !== 'partial') return
  const type = custom === undefined ? { group, kind: listKind } : { group: 'unstructured', kind: 'UnstructuredList' }
  throw shapeError('you requested PartialObjectMetadata, but the requested object is a list', type)
}

type Listed = readonly Pick<StoredObject, 'text'>[]

/** A list that is there as a whole. */
export function answerWhole(
  host: Pick<ApiHost, 'clock'>,
  definition: KindDefinition,
  metadata: ListMeta,
  objects: Listed,
  answer: ListAnswerOptions,
): Response {
  const { form, warnings, acceptsGzip } = answer
  const headers = headersOf(form.mediaType, warnings)
  if (form.mediaType === PROTOBUF_MEDIA_TYPE) {
    return bodyAnswer(wholeProtobufList(listInProtobuf(definition, form), metadata, objects), { headers }, acceptsGzip)
  }
  const pieces = pieceWriter(host, definition, answer)
  const opening = pieces.open(metadata) + objects.map((stored) => pieces.item(stored)).join(',')
  return bodyAnswer(renderBody(closedList(pieces, metadata, opening), form), { headers }, acceptsGzip)
}

/** An answer of several pages, streamed. YAML and indentation need the whole text. */
async function streamList(
  pieces: PieceWriter,
  metadata: ListMeta,
  first: ListPage,
  readMore: (after: string) => Promise<ListPage>,
  answer: ListAnswerOptions,
): Promise<Response> {
  const { form, warnings, acceptsGzip } = answer
  const headers = headersOf(form.mediaType, warnings)
  const isWhole = form.mediaType !== 'application/json' || form.isPretty
  let page = first
  const nextText = async (): Promise<string> => {
    page = await readMore(page.objects.at(-1)?.name ?? '')
    return page.objects.map((stored) => `,${pieces.item(stored)}`).join('')
  }
  let opening = pieces.open(metadata) + first.objects.map((stored) => pieces.item(stored)).join(',')
  while (page.hasMore && (isWhole || opening.length <= GZIP_MIN_LENGTH)) opening += await nextText()
  if (!page.hasMore) return bodyAnswer(renderBody(opening + pieces.close(metadata), form), { headers }, acceptsGzip)
  const rest = async (): Promise<string | undefined> => {
    if (!page.hasMore) return undefined
    const text = await nextText()
    return page.hasMore ? text : `${text}${pieces.close(metadata)}\n`
  }
  return textStreamAnswer(opening, rest, { headers }, acceptsGzip)
}
