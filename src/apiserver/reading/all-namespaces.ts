/**
 * The API's face of the sequencer: list and watch over all namespaces. Decided on cluster bindings alone; read as of
 * one revision, namespace by namespace; the pieces of the answer are the same as for one namespace.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { resourceVersionTooLargeError } from '../../apimachinery/status-error.ts'
import type { ListMeta } from '../../apimachinery/meta.ts'
import type { UserInfo } from '../../auth/user.ts'
import type { AllNamespaces, AllNamespacesPage } from '../../registry/sequence/all-namespaces.ts'
import type { Place } from '../../store/continue-token.ts'
import {
  decodeContinueToken,
  encodeContinueToken,
  isOutlived,
  placeBefore,
  placeBehind,
  startBehind,
} from '../../store/continue-token.ts'
import { near } from '../../lib/exact-json.ts'
import { StoreError } from '../../store/store-error.ts'
import { PROTOBUF_MEDIA_TYPE } from '../../apimachinery/wire/protobuf/codec.ts'
import { deprecationOf, headersOf, withoutBody } from '../answer.ts'
import type { Gatekeeper } from '../authorize.ts'
import { authorize, impersonated } from '../authorize.ts'
import type { ApiHost } from '../api-host.ts'
import { convertedPage } from '../custom/converted.ts'
import { kindWatch, ownedBy } from '../custom/custom-resources.ts'
import { GZIP_MIN_LENGTH, acceptsGzip, bodyAnswer, textStreamAnswer } from './gzip.ts'
import type { ListOptions } from './list-options.ts'
import { isExactly, parseListOptions } from './list-options.ts'
import type { PieceWriter } from './list.ts'
import { STREAM_PAGE, answerWhole, closedList, listExpired, listInProtobuf, pieceWriter } from './list.ts'
import { checkRouted, checkStreamable, endpointOf, negotiate } from '../negotiate.ts'
import type { Form } from '../negotiate.ts'
import { answerByRemote } from '../handlers/aggregated/proxy.ts'
import { remoteApiFor } from '../handlers/aggregated/remote-api.ts'
import { answerUnknownPath, isOutsideOfRouters } from '../handlers/unknown-path.ts'
import { checkRoute } from '../handlers/routes.ts'
import { storedOf } from '../operations/flow/stored-sizes.ts'
import { withSeat } from '../operations/flow/with-seat.ts'
import type { Way } from '../operations/way.ts'
import { onItsWay, served } from '../operations/way.ts'
import type { ReadPages } from './protobuf-list.ts'
import { PROTOBUF_PAGE_OBJECTS, answerProtobufList } from './protobuf-list.ts'
import { includeObjectOf } from '../request-context.ts'
import type { WatchAnswerOptions } from './watch-stream.ts'
import { answerWatch } from './watch-stream.ts'

type FromApi = Pick<ApiHost, 'scheme' | 'kinds' | 'clock' | 'random' | 'operations' | 'aggregation'>

export interface AllNamespacesHost extends Gatekeeper, FromApi {
  readonly all: AllNamespaces
  readonly calls: Gatekeeper['calls'] & Pick<ApiHost['calls'], 'callWebhook'>
}

/** Answers a list or watch over all namespaces. Never throws. */
export function answerAllNamespaces(
  host: AllNamespacesHost,
  request: Request,
  authenticated: UserInfo,
): Promise<Response> {
  return onItsWay(host, request, authenticated, async (way) => {
    const { info } = way
    const user = await impersonated(host, way)
    return withSeat(host, way, user, async () => {
      await authorize(host, way, user)
      const remote = await remoteApiFor(host, info)
      if (remote !== undefined) return answerByRemote(host.aggregation, way, remote)
      const response = await answerAuthorized(host, way)
      return request.method === 'HEAD' ? withoutBody(response) : response
    })
  })
}

async function answerAuthorized(host: AllNamespacesHost, way: Way): Promise<Response> {
  const { request, query, info } = way
  const definition = info.isResource ? await host.kinds.find(info.group, info.version, info.resource) : undefined
  if (definition === undefined || !info.isResource || isOutsideOfRouters(info.path)) return answerUnknownPath(info.path)
  checkRoute(definition, info, request.method)
  const warnings = deprecationOf(definition)
  way.warnings = warnings
  served(way, definition)
  if (definition.scope === 'Cluster') return ownedBy('cluster')
  const wishes = { headers: request.headers, pretty: query.get('pretty') }
  const endpoint = endpointOf(definition, '', info.verb)
  checkRouted(wishes.headers, endpoint)
  const form = negotiate(wishes, endpoint)
  const options = parseListOptions(definition, query, info.verb === 'watch')
  if (info.verb === 'watch') {
    const includeObject = includeObjectOf(form, query)
    checkStreamable(form)
    const answer = { form, includeObject, name: '' }
    return watchAll(host, definition, query, options, { ...answer, onEnd: () => void way.trail?.ended() })
  }
  return listAll(host, definition, query, options, {
    form,
    // As in one namespace: once it is read.
    get includeObject() {
      return includeObjectOf(form, query)
    },
    acceptsGzip: acceptsGzip(request.headers),
    warnings,
  })
}

interface ListAnswer {
  readonly form: Form
  readonly includeObject: string
  readonly acceptsGzip: boolean
  readonly warnings: readonly string[]
}

interface Start {
  readonly revision: number
  readonly begunMs: number
  readonly from: Place | undefined
  /** Where the list goes on, as its token says it. */
  readonly continued?: string
}

/** Whether one object is read and no list. */
const isOfOne = (options: ListOptions): boolean => options.isOfOne && options.oneNamespace !== undefined

function startOf({ all, clock }: AllNamespacesHost, options: ListOptions): Start {
  const newest = Math.max(1, all.newestRevision)
  const nowMs = clock.now()
  if (options.continueToken !== '') {
    const token = decodeContinueToken(options.continueToken)
    const { revision, start } = token
    if (revision > newest) throw resourceVersionTooLargeError(revision, newest)
    const place = { from: placeBefore(start), continued: start }
    if (revision < 0) return { revision: newest, begunMs: nowMs, ...place }
    if (isOutlived(token, nowMs)) throw listExpired(start)
    return { revision: near(revision), begunMs: token.begunMs ?? nowMs, ...place }
  }
  const wanted = options.revision ?? 0
  if (wanted > newest) throw resourceVersionTooLargeError(wanted, newest)
  const isExact = isExactly({ ...options, isOfOne: isOfOne(options) })
  return { revision: isExact ? near(wanted) : newest, begunMs: nowMs, from: undefined }
}

async function listAll(
  host: AllNamespacesHost,
  definition: KindDefinition,
  query: URLSearchParams,
  options: ListOptions,
  answer: ListAnswer,
): Promise<Response> {
  const start = startOf(host, options)
  const isProtobuf = answer.form.mediaType === PROTOBUF_MEDIA_TYPE
  const pageObjects = isProtobuf ? PROTOBUF_PAGE_OBJECTS : STREAM_PAGE.limit
  const labelSelector = query.get('labelSelector') ?? ''
  const fieldSelector = query.get('fieldSelector') ?? ''
  const isWhole = options.limit === 0 && labelSelector === '' && fieldSelector === '' && start.from === undefined
  const readFrom = (from: Start['from']): AsyncGenerator<AllNamespacesPage> => {
    const pages = host.all.pages({
      resource: storeResource(host.scheme.storedDefinition(definition)),
      revision: start.revision,
      from: from ?? start.from,
      namespace: options.oneNamespace,
      ...STREAM_PAGE,
      limit: options.limit > 0 ? Math.min(options.limit, pageObjects) : pageObjects,
      counts: options.limit > 0,
      labelSelector,
      fieldSelector,
    })
    return isWhole && from === undefined ? countedPages(host, definition, pages) : pages
  }
  try {
    if (options.limit === 0 && isProtobuf) {
      const list = listInProtobuf(definition, answer.form)
      const metadata = { resourceVersion: String(start.revision) }
      return await answerProtobufList({ ...answer, list, metadata, read: pagesFrom(readFrom), clock: host.clock })
    }
    const read = shownPages(host, definition, readFrom(undefined))
    // Before anything is answered: what cannot be read has a status of its own, not a stream that breaks off.
    const { value: first } = await read.next()
    const pages = fromFirst(first, read)
    if (options.limit > 0 || answer.form.mediaType !== 'application/json' || answer.form.isPretty) {
      return await limitedList(host, definition, pages, start, isOfOne(options) ? 0 : options.limit, answer)
    }
    return await streamedList(pieceWriter(host, definition, answer), pages, start.revision, answer)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'compacted') throw listExpired(start.continued)
    throw error
  }
}

/** A list of everything says how much there is: the next one is given its seats by that. */
async function* countedPages(
  { operations, clock }: AllNamespacesHost,
  definition: KindDefinition,
  pages: AsyncGenerator<AllNamespacesPage>,
): AsyncGenerator<AllNamespacesPage> {
  let [count, size] = [0, 0]
  for await (const page of pages) {
    count += page.objects.length
    for (const { text } of page.objects) size += text.length
    yield page
  }
  operations.flow.sizes.learn(storeResource(definition), storedOf(count, size), clock.now())
}

/** As the kind's version shows them: what is converted by webhook is converted a page at a time. */
async function* shownPages(
  host: AllNamespacesHost,
  definition: KindDefinition,
  pages: AsyncGenerator<AllNamespacesPage>,
): AsyncGenerator<AllNamespacesPage> {
  for await (const page of pages) {
    yield { ...page, objects: await convertedPage(host, definition, page.objects) }
  }
}

type From = NonNullable<Start['from']>

function pagesFrom(readFrom: (from: From | undefined) => AsyncIterable<AllNamespacesPage>): ReadPages<From> {
  return async function* pages(from) {
    for await (const { namespace, objects } of readFrom(from)) {
      yield { objects, next: placeBehind(namespace, objects.at(-1)?.name ?? '') }
    }
  }
}

async function* fromFirst(
  first: AllNamespacesPage | undefined,
  others: AsyncGenerator<AllNamespacesPage>,
): AsyncGenerator<AllNamespacesPage> {
  if (first === undefined) return
  yield first
  yield* others
}

/** Up to `limit` objects (0: all) in one text, with a continue token when more may follow. */
async function limitedList(
  host: AllNamespacesHost,
  definition: KindDefinition,
  pages: AsyncGenerator<AllNamespacesPage>,
  { revision, begunMs }: Start,
  limit: number,
  answer: ListAnswer,
): Promise<Response> {
  const listed: AllNamespacesPage['objects'][number][] = []
  const metadata: ListMeta = { resourceVersion: String(revision) }
  for await (const { namespace, objects, hasMore, remaining } of pages) {
    const room = limit === 0 ? objects.length : limit - listed.length
    listed.push(...objects.slice(0, room))
    const last = objects[Math.min(room, objects.length) - 1]
    if (limit === 0 || listed.length < limit) continue
    if (!hasMore && objects.length <= room) break
    // Where objects are selected nobody knows, though these may be all that there are.
    const behind = await remaining()
    const count = behind === undefined ? undefined : behind + Math.max(0, objects.length - room)
    if (count === 0) break
    metadata.continue = encodeContinueToken({ revision, start: startBehind(last?.name ?? '', namespace), begunMs })
    if (count !== undefined) metadata.remainingItemCount = count
    break
  }
  return answerWhole(host, definition, metadata, listed, answer)
}

/** The first pages are read before the answer begins: an error is still a Status then, and whether it is large is known. */
async function streamedList(
  pieces: PieceWriter,
  pages: AsyncGenerator<AllNamespacesPage>,
  revision: number,
  { form, warnings, acceptsGzip: isGzipAccepted }: ListAnswer,
): Promise<Response> {
  const headers = headersOf(form.mediaType, warnings)
  let separator = ''
  const nextText = async (): Promise<string | undefined> => {
    const { done, value } = await pages.next()
    if (done === true) return undefined
    const text = separator + value.objects.map((object) => pieces.item(object)).join(',')
    separator = ','
    return text
  }
  const metadata = { resourceVersion: String(revision) }
  let opening = pieces.open(metadata)
  while (opening.length <= GZIP_MIN_LENGTH) {
    const text = await nextText()
    if (text === undefined) return bodyAnswer(`${closedList(pieces, metadata, opening)}\n`, { headers }, isGzipAccepted)
    opening += text
  }
  let isClosed = false
  const rest = async (): Promise<string | undefined> => {
    if (isClosed) return undefined
    const text = await nextText()
    isClosed = text === undefined
    return text ?? `${pieces.close(metadata)}\n`
  }
  return textStreamAnswer(opening, rest, { headers }, isGzipAccepted)
}

function watchAll(
  host: AllNamespacesHost,
  definition: KindDefinition,
  query: URLSearchParams,
  options: ListOptions,
  { onEnd, ...answer }: WatchAnswerOptions & { readonly onEnd: () => void },
): Promise<Response> {
  const { all, clock, random } = host
  const { group, version, resource: plural } = definition
  const resource = storeResource(host.scheme.storedDefinition(definition))
  return answerWatch(
    {
      ...kindWatch(host, definition),
      clock,
      random,
      onEnd,
      counts: host.operations.metrics.requests.watch(group, version, plural, 'cluster'),
      // What was given out but not shown yet comes as changes: initial state and changes meet at the newest revision.
      get shownRevision() {
        return Math.max(1, all.newestRevision)
      },
      clusterRevision: () => Promise.resolve(all.newestRevision),
      watch: ({ after, sink }) => all.watch({ resource, after, sink }),
      checkRoom: () => all.checkRoom(),
      namespaceOf: ({ text }) => (JSON.parse(text) as { metadata: { namespace?: string } }).metadata.namespace ?? '',
      async *initialPages(revision) {
        const pages = all.pages({
          resource,
          revision,
          from: undefined,
          ...STREAM_PAGE,
          labelSelector: query.get('labelSelector') ?? '',
          fieldSelector: query.get('fieldSelector') ?? '',
        })
        for await (const { objects } of pages) yield await convertedPage(host, definition, objects)
      },
    },
    definition,
    options,
    answer,
  )
}
