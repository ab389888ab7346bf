/**
 * Watches on the running system: positions hold across namespaces and all of them together, and clients that watch over
 * WebSocket get what others do.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { Agent, WebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataFolderAt } from '../../src/local/data-folder.ts'
import { Cluster } from '../support/cluster.ts'
import { HttpsClient } from '../support/server/https-client.ts'

const IN_DEFAULT = '/api/v1/namespaces/default/configmaps'
const IN_ALL = '/api/v1/configmaps'
const BEARER = 'base64url.bearer.authorization.k8s.io.'

/** Events come in milliseconds; this is for a machine that is busy. */
const LIMIT_MS = 20_000

/** More than a socket's queue may hold (16 MiB) plus what the sockets of both sides do. */
const UNREAD_WRITES = 50
const UNREAD_BYTES = 700_000

/** Code 1011 of RFC 6455, as a close frame has it. */
const CLOSED_AS_BROKEN = Buffer.from([0x03, 0xf3])

interface Listed {
  readonly metadata: { readonly resourceVersion: string }
}

interface WatchEvent {
  readonly type: string
  readonly object: { readonly metadata: { readonly name: string }; readonly code?: number; readonly kind: string }
}

let cluster: Cluster
let client: HttpsClient
let token: string
let dispatcher: Agent

beforeAll(async () => {
  cluster = await Cluster.start()
  client = new HttpsClient(cluster.data, cluster.port)
  const { credentials } = dataFolderAt(cluster.data)
  token = readFileSync(join(credentials, 'admin-token'), 'utf8').trim()
  dispatcher = new Agent({ connect: { ca: readAuthority(), servername: 'localhost' } })
})

afterAll(async () => {
  client.close()
  await dispatcher.destroy()
  await cluster.stop()
})

function readAuthority(): string {
  return readFileSync(join(dataFolderAt(cluster.data).credentials, 'ca.crt'), 'utf8')
}

async function create(name: string): Promise<void> {
  expect((await client.json('POST', IN_DEFAULT, { metadata: { name } })).httpCode).toBe(201)
}

async function positionOf(path: string): Promise<string> {
  return (await client.json<Listed>('GET', path)).body.metadata.resourceVersion
}

/** The first event about an object of that name. */
async function firstOf(response: IncomingMessage, name: string): Promise<WatchEvent> {
  let rest = ''
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    const events = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as WatchEvent)
    const found = events.find(({ type, object }) => type === 'ERROR' || object.metadata.name === name)
    if (found !== undefined) return found
  }
  throw new Error('the watch has ended')
}

class Socket {
  readonly #socket: WebSocket
  readonly messages: string[] = []
  /** `open PROTOCOL`, `closed CODE` */
  readonly states: string[] = []
  #wake: () => void = () => undefined

  constructor(path: string, options: { headers?: Record<string, string>; protocols?: string[] }) {
    this.#socket = new WebSocket(`wss://127.0.0.1:${String(cluster.port)}${path}`, { dispatcher, ...options })
    this.#socket.addEventListener('open', () => this.#note(`open ${this.#socket.protocol}`))
    this.#socket.addEventListener('close', ({ code }) => this.#note(`closed ${String(code)}`))
    this.#socket.addEventListener('message', ({ data }) => {
      this.messages.push(data as string)
      this.#wake()
    })
  }

  #note(state: string): void {
    this.states.push(state)
    this.#wake()
  }

  async until(isReached: () => boolean): Promise<void> {
    const timeout = AbortSignal.timeout(LIMIT_MS)
    while (!isReached()) {
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve
        const fail = (): void => reject(new Error(`only ${JSON.stringify([this.states, this.messages])}`))
        timeout.addEventListener('abort', fail)
      })
    }
  }

  close(): void {
    this.#socket.close()
  }
}

const bearer = (): Record<string, string> => ({ authorization: `Bearer ${token}` })
const inProtocol = (text: string): string => `${BEARER}${Buffer.from(text).toString('base64url')}`

describe('the position of a list', () => {
  it.each([
    ['over all namespaces, in one', IN_ALL, IN_DEFAULT],
    ['of one namespace, over all', IN_DEFAULT, IN_ALL],
  ])('%s, begins a watch that misses nothing', async (title, listed, watched) => {
    const position = await positionOf(listed)
    const name = title.replaceAll(/[, ]+/g, '-')
    await create(name)
    const watch = await client.send('GET', `${watched}?watch=true&resourceVersion=${position}`)
    expect(await firstOf(watch, name)).toMatchObject({ type: 'ADDED', object: { metadata: { name } } })
    watch.destroy()
  })
})

describe('a watch over WebSocket', () => {
  it.each([
    ['of one namespace', IN_DEFAULT],
    ['of all namespaces', IN_ALL],
  ])('%s sends each event as a text message', async (title, path) => {
    const name = `socket-${title.replaceAll(' ', '-')}`
    const socket = new Socket(`${path}?watch=true&resourceVersion=${await positionOf(path)}`, { headers: bearer() })
    await socket.until(() => socket.states.length > 0)
    expect(socket.states).toEqual(['open '])
    await create(name)
    await client.json('DELETE', `${IN_DEFAULT}/${name}`)
    const seen = (): string[] =>
      socket.messages
        .map((text) => JSON.parse(text) as WatchEvent)
        .filter(({ object }) => object.metadata.name === name)
        .map(({ type }) => type)
    await socket.until(() => seen().length === 2)
    expect(seen()).toEqual(['ADDED', 'DELETED'])
    socket.close()
    await socket.until(() => socket.states.length === 2)
  })

  it('takes its token from the subprotocol, and answers another one', async () => {
    await create('token-in-protocol')
    const protocols = [inProtocol(token), 'v1.json']
    const socket = new Socket(`${IN_DEFAULT}?watch=true`, { protocols })
    await socket.until(() => socket.messages.some((text) => text.includes('token-in-protocol')))
    expect(socket.states).toEqual(['open v1.json'])
    socket.close()
  })

  it.each([
    ['a wrong token', (): string[] => [inProtocol('wrong'), 'v1.json']],
    ['no other protocol', (): string[] => [inProtocol(token)]],
    ['two tokens', (): string[] => [inProtocol(token), `${inProtocol('other')}`, 'v1.json']],
    ['what is no base64url', (): string[] => [`${BEARER}A`, 'v1.json']],
    ['no token, as anonymous, who may not', (): string[] => ['v1.json']],
  ])('is not opened with %s', async (_, protocols) => {
    const socket = new Socket(`${IN_DEFAULT}?watch=true`, { protocols: protocols() })
    await socket.until(() => socket.states.length > 0)
    expect(socket.states).toEqual(['closed 1006'])
  })

  it('ends when its time is over', async () => {
    const socket = new Socket(`${IN_DEFAULT}?watch=true&timeoutSeconds=1`, { headers: bearer() })
    await socket.until(() => socket.states.length === 2)
    expect(socket.states).toEqual(['open ', 'closed 1000'])
  })

  it('that wants a state of the future sends the error as its event', async () => {
    const future = String(Number(await positionOf(IN_DEFAULT)) + 1_000_000)
    const initial = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
    const socket = new Socket(`${IN_DEFAULT}?watch=true&${initial}&resourceVersion=${future}`, { headers: bearer() })
    await socket.until(() => socket.states.length === 2)
    expect(socket.messages.map((text) => JSON.parse(text) as WatchEvent)).toMatchObject([
      { type: 'ERROR', object: { kind: 'Status', code: 504 } },
    ])
  })

  it('is not opened for what a watch over HTTP is refused for', async () => {
    const path = `${IN_DEFAULT}?watch=true&resourceVersion=x`
    expect((await client.json('GET', path)).httpCode).toBe(500)
    const socket = new Socket(path, { headers: bearer() })
    await socket.until(() => socket.states.length > 0)
    expect(socket.states).toEqual(['closed 1006'])
  })

  it('is cut off when its client does not read', async () => {
    const path = `${IN_DEFAULT}?watch=true&resourceVersion=${await positionOf(IN_DEFAULT)}`
    const socket = connect({ host: '127.0.0.1', port: cluster.port, servername: 'localhost', ca: readAuthority() })
    const key = Buffer.alloc(16).toString('base64')
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\nconnection: upgrade\r\n` +
        `upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
    )
    const [head] = (await once(socket, 'data')) as [Buffer]
    expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
    socket.pause()
    for (let count = 0; count < UNREAD_WRITES; count += 1) {
      const body = { metadata: { name: `unread-${String(count)}` }, data: { pad: 'x'.repeat(UNREAD_BYTES) } }
      expect((await client.json('POST', IN_DEFAULT, body)).httpCode).toBe(201)
    }
    let received = 0
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
      // Events are plain ASCII here: this is the close frame.
      if (chunk.includes(CLOSED_AS_BROKEN)) socket.end()
    })
    socket.resume()
    await once(socket, 'close', { signal: AbortSignal.timeout(LIMIT_MS) })
    expect(received).toBeLessThan(UNREAD_WRITES * UNREAD_BYTES)
  })
})
