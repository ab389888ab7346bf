/**
 * Auditing (k8s.io/apiserver pkg/audit, pkg/endpoints/filters/audit.go): what of each request the policy wants goes,
 * stage by stage, to a sink that takes it at once, or that its request waits for. Without a policy there is nothing
 * here to pay for.
 */
import type { KubeObject } from '../../../apimachinery/meta.ts'
import { escapeForHtml } from '../../../apimachinery/field-path.ts'
import { cloneJson } from '../../../apimachinery/patch/json-value.ts'
import type { Status } from '../../../apimachinery/status-error.ts'
import { goDuration } from '../../../apimachinery/wire/go-duration.ts'
import type { Decision } from '../../../auth/authorizer.ts'
import type { Impersonated } from '../../../auth/impersonation/impersonate.ts'
import { UNCONSTRAINED } from '../../../auth/impersonation/impersonate.ts'
import type { UserInfo } from '../../../auth/user.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Counter, MetricRegistry } from '../../../lib/metrics.ts'
import { withSelectedName } from '../../authorize.ts'
import type { RequestInfo } from '../../request-info.ts'
import type { Way } from '../way.ts'
import type { AuditRecord } from './audit-event.ts'
import { completeReference, eventOf, referenceOf, statusOf } from './audit-event.ts'
import { recordedBody, recordedRequest, withoutUnwanted } from './recorded-body.ts'
import type { AuditConfig, AuditPolicy, Level, Stage } from './policy.ts'
import { LEVELS, auditConfig } from './policy.ts'

export class AuditMetrics {
  readonly events: Counter
  /** By plugin: `webhook`, `log`, `buffered`. */
  readonly errors: Counter
  readonly levels: Counter
  /** Requests that were refused because they could not be recorded. */
  readonly rejected: Counter

  constructor(registry: MetricRegistry) {
    const name = (own: string): string => `apiserver_audit_${own}`
    this.events = registry.counter({
      name: name('event_total'),
      help: 'Counter of audit events generated and sent to the audit backend.',
    })
    this.errors = registry.counter({
      name: name('error_total'),
      help: 'Counter of audit events that failed to be audited properly. Plugin identifies the plugin affected by the error.',
      labels: ['plugin'],
    })
    this.rejected = registry.counter({
      name: name('requests_rejected_total'),
      help: 'Counter of apiserver requests rejected due to an error in audit logging backend.',
    })
    this.levels = registry.counter({
      name: name('level_total'),
      help: 'Counter of policy levels for audit events (1 per request).',
      labels: ['level'],
    })
  }
}

/** False: it is lost, and who must not go on unrecorded is refused. A promise is waited for. */
export type Sent = boolean | Promise<boolean>

export interface AuditorPorts {
  readonly policy: AuditPolicy
  readonly clock: Clock
  readonly metrics: AuditMetrics
  readonly isAwaited: boolean
  /** On every event, besides those of the request. */
  readonly annotations: Readonly<Record<string, string>>
  /** Takes an event's JSON text. Never throws. */
  send(event: string): Sent
}

/** A request as far as it is known when it arrives. */
type Arrival = Pick<Way, 'request' | 'url' | 'info' | 'startedMs' | 'waitedMs' | 'auditId' | 'sourceIps'>

/** What is wanted of a request, and what that is about: a list of one name is about that object. */
type WantedOf = AuditConfig & { readonly about: RequestInfo }

/** What the caller is told. */
export interface Said {
  /** It is an object, in a form that he accepts: else nothing but its code is recorded. */
  readonly isTold: boolean
  /** That of a refusal. */
  readonly status?: Status | undefined
}

/** Verbs whose bodies are no objects of the resource. */
const BODY_VERBS: ReadonlySet<string> = new Set(['patch', 'delete', 'deletecollection'])

/** Requests that take longer say where their time went. */
const SLOW_MS = 500

export class Auditor {
  readonly #ports: AuditorPorts

  constructor(ports: AuditorPorts) {
    this.#ports = ports
  }

  /** Undefined: the policy does not want this one. */
  begin(arrival: Arrival, user: UserInfo | undefined): AuditTrail | undefined {
    const { policy, metrics } = this.#ports
    const about = withSelectedName(arrival.info, arrival.url.searchParams)
    const config = auditConfig(policy, user, about)
    metrics.levels.of(config.level).add()
    if (config.level === 'None') return undefined
    const trail = new AuditTrail(this.#ports, { ...config, about }, arrival, user)
    if (user !== undefined) trail.received()
    return trail
  }
}

export class AuditTrail {
  readonly #ports: AuditorPorts
  readonly #config: AuditConfig
  readonly #record: AuditRecord
  readonly #arrival: Arrival
  #isRelayed = false
  #arrived: Sent = true
  readonly #endAnnotations: Record<string, string> = {}
  /** Of a stream: it may end before anybody has said that it began. */
  #hasStarted = false
  #endsEarly = false
  /** The body, once more; read only if whoever answered has read it. */
  readonly #copy: Request | undefined

  constructor(ports: AuditorPorts, config: WantedOf, arrival: Arrival, user: UserInfo | undefined) {
    this.#ports = ports
    this.#config = config
    this.#arrival = arrival
    const { request, url, info } = arrival
    this.#record = {
      level: config.level,
      auditId: arrival.auditId,
      requestUri: url.pathname + url.search,
      verb: info.verb,
      user,
      sourceIps: arrival.sourceIps,
      userAgent: request.headers.get('user-agent') ?? '',
      receivedMs: arrival.startedMs,
      annotations: { ...ports.annotations },
      objectRef: referenceOf(config.about),
    }
    // Of a body that is an object itself, what was understood of it is recorded: see `understood`.
    const isRead = BODY_VERBS.has(info.verb) && info.isResource && request.body !== null
    this.#copy = isRead && this.#isAtLeast('Request') ? request.clone() : undefined
  }

  received(): void {
    this.#arrived = this.#reach('RequestReceived')
  }

  /** Whether it may go on: its arrival was told, where that has to be. */
  async mayGoOn(): Promise<boolean> {
    const isTold = await this.#arrived
    if (!isTold) this.#ports.metrics.rejected.of().add()
    return isTold
  }

  /** Whether answers wait for what is told of them. */
  get isAwaited(): boolean {
    return this.#ports.isAwaited
  }

  impersonated({ user, verb }: Impersonated): void {
    this.#record.impersonatedUser = user
    if (verb !== UNCONSTRAINED) this.#record.authenticationMetadata = { impersonationConstraint: verb }
  }

  decided({ isAllowed, reason }: Decision): void {
    this.#record.annotations['authorization.k8s.io/decision'] = isAllowed ? 'allow' : 'forbid'
    this.#record.annotations['authorization.k8s.io/reason'] = reason
  }

  annotate(name: string, value: string): void {
    this.#record.annotations[name] = value
  }

  /** What is only told of a request that is over: a stream that begins does not say so yet. */
  annotateEnd(name: string, value: string): void {
    this.#endAnnotations[name] = value
  }

  /** The object of the body was read: decoded, filled in, and without what it may not have. */
  understood(object: KubeObject): void {
    completeReference(this.#record.objectRef, object.metadata)
    if (!this.#isAtLeast('Request') || !this.#arrival.info.isResource) return
    // What comes behind changes it in place.
    this.#record.requestObject = withoutUnwanted(cloneJson(object), this.#config)
  }

  /** Somebody else answers, who records for himself what there is in bodies. */
  relayed(): void {
    this.#isRelayed = true
  }

  /** A stream begins: its end is told by {@link ended}. */
  started(code: number, { isTold, status }: Said, otherwise?: Partial<Status>): Sent {
    this.#record.responseStatus = statusOf(code, isTold ? status : otherwise)
    if (status !== undefined && this.#recordsObject(isTold)) this.#record.responseObject = status
    this.#hasStarted = true
    const sent = this.#reach('ResponseStarted')
    if (this.#endsEarly) void this.#complete()
    return sent
  }

  ended(): Sent {
    if (this.#hasStarted) return this.#complete()
    this.#endsEarly = true
    return true
  }

  #complete(): Sent {
    Object.assign(this.#record.annotations, this.#endAnnotations)
    return this.#reach('ResponseComplete')
  }

  /** The answer of a request that is no stream; what is to be recorded of bodies is read behind it. */
  async answered(response: Response, { isTold, status }: Said): Promise<void> {
    const { info, request } = this.#arrival
    const record = this.#record
    record.responseStatus = statusOf(response.status, isTold ? status : undefined)
    const wantsObject = this.#recordsObject(isTold)
    const reads = wantsObject || (info.verb === 'delete' && info.isResource && isTold && !this.#isRelayed)
    const copy = reads && response.body !== null ? response.clone() : undefined
    if (this.#copy !== undefined) {
      // Cancelling one of two copies is only done once the other is: nobody waits for that.
      const wasRead = request.bodyUsed && !this.#isRelayed
      if (wasRead) record.requestObject = await recordedRequest(this.#copy, info.verb !== 'patch', this.#config)
      else this.#copy.body?.cancel().catch(() => undefined)
    }
    if (copy !== undefined) {
      const object = await recordedBody(copy, this.#config)
      if (isStatus(object)) record.responseStatus = statusOf(response.status, object)
      if (wantsObject) record.responseObject = object
    }
    this.#tellSlowness()
    await this.#complete()
  }

  #recordsObject(isTold: boolean): boolean {
    return isTold && this.#isAtLeast('RequestResponse') && !this.#isRelayed
  }

  /** Where the time of a slow request went (k8s.io/apiserver pkg/endpoints/filters/audit.go). */
  #tellSlowness(): void {
    const tookMs = this.#ports.clock.now() - this.#arrival.startedMs
    if (tookMs <= SLOW_MS) return
    this.annotate('apiserver.latency.k8s.io/total', goDuration(tookMs))
    if (this.#arrival.waitedMs > 0) {
      this.annotate('apiserver.latency.k8s.io/apf-queue-wait', goDuration(this.#arrival.waitedMs))
    }
  }

  #reach(stage: Stage): Sent {
    if (this.#config.omitStages.includes(stage)) return true
    const { send, clock, metrics } = this.#ports
    metrics.events.of().add()
    return send(escapeForHtml(JSON.stringify(eventOf(this.#record, stage, clock.now()))))
  }

  #isAtLeast(level: Level): boolean {
    return LEVELS.indexOf(this.#config.level) >= LEVELS.indexOf(level)
  }
}

function isStatus(object: unknown): object is Status {
  return typeof object === 'object' && object !== null && 'kind' in object && object.kind === 'Status'
}
