/**
 * Watches whose clients stop reading, on the running system: the server does not keep what they leave, cuts them off
 * when they are far behind, and lets them resume where they were.
 */
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataFolderAt, readLock } from '../../src/local/data-folder.ts'
import { Cluster } from '../support/cluster.ts'
import { HttpsClient } from '../support/server/https-client.ts'

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const STUCK = 20

/** More than the server lets a watch fall behind (16 Mi characters) plus what sockets of both sides hold. */
const WRITES = 60
const WRITE_BYTES = 700_000

/** What is not kept: all that was written, for each that is stuck, is 840 MB. */
const MAX_GROWTH_BYTES = 300 * 1024 * 1024

interface ConfigMap {
  readonly metadata: { readonly name: string; readonly resourceVersion: string }
}

/** Reads a watch to its end; the names it showed, and where it was. */
async function drain(response: IncomingMessage, until = ''): Promise<{ names: string[]; position: string }> {
  const names: string[] = []
  let position = ''
  let rest = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines.filter((text) => text !== '')) {
        const { metadata } = (JSON.parse(line) as { object: ConfigMap }).object
        names.push(metadata.name)
        position = metadata.resourceVersion
      }
      if (names.at(-1) === until) break
    }
  } catch (error) {
    expect(String(error)).toMatch(/aborted|ECONNRESET/)
  }
  return { names, position }
}

function residentBytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${String(pid)}/statm`, 'utf8').split(' ')[1])
  return pages * 4_096
}

describe('a watch whose client stops reading', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await Cluster.start()
  })
  afterAll(() => cluster.stop())

  it.each([
    ['of one namespace', CONFIG_MAPS],
    ['of all namespaces', '/api/v1/configmaps'],
  ])('%s is cut off, costs little memory meanwhile, and resumes without a gap', async (title, path) => {
    const client = new HttpsClient(cluster.data, cluster.port, Infinity)
    const list = await client.json<ConfigMap>('GET', path)
    const start = list.body.metadata.resourceVersion
    const stuck = await Promise.all(
      Array.from({ length: STUCK }, () => client.send('GET', `${path}?watch=true&resourceVersion=${start}`)),
    )
    const [api = 0] = readLock(dataFolderAt(cluster.data))?.children ?? []
    const before = residentBytes(api)
    const names = Array.from({ length: WRITES }, (_, index) => `${title.replaceAll(' ', '-')}-${String(index)}`)
    for (const name of names) {
      const body = { metadata: { name }, data: { pad: 'x'.repeat(WRITE_BYTES) } }
      expect((await client.json('POST', CONFIG_MAPS, body)).httpCode).toBe(201)
    }
    const growth = residentBytes(api) - before
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES)
    console.log(`watches ${title}: ${String(Math.round(growth / 1024 / 1024))} MiB more with ${String(STUCK)} stuck`)
    const [first, ...others] = stuck
    if (first === undefined) throw new Error('a watch has an answer')
    for (const other of others) other.destroy()
    const seen = await drain(first)
    expect(seen.names.length).toBeLessThan(WRITES)
    const from = seen.position === '' ? start : seen.position
    const again = await client.send('GET', `${path}?watch=true&resourceVersion=${from}`)
    const all = [...seen.names, ...(await drain(again, names.at(-1))).names]
    // Controllers write config maps of their own.
    expect(all.filter((name) => names.includes(name))).toEqual(names)
    client.close()
  })
})
