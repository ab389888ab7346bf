/** The read verbs of HTTP: get, list and watch. Each turns a request into the store's terms and streams the answer. */
import type { KindDefinition } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { formatFieldErrors, invalid } from '../../apimachinery/field-path.ts'
import { parseBoolean } from '../../apimachinery/query-values.ts'
import {
  badRequestError,
  notFoundError,
  resourceVersionTooLargeError,
  unclassifiedError,
} from '../../apimachinery/status-error.ts'
import type { Int64 } from '../../lib/exact-json.ts'
import type { Turn } from '../../registry/commits/commit.ts'
import { parseStored, printRevealed, storedText } from '../../registry/object-text.ts'
import type { StoredObject } from '../../store/object-store.ts'
import { answerObject } from '../answer.ts'
import { convertedPage } from '../custom/converted.ts'
import { kindWatch } from '../custom/custom-resources.ts'
import type { ApiHost } from '../api-host.ts'
import { scopeOf } from '../operations/metrics/request-metrics.ts'
import { checkStreamable } from '../negotiate.ts'
import { acceptsGzip } from '../reading/gzip.ts'
import { STREAM_PAGE, answerList } from '../reading/list.ts'
import { parseListOptions, readRevision } from '../reading/list-options.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, includeObjectOf } from '../request-context.ts'
import { inRequestedVersion } from '../reading/versions.ts'
import type { WatchSource } from '../reading/watch-stream.ts'
import { answerWatch } from '../reading/watch-stream.ts'

/** The stored object, or 404. */
export function readStored(host: ApiHost, definition: KindDefinition, name: string): StoredObject {
  const stored = host.reader.get({ resource: storeResource(host.scheme.storedDefinition(definition)), name })
  if (stored === undefined) throw notFoundError({ group: definition.group, resource: definition.resource }, name)
  return stored
}

export function getOne(context: RequestContext): Response | Promise<Response> {
  return atLeastAsNew(context)?.then(() => answerStored(context)) ?? answerStored(context)
}

/**
 * Nothing, or a promise of nothing, where what is stored is as new as was asked for. It is read as it is: who wants it
 * otherwise, as one could once, is told so first. @throws ApiStatusError 400, 500, 504
 */
export function atLeastAsNew(context: Pick<RequestContext, 'query' | 'host'>): Promise<void> | undefined {
  if (parseBoolean(context.query.get('export')) === true) {
    throw badRequestError('the export parameter, deprecated since v1.14, is no longer supported')
  }
  const wanted = wantedRevision(context)
  if (wanted <= context.host.reader.revision) return undefined
  return context.host.clusterRevision().then((newest) => {
    if (wanted > newest) throw resourceVersionTooLargeError(wanted, newest)
  })
}

/** The state asked for is at least as new as this. What cannot be read is upstream's 500. */
function wantedRevision({ query }: Pick<RequestContext, 'query'>): Int64 {
  const text = query.get('resourceVersion') ?? ''
  if (text === '') return 0
  try {
    return readRevision(text) ?? 0
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw unclassifiedError(formatFieldErrors([invalid('resourceVersion', text, error.message)]))
  }
}

function answerStored(context: RequestContext): Response {
  const { host, definition, info } = context
  const stored = storedText(readStored(host, definition, info.name))
  const isWhole = info.subresource === 'status' && definition.unshown !== undefined
  const text = isWhole
    ? printRevealed(definition, parseStored(definition, stored))
    : inRequestedVersion(definition, stored)
  return answerObject(definition, text, answerOptions(context, 200))
}

export function listMany(context: RequestContext): Promise<Response> {
  const { host, definition, query, form, warnings, request } = context
  const options = parseListOptions(definition, query, false)
  return answerList(host, definition, options, {
    form,
    warnings,
    // Only once it is read: a revision that is gone is told first.
    get includeObject() {
      return includeObjectOf(form, query)
    },
    acceptsGzip: acceptsGzip(request.headers),
  })
}

export function watchMany(context: RequestContext): Promise<Response> {
  const { host, definition, query, form, info, trail } = context
  const options = parseListOptions(definition, query, true, info.name)
  checkStreamable(form)
  const { group, version, resource } = definition
  const counts = host.operations.metrics.requests.watch(group, version, resource, scopeOf(info))
  return answerWatch(scopeSource(host, definition, { counts, onEnd: () => void trail?.ended() }), definition, options, {
    form,
    includeObject: includeObjectOf(form, query),
    name: info.name,
  })
}

const NOTHING: Turn<void> = { resources: [], maxRevisions: 0, run: () => undefined }

/** A watch of one scope: its own store and hub. */
function scopeSource(
  host: ApiHost,
  definition: KindDefinition,
  observers: Pick<WatchSource, 'counts' | 'onEnd'>,
): WatchSource {
  const resource = storeResource(host.scheme.storedDefinition(definition))
  const { reader, hub, namespace, clock, random } = host
  return {
    ...kindWatch(host, definition),
    clock,
    random,
    ...observers,
    get shownRevision() {
      return hub.shownRevision
    },
    async clusterRevision() {
      const revision = await host.clusterRevision()
      // What is committed and not shown yet is waited for: then everything up to there is shown.
      await host.commits.submit(NOTHING)
      return revision
    },
    watch: ({ after, sink }) => hub.watch({ resource, after, sink }),
    checkRoom: () => hub.checkRoom(),
    namespaceOf: () => namespace,
    async *initialPages(revision, matches) {
      for (let after = '', hasMore = true; hasMore;) {
        const page = reader.list({
          resource,
          ...STREAM_PAGE,
          ...(after === '' ? {} : { after }),
          ...(revision >= reader.revision ? {} : { asOf: revision }),
          ...(matches === undefined
            ? {}
            : { matches: (selectable, name) => matches(selectable, name, () => namespace) }),
        })
        yield await convertedPage(host, definition, page.objects)
        after = page.objects.at(-1)?.name ?? after
        hasMore = page.hasMore
      }
    },
  }
}
