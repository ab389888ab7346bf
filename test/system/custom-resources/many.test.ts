/** Many definitions and many custom resources: nothing grows faster than what there is. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../../src/apis/kinds.ts'
import { createDiscovery } from '../../../src/apiserver/discovery/discovery.ts'
import { CRD_PATH, CustomWorld, aDefinition, aVersion, aWidget } from './custom-world.ts'

const DEFINITIONS = 1_000
const GROUPS = 50

/** What is not collected yet is no growth. */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Some 4 KB of schema, as usual in the field. */
const properties = Object.fromEntries(
  Array.from({ length: 25 }, (_, index) => [
    `field${String(index)}`,
    { type: 'string', description: 'One of many fields that say what is wanted, and how, and why, at some length.' },
  ]),
)
const version = aVersion({
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
  subresources: { status: {} },
})

const groupOf = (index: number): string => `group${String(index % GROUPS)}.example.com`

function definitionOf(index: number): object {
  const name = String(index)
  const names = { singular: `thing${name}`, listKind: `Thing${name}List`, shortNames: [`th${name}`] }
  const kind = `Thing${name}`
  return aDefinition({ group: groupOf(index), plural: `things${name}`, kind, versions: [version], names })
}

const build = { version: '0.0.0', commit: 'test', date: '2026-01-01T00:00:00Z' }

/** Of this process until now: a machine that is busy with others does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const medianOf = (some: readonly number[]): number =>
  some.toSorted((one, other) => one - other)[some.length >> 1] ?? 0

describe('a thousand definitions', () => {
  it('are made one like another, and discovered at once', async () => {
    const world = new CustomWorld()
    await world.api.ready
    const costsMs: number[] = []
    for (let index = 0; index < DEFINITIONS; index++) {
      const before = cpuMs()
      const { code } = await world.ask('POST', CRD_PATH, { body: definitionOf(index) })
      expect(code).toBe(201)
      await world.settle()
      costsMs.push(cpuMs() - before)
    }
    const [first, last] = [medianOf(costsMs.slice(100, 300)), medianOf(costsMs.slice(-200))]
    console.info(`a definition: ${first.toFixed(2)} ms of CPU at first, ${last.toFixed(2)} ms at last`)
    // Twice is what a loaded machine makes of equal.
    expect(last).toBeLessThan(2 * first + 1)
    const index = world.api.scope('').definitions
    const startMs = cpuMs()
    const kinds = index.kinds()
    const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const discovery = createDiscovery({ kinds: [...KINDS, ...kinds], build })
    const { body = '' } = discovery.document('/apis', aggregated) ?? {}
    const tookMs = cpuMs() - startMs
    console.info(`discovery of all: ${tookMs.toFixed(1)} ms of CPU, ${String(body.length)} characters`)
    expect(body).toContain('"resource":"things999"')
    expect(tookMs).toBeLessThan(100)
    world.restart()
    const coldMs = performance.now()
    expect(world.api.scope('').definitions.kinds()).toHaveLength(DEFINITIONS)
    console.info(`read anew: ${(performance.now() - coldMs).toFixed(1)} ms`)
  }, 120_000)
})

describe('ten thousand custom resources', () => {
  it('are listed as a stream', async () => {
    const world = new CustomWorld()
    await world.define(aDefinition({ versions: [version] }))
    const spec = Object.fromEntries(Object.keys(properties).map((field) => [field, 'x'.repeat(60)]))
    const path = '/apis/example.com/v1/namespaces/ns/widgets'
    for (let at = 0; at < 10_000; at += 250) {
      await Promise.all(
        Array.from({ length: 250 }, (_, index) =>
          world.ask('POST', path, { body: aWidget(`widget-${String(at + index).padStart(5, '0')}`, { spec }) }),
        ),
      )
    }
    collect()
    const before = process.memoryUsage()
    let peak = 0
    let size = 0
    const stream = await world.stream(path)
    for await (const chunk of stream) {
      size += chunk.byteLength
      collect()
      const { heapUsed, external } = process.memoryUsage()
      peak = Math.max(peak, heapUsed + external - before.heapUsed - before.external)
    }
    console.info(`a list of ${String(size >> 20)} MiB grows memory by ${(peak / 1_048_576).toFixed(1)} MiB at most`)
    expect(size).toBeGreaterThan(15 * 1024 * 1024)
    expect(peak).toBeLessThan(48 * 1024 * 1024)
  }, 120_000)
})
