/**
 * What is counted of conversions by webhook, under upstream's names (k8s.io/apiextensions-apiserver
 * pkg/apiserver/conversion/metrics.go). A call is counted when it has come to its end; what is in its version already
 * is never asked for here, and not counted.
 */
import type { Counter, Histogram, MetricRegistry } from '../../../lib/metrics.ts'

const CALL_SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 45, 60] as const
const DEFINITION_SECONDS = Array.from({ length: 15 }, (_, index) => 0.001 * 2 ** index)

/** What a webhook did wrong, by what came of calling it. */
export type ConversionFailure = 'call' | 'malformed_response' | 'partial_response' | 'invalid_converted_object'

export interface Converted {
  /** The definition's name. */
  readonly name: string
  readonly from: string
  readonly to: string
  readonly isDone: boolean
}

export class ConversionMetrics {
  readonly #calls: Counter
  readonly #callSeconds: Histogram
  readonly #seconds: Histogram

  constructor(registry: MetricRegistry) {
    const labels = ['result', 'failure_type']
    this.#calls = registry.counter({
      name: 'apiserver_conversion_webhook_request_total',
      help: 'Counter for conversion webhook requests with success/failure and failure error type; of those that were sent.',
      labels,
    })
    this.#callSeconds = registry.histogram({
      name: 'apiserver_conversion_webhook_duration_seconds',
      help: 'Conversion webhook request latency',
      labels,
      buckets: CALL_SECONDS,
    })
    this.#seconds = registry.histogram({
      name: 'apiserver_crd_conversion_webhook_duration_seconds',
      help: 'CRD webhook conversion duration in seconds',
      labels: ['crd_name', 'from_version', 'to_version', 'succeeded'],
      buckets: DEFINITION_SECONDS,
    })
  }

  /** A webhook was called; `failure`: undefined if it converted what it was to. */
  called(failure: ConversionFailure | undefined, tookMs: number): void {
    const labels = failure === undefined ? ['success', ''] : ['failure', `conversion_webhook_${failure}_failure`]
    this.#calls.of(...labels).add()
    this.#callSeconds.of(...labels).observe(tookMs / 1000)
  }

  converted({ name, from, to, isDone }: Converted, tookMs: number): void {
    this.#seconds.of(name, from, to, String(isDone)).observe(tookMs / 1000)
  }
}
