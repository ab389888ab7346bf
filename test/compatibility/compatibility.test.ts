/**
 * Each kind × each column of docs/compatibility.md: one probe in process, and the document is what they gave.
 * `npm run generate` writes it.
 */
import { describe, expect, it } from 'vitest'
import { formatGroupVersion } from '../../src/apimachinery/meta.ts'
import type { KindDefinition } from '../../src/apis/define-kind.ts'
import { componentStatus } from '../../src/apis/core/component-status.ts'
import { KINDS, UNSERVED_KINDS } from '../../src/apis/kinds.ts'
import type { Cells } from './document.ts'
import { documentText } from './document.ts'
import { effectOf, expectTest } from './effects.ts'
import { LIMITS } from './limits.ts'
import { PROBES, Subject, apiFor, collectionOf } from './probes.ts'
import { CLUSTER } from './samples/cluster.ts'
import { CORE } from './samples/core.ts'
import { INFRASTRUCTURE } from './samples/infrastructure.ts'
import { QUESTIONS } from './samples/questions.ts'
import type { Sample } from './samples/sample.ts'
import { WORKLOADS } from './samples/workloads.ts'
import { SUBRESOURCES } from './subresources.ts'

const SAMPLES = [...CORE, ...WORKLOADS, ...CLUSTER, ...INFRASTRUCTURE]
const COLUMNS = [...Object.keys(PROBES), 'acted upon', 'subresources']
const TARGET = '../../docs/compatibility.md'

const results = new Map<KindDefinition, Map<string, string>>()

function noted(definition: KindDefinition, column: string, cell: string): void {
  const cells = results.get(definition) ?? new Map<string, string>()
  results.set(definition, cells.set(column, cell))
}

async function subresourcesOf(sample: Sample): Promise<string> {
  const cells: string[] = []
  for (const { name } of sample.definition.subresources) {
    const subject = await Subject.of(sample)
    await subject.create()
    const code = await SUBRESOURCES[name]?.(subject)
    cells.push(code === undefined ? name : `${name} (${String(code)})`)
  }
  return cells.join(', ')
}

const titled = <T extends { definition: KindDefinition }>(entry: T): [string, T] =>
  [`${entry.definition.group}/${entry.definition.version} ${entry.definition.kind}`, entry]

describe.each(SAMPLES.map(titled))('%s', (_title, sample) => {
  it.each(Object.entries(PROBES))('is %s as the document says', async (column, probe) => {
    noted(sample.definition, column, await probe(await Subject.of(sample)))
  })

  it('is acted upon as the document says', async () => {
    noted(sample.definition, 'acted upon', await effectOf(sample))
  })

  it('has the subresources that the document names', async () => {
    noted(sample.definition, 'subresources', await subresourcesOf(sample))
  })
})

it.each(QUESTIONS.map(titled))('%s is answered and not stored', async (_title, { definition, before = [], object, answer }) => {
  const api = await apiFor(definition)
  const path = collectionOf(definition)
  const { kind } = definition
  const apiVersion = formatGroupVersion(definition)
  for (const [where, first] of before) expect((await api.json('POST', where, { body: first })).code).toBe(201)
  const { code, body } = await api.json('POST', path, { body: { apiVersion, kind, ...object } })
  expect(code, JSON.stringify(body)).toBe(201)
  expect(body).toMatchObject(answer)
  expect((await api.json('GET', path)).code).toBe(405)
  noted(definition, 'stored', 'answered')
})

it('v1 ComponentStatus is looked at and not stored', async () => {
  const { code, body } = await (await apiFor(componentStatus)).json('GET', `${collectionOf(componentStatus)}/etcd-0`)
  expect([code, body]).toMatchObject([200, { conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] }])
  noted(componentStatus, 'stored', 'answered')
})

it.each(UNSERVED_KINDS.map(titled))('%s is not served', async (_title, { definition }) => {
  expect((await (await apiFor(definition)).request('GET', collectionOf(definition))).status).toBe(404)
})

it('has a test for each limit that can be shown', () => {
  for (const { shownBy } of Object.values(LIMITS).flat()) if (shownBy !== undefined) expectTest(shownBy)
})

describe('the document', () => {
  it('is about every kind', () => {
    const known = new Set([componentStatus, ...[...SAMPLES, ...QUESTIONS].map(({ definition }) => definition)])
    expect(KINDS.filter((definition) => !known.has(definition))).toEqual([])
  })

  it('is what the probes gave', async () => {
    const cellsOf = (definition: KindDefinition): Cells => results.get(definition) ?? new Map<string, string>()
    const text = documentText(COLUMNS, KINDS.map((definition) => [definition, cellsOf(definition)] as const))
    await expect(text).toMatchFileSnapshot(TARGET)
  })
})
