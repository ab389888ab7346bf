/**
 * /metrics of a logical cluster: asks the objects that have written, the scheduler and the sequencer, and adds up. What
 * is counted together in one isolate comes once, whoever of that isolate is asked. Who was left out stands in a metric
 * of its own.
 */
import { metricsText, negotiateFormat, CONTENT_TYPES } from '../../apiserver/operations/metrics/text-format.ts'
import { registeredMetrics, serverFacts } from '../../apiserver/operations/metrics/server-facts.ts'
import type { Env } from '../../env.ts'
import type { MetricSnapshot } from '../../lib/metrics.ts'
import { mergeSnapshots } from '../../lib/metrics.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { clusterObjectName } from '../object-names.ts'
import { askEach, namespacesToAsk } from './asked-namespaces.ts'
import type { MetricsReport } from './cluster-metrics.ts'
import { buildInfo, metricsOf, thisIsolate } from './cluster-metrics.ts'

/** Whoever deletes them makes them begin anew (k8s.io/component-base metrics/http.go, HandlerWithReset). */
export async function answerMetrics(env: Env, cluster: string, request: Request): Promise<Response> {
  const isReset = request.method === 'DELETE'
  const metrics = await gatherMetrics(env, cluster, isReset)
  return isReset ? resetAnswer() : metricsAnswer(metrics, request)
}

/** /metrics/slis: of the cluster scope alone, which is the one that is asked for health. */
export function answerSlis(cluster: string, request: Request): Response {
  const { slis } = metricsOf(cluster).api
  if (request.method !== 'DELETE') return metricsAnswer(slis.snapshots(), request)
  slis.forget(['counter', 'gauge'])
  return resetAnswer()
}

function resetAnswer(): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache, private' }
  return new Response('metrics reset\n', { headers })
}

function metricsAnswer(metrics: readonly MetricSnapshot[], request: Request): Response {
  const format = negotiateFormat(request.headers.get('accept'))
  const text = metricsText(metrics, format)
  // Where there is nothing to write, upstream writes no headers either.
  if (text === '') return new Response(null, { headers: { 'cache-control': 'no-cache, private' } })
  return new Response(text, {
    headers: {
      'content-type': CONTENT_TYPES[format],
      'cache-control': 'no-cache, private',
      'process-start-time-unix': String(Math.floor(thisIsolate().startMs / 1_000)),
    },
  })
}

async function gatherMetrics(env: Env, cluster: string, isReset: boolean): Promise<MetricSnapshot[]> {
  const name = clusterObjectName(cluster)
  const gathering = new Gathering()
  const { asked, leftOut } = await namespacesToAsk(env, cluster)
  // One after another at first, so that an isolate which they share is named to the next.
  await gathering.ask((known) => env.SEQUENCER_OBJECTS.getByName(name).metrics(known, isReset))
  await gathering.ask((known) => env.SCHEDULER_OBJECTS.getByName(name).metrics(known, isReset))
  await gathering.ask((known) => scopeStub(env, cluster, '').metrics(known, isReset))
  await askEach(asked, (one) => gathering.ask((known) => scopeStub(env, cluster, one).metrics(known, isReset)))
  const own = [...buildInfo(), ...serverFacts(), gathering.sources(leftOut)]
  const all = mergeSnapshots([...gathering.snapshots, ...own])
  return [...all, registeredMetrics(all)]
}

class Gathering {
  readonly snapshots: MetricSnapshot[] = []
  readonly #isolates = new Set<string>()
  readonly #counts = { asked: 0, silent: 0 }

  /** Who cannot be reached is counted and missing: a scrape is better than none. */
  async ask(call: (known: readonly string[]) => PromiseLike<MetricsReport>): Promise<void> {
    try {
      const { isolate, shared, own } = await call([...this.#isolates])
      this.#counts.asked += 1
      this.snapshots.push(...own)
      // Two of one isolate that were asked at the same time both bring what they share.
      if (!this.#isolates.has(isolate)) this.snapshots.push(...shared)
      this.#isolates.add(isolate)
    } catch (error) {
      this.#counts.silent += 1
      console.warn('an object did not tell its metrics', error)
    }
  }

  sources(leftOut: number): MetricSnapshot {
    const states = { ...this.#counts, left_out: leftOut, isolates: this.#isolates.size }
    return {
      name: 'workernetes_metrics_sources',
      help: 'Objects whose numbers are in this answer (asked), that did not answer (silent) or were too many (left_out), and the isolates that they live in. Counters are those of isolates: one that ends takes its numbers along.',
      type: 'gauge',
      labels: ['state'],
      series: Object.entries(states).map(([state, value]) => ({ labels: [state], value })),
    }
  }
}
