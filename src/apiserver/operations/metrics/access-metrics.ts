/**
 * What is counted of who comes in and what they may, under upstream's names (k8s.io/apiserver
 * pkg/endpoints/{filters,filterlatency}, pkg/authorization/metrics, pkg/endpoints/filters/impersonation/metrics).
 */
import type { Decision } from '../../../auth/authorizer.ts'
import { UNCONSTRAINED } from '../../../auth/impersonation/impersonate.ts'
import type { Counter, Distribution, Histogram, MetricRegistry } from '../../../lib/metrics.ts'

const SECONDS = Array.from({ length: 15 }, (_, index) => 0.001 * 2 ** index)
const TOKEN_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const
const FILTER_SECONDS = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 5, 10, 15, 30] as const

/** Steps of a request's way before it comes to what answers. */
const FILTERS = ['authentication', 'audit', 'constrainedimpersonation', 'priorityandfairness', 'authorization'] as const

export class AccessMetrics {
  readonly filters: Readonly<Record<(typeof FILTERS)[number], Distribution>>
  readonly #impersonations: Judged
  readonly #questions: Judged
  readonly #tokens: TokenMetrics
  readonly #attempts: Counter
  readonly #authentications: Histogram
  readonly #users: Counter
  readonly #authorizations: Counter
  readonly #authorizing: Histogram
  readonly #decisions: Counter

  constructor(registry: MetricRegistry) {
    const counter = (name: string, help: string, ...labels: readonly string[]) =>
      registry.counter({ name, help, labels })
    const seconds = (name: string, help: string, ...labels: readonly string[]) =>
      registry.histogram({ name, help, labels, buckets: SECONDS })
    this.#tokens = tokenMetrics(registry)
    this.#attempts = counter('authentication_attempts', 'Counter of authenticated attempts.', 'result')
    this.#authentications = seconds(
      'authentication_duration_seconds', 'Authentication duration in seconds broken out by result.', 'result',
    )
    this.#users = counter(
      'authenticated_user_requests', 'Counter of authenticated requests broken out by username.', 'username',
    )
    this.#authorizations = counter(
      'authorization_attempts_total',
      "Counter of authorization attempts broken down by result. It can be either 'allowed', 'denied', 'no-opinion' or 'error'.",
      'result',
    )
    this.#authorizing = seconds(
      'authorization_duration_seconds', 'Authorization duration in seconds broken out by result.', 'result',
    )
    this.#decisions = counter(
      'apiserver_authorization_decisions_total',
      'Total number of terminal decisions made by an authorizer split by authorizer type, name, and decision.',
      'type', 'name', 'decision',
    )
    this.#impersonations = judged(registry, 'attempts', 'impersonation attempts')
    this.#questions = judged(
      registry, 'authorization_attempts', 'authorization checks made by the impersonation handler',
    )
    const filter = registry.histogram({
      name: 'apiserver_request_filter_duration_seconds',
      help: 'Request filter latency distribution in seconds, for each filter type',
      labels: ['filter'],
      buckets: FILTER_SECONDS,
    })
    this.filters = Object.fromEntries(FILTERS.map((name) => [name, filter.of(name)])) as AccessMetrics['filters']
  }

  /** `username`: of who was let in. */
  authenticated(result: 'success' | 'error', durationMs: number, username?: string): void {
    this.#attempts.of(result).add()
    this.#authentications.of(result).observe(durationMs / 1000)
    this.filters.authentication.observe(durationMs / 1000)
    if (username !== undefined) this.#users.of(userLabel(username)).add()
  }

  /** A token's result was at hand, or is asked for now. */
  tokenLooked(isHit: boolean): void {
    const status = isHit ? 'hit' : 'miss'
    this.#tokens.requests.of(status).add()
    // What is not at hand is timed when it has come.
    if (isHit) this.#tokens.durations.of(status).observe(0)
    else this.#tokens.active.of('in_flight').add()
  }

  tokenChecked(isValid: boolean, isAccount: boolean, tookMs: number): void {
    const { active, durations, fetches, valid } = this.#tokens
    active.of('in_flight').add(-1)
    durations.of('miss').observe(tookMs / 1000)
    // What no authenticator knows is none's error.
    fetches.of(isValid || !isAccount ? 'ok' : 'error').add()
    if (isValid && isAccount) valid.add()
  }

  authorized(decision: Decision, durationMs: number): void {
    const result = decision.isAllowed ? 'allowed' : 'no-opinion'
    this.#authorizations.of(result).add()
    this.#authorizing.of(result).observe(durationMs / 1000)
    this.filters.authorization.observe(durationMs / 1000)
    this.decided(decision)
  }

  /** `verb` is what allowed it; undefined: nothing did. */
  impersonated(verb: string | undefined, durationMs: number): void {
    count(this.#impersonations, verb === undefined ? '' : modeOf(verb), verb !== undefined, durationMs)
    this.filters.constrainedimpersonation.observe(durationMs / 1000)
  }

  impersonationAsked(verb: string, { isAllowed }: Decision, durationMs: number): void {
    count(this.#questions, modeOf(verb), isAllowed, durationMs)
  }

  /** A no of RBAC is no opinion, which upstream does not count here; a yes without a reason is the masters'. */
  decided({ isAllowed, reason }: Decision): void {
    if (isAllowed && reason !== '') this.#decisions.of('RBAC', 'rbac', 'allowed').add()
  }
}

type TokenMetrics = ReturnType<typeof tokenMetrics>

/** k8s.io/apiserver pkg/authentication/token/cache/stats.go, kubernetes pkg/serviceaccount/metrics.go */
function tokenMetrics(registry: MetricRegistry) {
  const name = (own: string): string => `authentication_token_cache_${own}`
  const labels = ['status']
  const active = registry.gauge({ name: name('active_fetch_count'), help: '', labels })
  for (const status of ['blocked', 'in_flight']) active.of(status)
  return {
    active,
    requests: registry.counter({ name: name('request_total'), help: '', labels }),
    fetches: registry.counter({ name: name('fetch_total'), help: '', labels }),
    durations: registry.histogram({
      name: name('request_duration_seconds'), help: '', labels, buckets: TOKEN_SECONDS,
    }),
    valid: registry.counter({
      name: 'serviceaccount_valid_tokens_total', help: 'Cumulative valid projected service account tokens used',
    }).of(),
  }
}

interface Judged {
  readonly total: Counter
  readonly seconds: Histogram
}

function judged(registry: MetricRegistry, name: string, what: string): Judged {
  const labels = ['mode', 'decision']
  return {
    total: registry.counter({
      name: `apiserver_impersonation_${name}_total`,
      help: `Total number of ${what} split by mode and decision.`,
      labels,
    }),
    seconds: registry.histogram({
      name: `apiserver_impersonation_${name}_duration_seconds`,
      help: `Latency of ${what} in seconds split by mode and decision.`,
      labels,
      buckets: SECONDS,
    }),
  }
}

function count({ total, seconds }: Judged, mode: string, isAllowed: boolean, durationMs: number): void {
  const decision = isAllowed ? 'allowed' : 'denied'
  total.of(mode, decision).add()
  seconds.of(mode, decision).observe(durationMs / 1000)
}

/** `impersonate:MODE` and `impersonate-on:MODE:VERB`; the older way has a name of its own here. */
function modeOf(verb: string): string {
  return verb === UNCONSTRAINED ? 'legacy' : (verb.split(':')[1] ?? 'unknown')
}

/** A few categories of names, so that none of them is told. */
function userLabel(username: string): string {
  if (KNOWN_USERS.has(username)) return username
  return username.includes('@') ? 'email_id' : 'other'
}

const KNOWN_USERS: ReadonlySet<string> = new Set([
  'admin', 'client', 'kube_proxy', 'kubelet', 'system:serviceaccount:kube-system:default',
])
