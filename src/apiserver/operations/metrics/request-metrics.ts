/**
 * What is counted of requests, under upstream's names (k8s.io/apiserver pkg/endpoints/metrics). As there, what was
 * refused before it came to a resource (401, 403, unknown paths and methods) is not among them, nor are discovery and
 * other documents. One look-up a request.
 */
import type { Counter, Distribution, Gauge, Histogram, MetricRegistry, Value } from '../../../lib/metrics.ts'
import { isStream } from '../../request-info.ts'
import type { RequestInfo, ResourceRequest } from '../../request-info.ts'
import { whenSized } from '../../reading/body-size.ts'
import type { SizeMetrics } from './size-metrics.ts'
import { sizeMetrics } from './size-metrics.ts'

const COMPONENT = 'apiserver'
const RESOURCE = ['group', 'version', 'resource', 'subresource', 'scope', 'component'] as const
const SECONDS = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
] as const
const SLI_SECONDS = SECONDS.slice(2)
const WATCH_LIST_SECONDS = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 15, 20, 30, 45, 60] as const

/** Requests' bodies by what they are for. */
const BODY_VERBS: Readonly<Record<string, string>> = {
  create: 'create', update: 'update', patch: 'patch', delete: 'delete', deletecollection: 'delete_collection',
}

/** Everything that a series is found by once. */
interface Series {
  readonly duration: Distribution
  readonly bodyBytes: Distribution | undefined
  readonly answerSize: Distribution | undefined
  readonly sli: Distribution | undefined
  readonly byCode: Map<number, Value>
  readonly labels: readonly string[]
}

/** What a request was on its way, and took. */
export interface Answered {
  readonly request: Request
  readonly info: RequestInfo
  readonly waitedMs: number
  readonly bodyBytes: number | undefined
}

/** Longer lists of series than this are found anew; the metric itself is bounded as well (lib/metrics.ts). */
const MAX_KEPT = 4_000

/** What is counted of one watch while it is open. */
export interface WatchCounts {
  readonly events: Value
  readonly eventBytes: Distribution
  readonly open: Value
  /** How long it took until all that there was had been sent, where that was asked for. */
  readonly listed: Distribution
}

export class RequestMetrics {
  readonly #total: Counter
  readonly #durations: Histogram
  readonly #slis: Histogram
  readonly #fieldValidations: Histogram
  readonly #watchLists: Histogram
  readonly #longRunning: Gauge
  readonly #watchEvents: Counter
  readonly #sizes: SizeMetrics
  readonly #deprecated: Gauge
  readonly #terminations: Counter
  readonly #inqueue: Gauge
  readonly mutating: Value
  readonly readOnly: Value
  readonly #series = new Map<string, Series>()

  constructor(registry: MetricRegistry) {
    const name = (own: string): string => `apiserver_${own}`
    this.#total = registry.counter({
      name: name('request_total'),
      help: 'Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      stability: 'STABLE',
      labels: ['verb', 'dry_run', ...RESOURCE, 'code'],
    })
    const { durations, slis, fieldValidations, watchLists } = latencyMetrics(registry)
    this.#durations = durations
    this.#slis = slis
    this.#fieldValidations = fieldValidations
    this.#watchLists = watchLists
    this.#longRunning = registry.gauge({
      name: name('longrunning_requests'),
      help: 'Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      stability: 'STABLE',
      labels: ['verb', ...RESOURCE],
    })
    this.#watchEvents = registry.counter({
      name: name('watch_events_total'),
      help: 'Number of events sent in watch clients',
      labels: ['group', 'version', 'resource'],
    })
    this.#sizes = sizeMetrics(registry, ['verb', ...RESOURCE])
    this.#deprecated = registry.gauge({
      name: name('requested_deprecated_apis'),
      help: 'Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.',
      stability: 'STABLE',
      labels: ['group', 'version', 'resource', 'subresource', 'removed_release'],
    })
    this.#terminations = registry.counter({
      name: name('request_terminations_total'),
      help: 'Number of requests which apiserver terminated in self-defense.',
      labels: ['verb', ...RESOURCE, 'code'],
    })
    const inflight = registry.gauge({
      name: name('current_inflight_requests'),
      help: 'Number of requests that are being answered at this moment, per request kind.',
      stability: 'STABLE',
      labels: ['request_kind'],
    })
    this.#inqueue = registry.gauge({
      name: name('current_inqueue_requests'),
      help: 'Number of requests that wait for their turn at this moment, per request kind.',
      labels: ['request_kind'],
    })
    this.#inqueue.of('mutating')
    this.#inqueue.of('readOnly')
    this.mutating = inflight.of('mutating')
    this.readOnly = inflight.of('readOnly')
  }

  inflightOf({ verb }: RequestInfo): Value {
    return READ_VERBS.has(verb) ? this.readOnly : this.mutating
  }

  /** While it waits for its turn. */
  async inqueue<T>({ verb }: RequestInfo, waiting: Promise<T>): Promise<T> {
    const count = this.#inqueue.of(READ_VERBS.has(verb) ? 'readOnly' : 'mutating')
    count.add(1)
    try {
      return await waiting
    } finally {
      count.add(-1)
    }
  }

  answered({ request, info, waitedMs, bodyBytes }: Answered, response: Response, durationMs: number): void {
    const code = response.status
    const series = this.#seriesOf(request, info)
    if (series === undefined) return
    let count = series.byCode.get(code)
    if (count === undefined) {
      count = this.#total.of(...series.labels, String(code))
      series.byCode.set(code, count)
    }
    count.add()
    series.duration.observe(durationMs / 1000)
    // Upstream finds the series and observes nothing: it has them, at nought.
    this.#fieldValidations.of(fieldValidationOf(request.url))
    series.sli?.observe((durationMs - waitedMs) / 1000)
    if (bodyBytes !== undefined) series.bodyBytes?.observe(bodyBytes)
    const { answerSize } = series
    if (answerSize !== undefined) whenSized(response, (size) => answerSize.observe(size))
  }

  /** No release says yet when it takes one of them away. */
  deprecated({ group, version, resource, subresource }: ResourceRequest): void {
    this.#deprecated.of(group, version, resource, subresource, '').set(1)
  }

  /** Refused by priority and fairness. */
  dropped(request: Request, info: RequestInfo): void {
    const { labels } = this.#seriesOf(request, info) ?? { labels: [reportedVerb(request, info), '', ...OTHER_PATH] }
    const [verb = '', , ...resource] = labels
    this.#total.of(...labels, '429').add()
    this.#terminations.of(verb, ...resource, '429').add()
  }

  watch(group: string, version: string, resource: string, scope: string): WatchCounts {
    return {
      events: this.#watchEvents.of(group, version, resource),
      eventBytes: this.#sizes.watchEvents.of(group, version, resource),
      open: this.#longRunning.of('WATCH', group, version, resource, '', scope, COMPONENT),
      listed: this.#watchLists.of(group, version, resource, scope),
    }
  }

  /** Undefined for a path that is not counted. */
  #seriesOf(request: Request, info: RequestInfo): Series | undefined {
    const where = info.isResource
      ? [info.group, info.version, info.resource, info.subresource, scopeOf(info), COMPONENT]
      : pathLabels(info.path)
    if (where === undefined) return undefined
    const verb = reportedVerb(request, info)
    const dryRun = info.isResource ? dryRunOf(request.url) : ''
    // Upstream's older address of a watch is a route of its own, of which it measures no answers.
    const isMeasured = verb === 'GET' || verb === 'LIST' || (verb === 'WATCH' && !isOnOldPath(info))
    const key = `${verb} ${dryRun} ${where.join(' ')}${isMeasured ? '' : ' -'}`
    const known = this.#series.get(key)
    if (known !== undefined) return known
    const bodyVerb = info.isResource ? BODY_VERBS[info.verb] : undefined
    const series: Series = {
      labels: [verb, dryRun, ...where],
      duration: this.#durations.of(verb, dryRun, ...where),
      bodyBytes: bodyVerb === undefined ? undefined : this.#sizes.bodies.of(where[0] ?? '', where[2] ?? '', bodyVerb),
      answerSize: isMeasured ? this.#sizes.answers.of(verb, ...where) : undefined,
      sli: dryRun === '' && verb !== 'WATCH' ? this.#slis.of(verb, ...where) : undefined,
      byCode: new Map(),
    }
    if (this.#series.size >= MAX_KEPT) this.#series.clear()
    this.#series.set(key, series)
    return series
  }
}

/** `/api/v1/watch/…`, as watches were asked for of old. */
function isOnOldPath(info: RequestInfo): boolean {
  return info.isResource && info.steps[0] === 'watch'
}

/** How long requests take. */
function latencyMetrics(registry: MetricRegistry) {
  const durations = registry.histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component; until the answer begins, for streams and watches.',
    stability: 'STABLE',
    labels: ['verb', 'dry_run', ...RESOURCE],
    buckets: SECONDS,
  })
  const slis = registry.histogram({
    name: 'apiserver_request_sli_duration_seconds',
    help: 'Response latency distribution (not counting webhook duration and priority & fairness queue wait times) in seconds for each verb, group, version, resource, subresource, scope and component.',
    labels: ['verb', ...RESOURCE],
    buckets: SLI_SECONDS,
  })
  const fieldValidations = registry.histogram({
    name: 'field_validation_request_duration_seconds',
    help: 'Response latency distribution in seconds for each field validation value',
    labels: ['field_validation'],
    buckets: SLI_SECONDS,
  })
  const watchLists = registry.histogram({
    name: 'apiserver_watch_list_duration_seconds',
    help: 'Response latency distribution in seconds for watch list requests broken by group, version, resource and scope.',
    stability: 'BETA',
    labels: ['group', 'version', 'resource', 'scope'],
    buckets: WATCH_LIST_SECONDS,
  })
  return { durations, slis, fieldValidations, watchLists }
}

/** A path of which nothing is said: group, version, resource, subresource, scope and component. */
const OTHER_PATH = ['', '', '', '', '', ''] as const

/** Paths that are no resources, where upstream counts them, under the labels that it gives them. */
function pathLabels(path: string): readonly string[] | undefined {
  switch (path) {
    case '/healthz':
    case '/livez':
    case '/readyz':
      return ['', '', '', path, '', '']
    case '/flagz':
    case '/statusz':
      return ['', '', path.slice(1), '', '', COMPONENT]
    case '/openapi/v3':
      return ['', '', '', path.slice(1), '', '']
    default:
      return path.startsWith('/openapi/v3/') ? ['', '', '', 'openapi/v3/', '', ''] : undefined
  }
}

/** Upstream's CleanScope. */
export function scopeOf(info: RequestInfo): 'resource' | 'namespace' | 'cluster' | '' {
  if (!info.isResource) return ''
  if (info.name !== '' || info.verb === 'create') return 'resource'
  return info.namespace === '' ? 'cluster' : 'namespace'
}

const READ_VERBS: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'head'])
const METHODS: ReadonlySet<string> = new Set(['DELETE', 'PATCH', 'POST', 'PUT'])

/** Upstream's cleanVerb: methods, but for LIST, WATCH, APPLY and CONNECT. */
export function reportedVerb({ method, headers }: Request, info: RequestInfo): string {
  if (isStream(info)) return 'CONNECT'
  if (info.isResource && (info.verb === 'list' || info.verb === 'watch')) return info.verb.toUpperCase()
  if (method === 'GET' || method === 'HEAD') return 'GET'
  if (method === 'PATCH' && headers.get('content-type') === 'application/apply-patch+yaml') return 'APPLY'
  return METHODS.has(method) ? method : 'other'
}

const FIELD_VALIDATIONS: ReadonlySet<string> = new Set(['', 'Ignore', 'Warn', 'Strict'])

function fieldValidationOf(url: string): string {
  if (!url.includes('fieldValidation')) return ''
  const values = new URL(url).searchParams.getAll('fieldValidation')
  const [value = 'invalid'] = values
  return values.length <= 1 && FIELD_VALIDATIONS.has(value) ? value : 'invalid'
}

function dryRunOf(url: string): string {
  if (!url.includes('dryRun')) return ''
  const values = new URL(url).searchParams.getAll('dryRun')
  return values.every((value) => value === 'All') ? 'All' : 'invalid'
}
