/**
 * Who acts upon a kind, shown in a cluster in memory with every controller: something is written after an object of
 * it has come. What has its effect elsewhere names the test that shows it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { KindDefinition } from '../../src/apis/define-kind.ts'
import { storeResource } from '../../src/apis/define-kind.ts'
import { everyController } from '../controllers/every-controller.ts'
import { ControllersWorld } from '../support/controllers-world.ts'
import { NAMESPACE, Subject, YES } from './probes.ts'
import type { Sample, TestRef } from './samples/sample.ts'

const TESTS = join(import.meta.dirname, '..')

/** The cell of "acted upon". */
export async function effectOf(sample: Sample): Promise<string> {
  const { definition, isData, shownBy } = sample
  const warning = await warningOf(sample)
  if (warning !== undefined) return `no: ${warning}`
  if (isData === true) return 'data'
  if (shownBy === undefined) expect(await writesAfter(sample)).not.toEqual([])
  else expectTest(shownBy)
  expect(definition.notActedUpon).toBeUndefined()
  return YES
}

/** There is such a test: whether it passes is its own affair. */
export function expectTest([file, title]: TestRef): void {
  const text = readFileSync(join(TESTS, file), 'utf8').replaceAll(/\s*\n\s*/g, '')
  expect(text.includes(`'${title}'`), `${file} has no test "${title}"`).toBe(true)
}

/** What the kind's creates say in a Warning about nothing acting on it. */
async function warningOf(sample: Sample): Promise<string | undefined> {
  const { api, collection, body } = await Subject.of(sample)
  const header = (await api.request('POST', collection, { body })).headers.get('warning') ?? ''
  return / nothing acts on it yet: (?<reason>[^"]*)"/.exec(header)?.groups?.['reason']
}

async function writesAfter(sample: Sample): Promise<readonly string[]> {
  const { definition } = sample
  const world = new ControllersWorld(everyController)
  world.hasKubelet = false
  await world.settle()
  const { api } = world
  const { body } = await Subject.of(sample)
  const own = { ...body, metadata: { ...body.metadata, ...(isNamespaced(definition) ? { namespace: NAMESPACE } : {}) } }
  api.writes = []
  await api.create(definition, own)
  await world.settle()
  const mine = `ADDED ${storeResource(definition)}/${body.metadata.name ?? ''}`
  return api.writes.filter((write) => write !== mine)
}

function isNamespaced({ scope }: KindDefinition): boolean {
  return scope === 'Namespaced'
}
