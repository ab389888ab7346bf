/**
 * Protobuf on the running system, through the Worker and all its objects: over all namespaces, in many pages, over
 * WebSocket, and compressed.
 */
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Agent, WebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataFolderAt } from '../../src/local/data-folder.ts'
import { Cluster } from '../support/cluster.ts'
import { HttpsClient } from '../support/server/https-client.ts'
import type { Json } from '../support/api.ts'
import { PROTOBUF, eventOf, readProtobuf, writeProtobuf } from '../apiserver/wire/protobuf-client.ts'
import { itemNames } from '../support/api.ts'

const IN_DEFAULT = '/api/v1/namespaces/default/configmaps'
const IN_ALL = '/api/v1/configmaps'

/** More than one page of a namespace. */
const MANY = 620

let cluster: Cluster
let client: HttpsClient
let token: string
let ca: string

beforeAll(async () => {
  cluster = await Cluster.start()
  client = new HttpsClient(cluster.data, cluster.port)
  const { credentials } = dataFolderAt(cluster.data)
  token = readFileSync(join(credentials, 'admin-token'), 'utf8').trim()
  ca = readFileSync(join(credentials, 'ca.crt'), 'utf8')
})

afterAll(async () => {
  client.close()
  await cluster.stop()
})

const CLIENT_GO = { accept: `${PROTOBUF},application/json`, 'content-type': PROTOBUF }

type MoreHeaders = Record<string, string>

function send(method: string, path: string, body?: Uint8Array, headers: MoreHeaders = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = request({
      ca,
      servername: 'localhost',
      host: '127.0.0.1',
      port: cluster.port,
      method,
      path,
      headers: { ...CLIENT_GO, authorization: `Bearer ${token}`, ...headers },
    })
    call.once('error', reject)
    call.once('response', resolve)
    call.end(body)
  })
}

async function bytesOf(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return new Uint8Array(Buffer.concat(chunks))
}

const named = (name: string): Uint8Array<ArrayBuffer> =>
  writeProtobuf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { pad: 'x'.repeat(300) } } as never)

describe('protobuf', () => {
  it('creates, and lists in one namespace and over all what is more than a page', async () => {
    for (let at = 0; at < MANY; at += 20) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const response = await send('POST', IN_DEFAULT, named(`cm-${String(at + index).padStart(4, '0')}`))
          expect(response.statusCode).toBe(201)
          await bytesOf(response)
        }),
      )
    }
    for (const path of [IN_DEFAULT, IN_ALL]) {
      const response = await send('GET', path)
      expect(response.headers['content-type']).toBe(PROTOBUF)
      const listed = itemNames(readProtobuf(await bytesOf(response))).filter((name) => name.startsWith('cm-'))
      expect(listed).toHaveLength(MANY)
      expect(listed).toEqual(listed.toSorted())
      const compressed = await send('GET', path, undefined, { 'accept-encoding': 'gzip' })
      expect(compressed.headers['content-encoding']).toBe('gzip')
      const json = await client.json<Json>('GET', path)
      expect(itemNames(readProtobuf(gunzipSync(await bytesOf(compressed))))).toEqual(itemNames(json.body))
      const page = readProtobuf(await bytesOf(await send('GET', `${path}?limit=7`)))
      expect([itemNames(page), page['metadata']?.['continue']]).toEqual([itemNames(json.body).slice(0, 7), expect.any(String)])
    }
  })

  it('watches over all namespaces and over WebSocket, an event a message', async () => {
    const { body } = await client.json<Json>('GET', `${IN_ALL}?limit=1`)
    const position = String(body['metadata']?.['resourceVersion'])
    const dispatcher = new Agent({ connect: { ca, servername: 'localhost' } })
    for (const path of [IN_ALL, IN_DEFAULT]) {
      const address = `wss://127.0.0.1:${String(cluster.port)}${path}?watch=1&resourceVersion=${position}`
      const socket = new WebSocket(address, {
        dispatcher,
        headers: { authorization: `Bearer ${token}`, accept: PROTOBUF },
      })
      socket.binaryType = 'arraybuffer'
      const first = new Promise<ArrayBuffer>((resolve, reject) => {
        socket.addEventListener('message', ({ data }) => resolve(data as ArrayBuffer))
        socket.addEventListener('error', () => reject(new Error('the socket is broken')))
      })
      await new Promise((resolve) => socket.addEventListener('open', resolve))
      const watched = path === IN_ALL ? 'one' : 'two'
      await bytesOf(await send('POST', IN_DEFAULT, named(watched)))
      expect(eventOf(new Uint8Array(await first))).toMatchObject({ type: 'ADDED', object: { kind: 'ConfigMap' } })
      socket.close()
    }
    await dispatcher.destroy()
  })

  it('tells who is nobody so', async () => {
    const response = await send('GET', IN_DEFAULT, undefined, { authorization: 'Bearer wrong' })
    expect([response.statusCode, response.headers['content-type']]).toEqual([401, PROTOBUF])
    expect(readProtobuf(await bytesOf(response))).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 })
  })
})
