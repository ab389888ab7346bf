/** Metrics as text, in both formats, and which one is given. */
import { describe, expect, it } from 'vitest'
import { metricsText, negotiateFormat } from '../../../../src/apiserver/operations/metrics/text-format.ts'
import { MetricRegistry } from '../../../../src/lib/metrics.ts'

const registry = new MetricRegistry()
registry.gauge({ name: 'b_depth', help: 'Depth.\nOf what.' }).of().set(2.5)
registry.counter({ name: 'a_total', help: 'All.', stability: 'BETA', labels: ['path'] }).of('/a"b\\').add(3)
registry
  .histogram({ name: 'c_seconds', help: 'Time.', stability: 'STABLE', labels: ['verb'], buckets: [1e-5, 0.1, 1e6] })
  .of('GET')
  .observe(0.5)
registry.counter({ name: 'unused_total', help: 'Never counted.', labels: ['x'] })

const HISTOGRAM = `# HELP c_seconds [STABLE] Time.
# TYPE c_seconds histogram
c_seconds_bucket{verb="GET",le="1e-05"} 0
c_seconds_bucket{verb="GET",le="0.1"} 0
c_seconds_bucket{verb="GET",le="1e+06"} 1
c_seconds_bucket{verb="GET",le="+Inf"} 1
c_seconds_sum{verb="GET"} 0.5
c_seconds_count{verb="GET"} 1
`
const GAUGE = `# HELP b_depth [ALPHA] Depth.\\nOf what.
# TYPE b_depth gauge
b_depth 2.5
`

it('Prometheus text has names in order, escaped labels and cumulated buckets', () => {
  expect(metricsText(registry.snapshots(), 'prometheus')).toBe(
    `# HELP a_total [BETA] All.\n# TYPE a_total counter\na_total{path="/a\\"b\\\\"} 3\n${GAUGE}${HISTOGRAM}`,
  )
})

it('OpenMetrics names counters without their suffix and ends with EOF', () => {
  expect(metricsText(registry.snapshots(), 'openmetrics')).toBe(
    `# HELP a [BETA] All.\n# TYPE a counter\na_total{path="/a\\"b\\\\"} 3\n${GAUGE}${HISTOGRAM}# EOF\n`,
  )
})

it('labels and series are in order', () => {
  const counted = new MetricRegistry()
  const family = counted.counter({ name: 'd_total', help: 'All.', labels: ['verb', 'code'] })
  for (const [verb, code] of [['PUT', '200'], ['GET', '404'], ['GET', '200']] as const) family.of(verb, code).add()
  expect(metricsText(counted.snapshots(), 'prometheus').split('\n').slice(2)).toEqual([
    'd_total{code="200",verb="GET"} 1', 'd_total{code="200",verb="PUT"} 1', 'd_total{code="404",verb="GET"} 1', '',
  ])
})

describe('the format', () => {
  it.each([
    [null, 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/plain', 'prometheus'],
    ['application/json', 'prometheus'],
    ['application/openmetrics-text;version=1.0.0', 'openmetrics'],
    ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.6', 'prometheus'],
    ['application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5', 'openmetrics'],
  ])('for %s is %s', (accept, wanted) => {
    expect(negotiateFormat(accept)).toBe(wanted)
  })
})
