/**
 * Metrics as text: Prometheus' exposition format, or OpenMetrics for those who ask for it. Pure.
 */
import { ascending } from '../../../lib/order.ts'
import type { MetricSnapshot, Series } from '../../../lib/metrics.ts'
import { parseAccept } from '../../negotiate.ts'

export type TextFormat = 'prometheus' | 'openmetrics'

export const CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
}

/** Whoever names neither gets plain text, as scrapers that do not negotiate expect. */
export function negotiateFormat(accept: string | null): TextFormat {
  for (const { type, subtype } of parseAccept(accept ?? '')) {
    if (type === 'application' && subtype === 'openmetrics-text') return 'openmetrics'
    if (type === 'text' || type === '*') return 'prometheus'
  }
  return 'prometheus'
}

export function metricsText(metrics: readonly MetricSnapshot[], format: TextFormat): string {
  const counted = metrics.filter(({ series }) => series.length > 0)
  const sorted = counted.toSorted((one, other) => ascending(one.name, other.name))
  const text = sorted.map((metric) => familyText(inOrder(metric), format)).join('')
  return format === 'openmetrics' ? `${text}# EOF\n` : text
}

/** Labels by their names, and series by the values of these, as Prometheus' own library has them. */
function inOrder(metric: MetricSnapshot): MetricSnapshot {
  const { labels = [], series } = metric
  const places = labels.map((_, at) => at).sort((one, other) => ascending(labels[one] ?? '', labels[other] ?? ''))
  const ordered = (texts: readonly string[]): string[] => places.map((at) => texts[at] ?? '')
  const rows = series.map((one) => ({ ...one, labels: ordered(one.labels) }))
  return { ...metric, labels: ordered(labels), series: rows.sort(byLabels) }
}

function byLabels({ labels: one }: Series, { labels: other }: Series): number {
  const at = one.findIndex((label, index) => label !== other[index])
  return at === -1 ? 0 : ascending(one[at] ?? '', other[at] ?? '')
}

function familyText(metric: MetricSnapshot, format: TextFormat): string {
  const { name, help, type, stability = 'ALPHA' } = metric
  // A counter's family has no suffix in OpenMetrics, its samples must have one.
  const isCounter = format === 'openmetrics' && type === 'counter'
  const family = isCounter ? name.replace(/_total$/, '') : name
  const sample = isCounter ? `${family}_total` : name
  const lines = metric.series.flatMap((series) =>
    type === 'histogram' ? histogramLines(metric, series) : [`${sample}${labelsText(metric, series)} ${number(series.value)}`],
  )
  return `# HELP ${family} [${stability}] ${escapeHelp(help)}\n# TYPE ${family} ${type}\n${lines.map((line) => `${line}\n`).join('')}`
}

function histogramLines(metric: MetricSnapshot, series: Series): string[] {
  const { name, buckets = [] } = metric
  let sum = 0
  const lines = [...buckets, Number.POSITIVE_INFINITY].map((bound, index) => {
    sum += series.counts?.[index] ?? 0
    return `${name}_bucket${labelsText(metric, series, `le="${number(bound)}"`)} ${String(sum)}`
  })
  const labels = labelsText(metric, series)
  return [...lines, `${name}_sum${labels} ${number(series.sum ?? 0)}`, `${name}_count${labels} ${String(series.value)}`]
}

function labelsText({ labels = [] }: MetricSnapshot, series: Series, last?: string): string {
  const pairs = labels.map((label, index) => `${label}="${escapeLabel(series.labels[index] ?? '')}"`)
  if (last !== undefined) pairs.push(last)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** As Go prints the shortest form of a float (%g): with an exponent below 1e-4, and from a million on. */
function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}
