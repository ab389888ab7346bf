/**
 * Health: /livez, /readyz and /healthz with the verbose form and exclusions (k8s.io/apiserver pkg/server/healthz). A
 * check is a name and a function that says what is wrong; which there are stands in health-checks.ts.
 */
import { quote } from '../../apimachinery/field-path.ts'
import type { MetricRegistry } from '../../lib/metrics.ts'
import type { StoreReader } from '../../store/object-store.ts'
import { sized } from '../reading/body-size.ts'

export interface HealthCheck {
  /** May have slashes. */
  readonly name: string
  /** Asked by /readyz alone: nothing that would be mended by a restart. */
  readonly isOfReadiness?: boolean
  /** The text of what is wrong; undefined: well. */
  check(examined: Examined): string | undefined
}

/** What checks look at. */
export interface Examined {
  readonly reader: StoreReader
  readonly controllers: ControllersProgress
}

/** Of the controllers of a scope, as it is written down. */
export interface ControllersProgress {
  /** Everything that was there when the scope began has been looked at. */
  haveBegun(): boolean
  /** Something of this controller's has failed, or is to be done later. */
  owe(controller: string): boolean
}

const PATHS = ['/healthz', '/livez', '/readyz'] as const

export function isHealthPath(path: string): boolean {
  return PATHS.some((root) => path === root || path.startsWith(`${root}/`))
}

/** Addresses of all checks, and of each (k8s.io/apiserver pkg/server/healthz, InstallPathHandler). */
export function healthPaths(all: readonly HealthCheck[]): string[] {
  return PATHS.flatMap((root) => [root, ...checksOf(root.slice(1), all).map(({ name }) => `${root}/${name}`)])
}

function checksOf(root: string, all: readonly HealthCheck[]): readonly HealthCheck[] {
  return root === 'readyz' ? all : all.filter(({ isOfReadiness }) => isOfReadiness !== true)
}

/** The answer to a health path; undefined when no such check exists. */
export function answerHealth(
  url: URL,
  all: readonly HealthCheck[],
  examined: Examined,
  metrics: HealthMetrics,
): Response | undefined {
  const [root = '', ...rest] = url.pathname.slice(1).split('/')
  const checks = checksOf(root, all)
  if (rest.length === 0) return answerAll(root, url.searchParams, { checks, examined, metrics })
  const single = rest.join('/')
  const check = checks.find(({ name }) => name === single)
  if (check === undefined) return undefined
  const wrong = check.check(examined)
  if (wrong !== undefined) return healthText(`internal server error: ${wrong}\n`, 500)
  const answer = healthText('ok', 200)
  // Upstream says so of everything but this.
  answer.headers.delete('x-content-type-options')
  return answer
}

interface Asked {
  readonly checks: readonly HealthCheck[]
  readonly examined: Examined
  readonly metrics: HealthMetrics
}

function answerAll(root: string, query: URLSearchParams, { checks, examined, metrics }: Asked): Response {
  const excluded = new Set(query.getAll('exclude'))
  const wrongs: string[] = []
  // One check may have several names (the store's has): it is made once.
  const made = new Map<HealthCheck['check'], string | undefined>()
  const lines = checks.map(({ name, check }) => {
    if (excluded.has(name)) return `[+]${name} excluded: ok`
    if (!made.has(check)) made.set(check, check(examined))
    const wrong = made.get(check)
    metrics.observe(name, root, wrong === undefined)
    if (wrong === undefined) return `[+]${name} ok`
    wrongs.push(`${name}: ${wrong}`)
    return `[-]${name} failed: reason withheld`
  })
  const unknown = [...excluded].filter((name) => !checks.some((check) => check.name === name)).toSorted()
  const complaint = `warn: some health checks cannot be excluded: no matches for ${unknown.map(quote).join(',')}\n`
  const report = lines.map((line) => `${line}\n`).join('') + (unknown.length === 0 ? '' : complaint)
  if (wrongs.length > 0) {
    // Anybody may ask for health: the reasons are for the log.
    console.warn(`${root} check failed: ${wrongs.join('; ')}`)
    return healthText(`${report}${root} check failed\n`, 500)
  }
  return healthText(query.has('verbose') ? `${report}${root} check passed\n` : 'ok', 200)
}

export interface HealthMetrics {
  observe(name: string, type: string, isWell: boolean): void
}

/** k8s.io/component-base metrics/prometheus/slis, which /metrics/slis shows. */
export function healthMetrics(registry: MetricRegistry): HealthMetrics {
  const last = registry.gauge({
    name: 'kubernetes_healthcheck',
    help: 'This metric records the result of a single healthcheck.',
    stability: 'STABLE',
    labels: ['name', 'type'],
  })
  const total = registry.counter({
    name: 'kubernetes_healthchecks_total',
    help: 'This metric records the results of all healthcheck.',
    stability: 'STABLE',
    labels: ['name', 'type', 'status'],
  })
  return {
    observe(name, type, isWell) {
      last.of(name, type).set(isWell ? 1 : 0)
      total.of(name, type, isWell ? 'success' : 'error').add()
    },
  }
}

export function healthText(body: string, status: number): Response {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache, private',
  }
  return sized(new Response(body, { status, headers }), body.length)
}
