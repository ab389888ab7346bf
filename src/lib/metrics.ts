/**
 * Counters, gauges and histograms by label values, as Prometheus has them. Cheap to count: a series is found once by
 * its labels and then is a plain object with numbers. Reading gives snapshots, which add up: whoever gathers them from
 * several places merges by name and labels. Knows no format (apiserver/operations/metrics) and no metric of its own.
 */
export type MetricType = 'counter' | 'gauge' | 'histogram'

/** What upstream promises of a metric's name and labels (k8s.io/component-base metrics/opts.go). */
export type Stability = 'ALPHA' | 'BETA' | 'STABLE'

export interface MetricOptions {
  readonly name: string
  readonly help: string
  /** ALPHA where nothing is said. */
  readonly stability?: Stability
  readonly labels?: readonly string[]
  /** Upper bounds, rising, of a histogram's buckets; the last one, infinity, is not said. */
  readonly buckets?: readonly number[]
}

export interface Series {
  /** In the order of the metric's labels. */
  readonly labels: readonly string[]
  /** Of a histogram: how many were observed. */
  readonly value: number
  readonly sum?: number
  /** How many fell into each bucket alone; not cumulated. */
  readonly counts?: readonly number[]
}

export interface MetricSnapshot extends MetricOptions {
  readonly type: MetricType
  /** Of several places the highest value counts, instead of their sum. */
  readonly isHighest?: boolean
  readonly series: readonly Series[]
}

/** Series of one metric beyond which further label values share one series, all labels `overflow`. */
const MAX_SERIES = 2_000

export class Value {
  value = 0

  get isZero(): boolean {
    return this.value === 0
  }

  forget(): void {
    this.value = 0
  }

  add(amount = 1): void {
    this.value += amount
  }

  set(value: number): void {
    this.value = value
  }
}

export class Distribution {
  readonly #bounds: readonly number[]
  readonly counts: number[]
  sum = 0
  count = 0

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  get isZero(): boolean {
    return this.count === 0
  }

  forget(): void {
    this.counts.fill(0)
    this.sum = 0
    this.count = 0
  }

  observe(value: number): void {
    const bounds = this.#bounds
    let at = 0
    while (at < bounds.length && value > (bounds[at] ?? 0)) at++
    this.counts[at] = (this.counts[at] ?? 0) + 1
    this.sum += value
    this.count += 1
  }
}

interface Entry<Kind> {
  readonly labels: readonly string[]
  readonly series: Kind
  /** Not shown until something is counted again. */
  isForgotten: boolean
}

/** A metric's series by label values. */
export class Family<Kind extends Value | Distribution> {
  readonly options: MetricOptions
  readonly type: MetricType
  readonly #make: () => Kind
  readonly #byKey = new Map<string, Entry<Kind>>()

  constructor(type: MetricType, options: MetricOptions, make: () => Kind) {
    this.type = type
    this.options = options
    this.#make = make
  }

  /** The series of these values, made when it is first asked for. */
  of(...labels: readonly string[]): Kind {
    const key = labels.length === 1 ? (labels[0] ?? '') : labels.join('\u0000')
    const known = this.#byKey.get(key)
    if (known !== undefined) return known.series
    if (this.#byKey.size >= MAX_SERIES && labels.some((label) => label !== 'overflow')) {
      return this.of(...labels.map(() => 'overflow'))
    }
    const series = this.#make()
    this.#byKey.set(key, { labels, series, isForgotten: false })
    return series
  }

  /** Begins anew. Whoever has found a series keeps counting in it. */
  forget(): void {
    for (const entry of this.#byKey.values()) {
      entry.series.forget()
      entry.isForgotten = true
    }
  }

  snapshot(): MetricSnapshot {
    const shown = [...this.#byKey.values()].filter(({ series, isForgotten }) => !isForgotten || !series.isZero)
    const series = shown.map(({ labels, series: one }): Series =>
      one instanceof Distribution
        ? { labels, value: one.count, sum: one.sum, counts: [...one.counts] }
        : { labels, value: one.value },
    )
    return { ...this.options, type: this.type, series }
  }
}

export type Counter = Family<Value>
export type Gauge = Family<Value>
export type Histogram = Family<Distribution>

export class MetricRegistry {
  readonly #families: Family<Value | Distribution>[] = []
  readonly #readers: (() => readonly MetricSnapshot[])[] = []

  counter(options: MetricOptions): Counter {
    return this.#add(new Family('counter', options, () => new Value()))
  }

  gauge(options: MetricOptions): Gauge {
    return this.#add(new Family('gauge', options, () => new Value()))
  }

  histogram(options: MetricOptions): Histogram {
    const { buckets = [] } = options
    return this.#add(new Family('histogram', options, () => new Distribution(buckets)))
  }

  /** What is only worked out when somebody reads. */
  onRead(reader: () => readonly MetricSnapshot[]): void {
    this.#readers.push(reader)
  }

  /** What has labels begins anew, as in upstream's registry; gauges that say how things are stay unless named. */
  forget(types: readonly MetricType[] = ['counter', 'histogram']): void {
    for (const family of this.#families) {
      if (types.includes(family.type) && (family.options.labels ?? []).length > 0) family.forget()
    }
  }

  snapshots(): MetricSnapshot[] {
    return [...this.#families.map((family) => family.snapshot()), ...this.#readers.flatMap((read) => read())]
  }

  /** The one series of a metric without labels is there from the start. */
  #add<Kind extends Value | Distribution>(family: Family<Kind>): Family<Kind> {
    this.#families.push(family)
    if ((family.options.labels ?? []).length === 0) family.of()
    return family
  }
}

/** One snapshot a metric: equal series are added up, as each place counts what is its own. */
export function mergeSnapshots(all: readonly MetricSnapshot[]): MetricSnapshot[] {
  const byName = new Map<string, { readonly first: MetricSnapshot; readonly series: Map<string, Series> }>()
  for (const snapshot of all) {
    const known = byName.get(snapshot.name) ?? { first: snapshot, series: new Map<string, Series>() }
    byName.set(snapshot.name, known)
    for (const one of snapshot.series) {
      const key = one.labels.join('\u0000')
      const before = known.series.get(key)
      known.series.set(key, before === undefined ? one : together(snapshot, before, one))
    }
  }
  return [...byName.values()].map(({ first, series }) => ({ ...first, series: [...series.values()] }))
}

function together({ isHighest }: MetricSnapshot, one: Series, other: Series): Series {
  if (isHighest !== true) return addedUp(one, other)
  return { labels: one.labels, value: Math.max(one.value, other.value) }
}

function addedUp(one: Series, other: Series): Series {
  const { labels } = one
  if (one.counts === undefined) return { labels, value: one.value + other.value }
  const counts = one.counts.map((count, index) => count + (other.counts?.[index] ?? 0))
  return { labels, value: one.value + other.value, sum: (one.sum ?? 0) + (other.sum ?? 0), counts }
}
