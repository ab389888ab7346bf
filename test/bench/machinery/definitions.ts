/**
 * A thousand definitions: whether making the last ones costs what the first ones did, what discovery of all of them
 * takes, just after a change and asked for again, and what one costs in memory.
 */
import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Connections, each, runLoad } from '../load.ts'
import { cpuMsOf, residentBytesOf } from '../processes.ts'
import type { Server } from '../server.ts'
import { temporaryFolder, withServer } from '../server.ts'

const DEFINITIONS = 1000
const A_GROUP_HAS = 10
const PART = 200
const CONNECTIONS = 4
export const DEFINITIONS_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const REST_MS = 2_000
const REPEATS = 20
const WARM_UP = 100

export interface DefinitionFigures {
  /** CPU a definition of the first and of the last PART of them, all that follows from it included. */
  readonly firstCpuMs: number
  readonly lastCpuMs: number
  readonly perSecond: number
  /** Discovery of everything, right after a definition has changed. */
  readonly changedDiscoveryMs: number
  readonly discoveryP50Ms: number
  readonly bytesEach: number
}

const string = { type: 'string' }
const integer = { type: 'integer', format: 'int32', minimum: 0 }
const part = { type: 'object', required: ['name'], properties: { name: string, count: integer, material: string } }
const condition = {
  type: 'object',
  required: ['type', 'status'],
  properties: {
    type: string,
    status: { ...string, enum: ['True', 'False', 'Unknown'] },
    reason: string,
    message: string,
  },
}

const SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: integer,
        image: { ...string, maxLength: 1024, description: 'Where the gears of the widget are taken from.' },
        note: { ...string, maxLength: 4096 },
        mode: { ...string, default: 'Automatic', enum: ['Automatic', 'Manual'] },
        selector: { type: 'object', additionalProperties: string },
        parts: {
          type: 'array',
          maxItems: 32,
          items: part,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
      },
    },
    status: {
      type: 'object',
      properties: {
        ready: integer,
        observedGeneration: { type: 'integer', format: 'int64' },
        conditions: { type: 'array', items: condition },
      },
    },
  },
}

/** Of a kind as operators bring them: nested lists, a default, columns, a status. */
export function definition(group: string, kind: string): object {
  const singular = kind.toLowerCase()
  const plural = `${singular}s`
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular, kind, listKind: `${kind}List`, categories: ['all'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: SCHEMA },
          subresources: { status: {} },
          additionalPrinterColumns: [
            { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
            { name: 'Image', type: 'string', jsonPath: '.spec.image' },
          ],
        },
      ],
    },
  }
}

/** On a server of its own, in whose memory there is nothing else to come and go. */
export async function measureDefinitions(): Promise<DefinitionFigures> {
  const data = temporaryFolder()
  try {
    return await withServer(data, measure)
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

async function measure(server: Server): Promise<DefinitionFigures> {
  const client = new Connections(server, CONNECTIONS)
  const create = (n: number): Promise<number> => {
    const group = `g${String(Math.floor(n / A_GROUP_HAS))}.bench.example.com`
    return client.send({ method: 'POST', path: DEFINITIONS_PATH, body: definition(group, `Kind${String(n % A_GROUP_HAS)}`) })
  }
  await runLoad(server, 1, WARM_UP, () => ({ method: 'GET', path: '/apis', accept: AGGREGATED }))
  const before = residentBytesOf(server.pids)
  const startedMs = performance.now()
  const costs: number[] = []
  for (let from = 0; from < DEFINITIONS; from += PART) {
    const cpuBefore = cpuMsOf(server.pids)
    await each(CONNECTIONS, PART, (n) => create(from + n))
    costs.push((cpuMsOf(server.pids) - cpuBefore) / PART)
  }
  const perSecond = (DEFINITIONS * 1000) / (performance.now() - startedMs)
  await pause(REST_MS)
  const bytesEach = (residentBytesOf(server.pids) - before) / DEFINITIONS
  const changedDiscoveryMs = await discoverAfterChange(client, create)
  const { p50Ms } = await runLoad(server, 1, REPEATS, () => ({ method: 'GET', path: '/apis', accept: AGGREGATED }))
  await client.close()
  const [firstCpuMs = 0] = costs
  return { firstCpuMs, lastCpuMs: costs.at(-1) ?? 0, perSecond, changedDiscoveryMs, discoveryP50Ms: p50Ms, bytesEach }
}

async function discoverAfterChange(client: Connections, create: (n: number) => Promise<number>): Promise<number> {
  let slowestMs = 0
  for (let n = 0; n < 5; n++) {
    await create(DEFINITIONS + n)
    await pause(100)
    const startedMs = performance.now()
    await client.send({ method: 'GET', path: '/apis', accept: AGGREGATED })
    slowestMs = Math.max(slowestMs, performance.now() - startedMs)
  }
  return slowestMs
}
