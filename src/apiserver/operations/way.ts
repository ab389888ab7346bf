/**
 * One request on its way through an object, from its arrival to its answer: what was asked, by whom, and what every
 * answer carries whichever step gave it. Errors become Statuses here and nowhere else; here requests are counted and
 * logged.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import type { UserInfo } from '../../auth/user.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import { quote } from '../../apimachinery/field-path.ts'
import { queryOf } from '../../apimachinery/query-values.ts'
import type { ApiStatusError } from '../../apimachinery/status-error.ts'
import { answerError, asStatusError } from '../answer.ts'
import { UnroutedError, negotiateError } from '../negotiate.ts'
import { answerInTime } from './deadline.ts'
import { OWN_HEADER_PREFIX } from './own-headers.ts'
import type { RequestInfo } from '../request-info.ts'
import { isStream, lacksSubject, parseRequest } from '../request-info.ts'
import type { AuditTrail, Said } from './audit/auditor.ts'
import type { Verdict } from './flow/flow-control.ts'
import type { Operations } from './operations.ts'
import { requestLine } from './request-log.ts'

/** The request's name, given by the client or by us, on every answer (k8s.io/apiserver pkg/audit). */
export const AUDIT_ID_HEADER = 'audit-id'

/** Where the connection came from; the Worker says so and nobody else can. */
export const SOURCE_HEADER = `${OWN_HEADER_PREFIX}source`

/** W3C trace context, version 00: what does not look so is no trace. */
const TRACE_PARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

export interface WayHost {
  readonly clock: Clock
  readonly random: Random
  readonly operations: Operations
}

export class Way {
  readonly request: Request
  /** Without the cluster's prefix. */
  readonly url: URL
  readonly query: URLSearchParams
  readonly info: RequestInfo
  readonly startedMs: number
  readonly auditId: string
  /** Who it is carried out as: at first whoever was authenticated. */
  user: UserInfo
  readonly authenticated: UserInfo
  /** What priority and fairness says of it. */
  verdict: Verdict | undefined
  /** How long it waited for its turn. */
  waitedMs = 0
  /** How long its body was; undefined where none was read. */
  bodyBytes: number | undefined
  /** What is recorded of it; undefined where the audit policy wants nothing. */
  trail: AuditTrail | undefined
  /** It came to something that is served, so it is counted. */
  isServed = false
  /** What it came to is deprecated. */
  isDeprecated = false
  /** What an answer is to warn of, should it be an error: the others have them from whoever gives the answer. */
  warnings: readonly string[] = []
  /** Set on the answer, whatever it is. */
  readonly headers: [name: string, value: string][] = []

  constructor({ clock, random }: Pick<WayHost, 'clock' | 'random'>, request: Request, authenticated: UserInfo) {
    this.request = request
    this.url = new URL(request.url)
    this.query = queryOf(this.url)
    this.info = parseRequest(request.method, this.url.pathname, this.query)
    this.startedMs = clock.now()
    this.auditId = request.headers.get(AUDIT_ID_HEADER) || random.uuid()
    this.user = authenticated
    this.authenticated = authenticated
    this.headers.push([AUDIT_ID_HEADER, this.auditId])
  }

  get sourceIp(): string {
    return this.request.headers.get(SOURCE_HEADER) ?? ''
  }

  /** As proxies tell it, and the connection last (k8s.io/apimachinery pkg/util/net, SourceIPs). */
  get sourceIps(): string[] {
    const { headers } = this.request
    const forwarded = (headers.get('x-forwarded-for') ?? '').split(',').map((ip) => ip.trim())
    const ips = forwarded.filter((ip) => ip !== '')
    for (const ip of [headers.get('x-real-ip') ?? '', this.sourceIp]) if (ip !== '' && !ips.includes(ip)) ips.push(ip)
    return ips
  }

  get traceId(): string | undefined {
    return TRACE_PARENT.exec(this.request.headers.get('traceparent') ?? '')?.[1]
  }
}

/** It came to this kind, or to what is none (`{}`). */
export function served(way: Way, { deprecation }: Pick<KindDefinition, 'deprecation'>): void {
  way.isServed = true
  way.isDeprecated = deprecation !== undefined
}

/** Never throws. */
export async function onItsWay(
  host: WayHost,
  request: Request,
  authenticated: UserInfo,
  answer: (way: Way) => Promise<Response>,
): Promise<Response> {
  const { clock, operations } = host
  const way = new Way(host, request, authenticated)
  const { info, query, startedMs } = way
  way.trail = operations.audit?.begin(way, authenticated)
  operations.metrics.access.filters.audit.observe((clock.now() - startedMs) / 1000)
  if (way.trail !== undefined && !(await way.trail.mayGoOn())) {
    return withHeaders(answerInternalError(way.url, 'failed to store audit event'), way.headers)
  }
  const inflight = isStream(info) ? undefined : operations.metrics.requests.inflightOf(info)
  inflight?.add(1)
  let response: Response
  let refusal: ApiStatusError | undefined
  let isTold = info.isResource || IS_DISCOVERY.test(info.path)
  try {
    response = lacksSubject(info) ? answerNoRequest(way.url) : await answerInTime(clock, way, () => answer(way))
  } catch (error) {
    refusal = asStatusError(error)
    const form = negotiateError({ headers: request.headers, pretty: query.get('pretty') })
    isTold = form.isAccepted
    response = answerError(refusal, form, way.warnings)
  } finally {
    inflight?.add(-1)
  }
  const nowMs = clock.now()
  const { status } = response
  // What has no route is not counted either, by its method or its form.
  const isCounted = way.isServed && status !== 405 && !(refusal instanceof UnroutedError)
  if (isCounted) operations.metrics.requests.answered(way, response, nowMs - startedMs)
  if (isCounted && way.isDeprecated && info.isResource) {
    operations.metrics.requests.deprecated(info)
    way.trail?.annotateEnd('k8s.io/deprecated', 'true')
  }
  operations.log?.(requestLine(way, status, nowMs))
  const answered = withHeaders(response, way.headers)
  return way.trail === undefined ? answered : audited(way.trail, info, answered, { isTold, status: refusal?.status })
}

/** Documents that upstream writes as objects. */
const IS_DISCOVERY = /^\/apis?(?:\/|$)/

/** The answer of a request that never came to an object. */
export function answerUnasked(request: Request, auditId: string, error: unknown): Response {
  const form = negotiateError({ headers: request.headers, pretty: new URL(request.url).searchParams.get('pretty') })
  return withHeaders(answerError(error, form), [[AUDIT_ID_HEADER, auditId]])
}

/** What no request could be read from. */
function answerNoRequest(url: URL): Response {
  const why = 'failed to create RequestInfo: unable to determine kind and namespace from url'
  return answerInternalError(url, `${why}, ${url.pathname}${url.search}`)
}

/** k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go, InternalError. */
function answerInternalError({ pathname, search }: URL, why: string): Response {
  const path = pathname + search
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
  return new Response(`Internal Server Error: ${quote(path)}: ${why}\n`, { status: 500, headers })
}

/** A watch says itself when it ends (reading/watch-stream.ts); of a stream out of a pod the end is noticed here. */
async function audited(
  trail: AuditTrail,
  info: RequestInfo,
  response: Response,
  said: Said,
): Promise<Response> {
  const isWatch = info.verb === 'watch'
  if (!isWatch && !isStream(info)) {
    const recorded = trail.answered(response, said)
    if (trail.isAwaited) await recorded
    return response
  }
  await trail.started(response.status, said)
  if (response.status !== 200 || response.body === null) await trail.ended()
  else if (!isWatch) return new Response(response.body.pipeThrough(untilEnd(() => void trail.ended())), response)
  return response
}

/** Passes everything on; `cancel` of transformers is newer than their types. */
function untilEnd(end: () => void): TransformStream<Uint8Array, Uint8Array> {
  const transformer: Transformer<Uint8Array, Uint8Array> & { cancel(): void } = { flush: end, cancel: end }
  return new TransformStream(transformer)
}

/** Answers of another Worker or object have headers that cannot be changed; such a one is wrapped. */
export function withHeaders(response: Response, headers: readonly (readonly [string, string])[]): Response {
  try {
    for (const [name, value] of headers) response.headers.set(name, value)
    return response
  } catch {
    const wrapped = new Response(response.body, response)
    for (const [name, value] of headers) wrapped.headers.set(name, value)
    return wrapped
  }
}
