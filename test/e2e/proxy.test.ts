/** Pods and Services through the API's own address: what kubectl, browsers and scripts reach with `…/proxy/`. */
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Agent, WebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dataFolderAt } from '../../src/local/data-folder.ts'
import { Cluster } from '../support/cluster.ts'
import { HttpsClient } from '../support/server/https-client.ts'

const NAMESPACE = '/api/v1/namespaces/default'
const WAIT = { timeout: 30_000, interval: 50 }

const SERVER = `
const PAGE = '<html><a href="/next">next</a><img src="pic.png"><a href="https://example.com/x">other</a></html>'
function socket(offered) {
  const [client, server] = Object.values(new WebSocketPair())
  server.accept()
  server.addEventListener('message', ({ data }) => server.send('echo ' + data + ' ' + offered))
  return new Response(null, { status: 101, webSocket: client, headers: { 'sec-websocket-protocol': 'mine' } })
}
export default {
  async fetch(request) {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/redirect') return new Response(null, { status: 302, headers: { location: '/next?x=1' } })
    if (pathname === '/page') return new Response(PAGE, { headers: { 'content-type': 'text/html; charset=utf-8' } })
    if (pathname === '/socket') return socket(request.headers.get('sec-websocket-protocol'))
    if (pathname === '/teapot') return new Response('short and stout', { status: 418 })
    const headers = Object.fromEntries(request.headers)
    const body = request.method === 'POST' ? await request.text() : ''
    const seen = { method: request.method, pathname, search, body, headers }
    return Response.json(seen, { headers: { 'access-control-allow-origin': '*' } })
  },
}`

interface Seen {
  readonly method: string
  readonly pathname: string
  readonly search: string
  readonly body: string
  readonly headers: Record<string, string>
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
  return text
}

describe('a proxied request', () => {
  let cluster: Cluster
  let client: HttpsClient

  beforeAll(async () => {
    cluster = await Cluster.start()
    client = new HttpsClient(cluster.data, cluster.port)
    const body = { metadata: { name: 'server' }, data: { 'index.js': SERVER } }
    await client.json('POST', `${NAMESPACE}/configmaps`, body)
    const container = {
      name: 'main',
      image: 'workernetes.dev/worker',
      command: ['/app/index.js'],
      ports: [{ name: 'http', containerPort: 8080 }],
      volumeMounts: [{ name: 'app', mountPath: '/app' }],
    }
    const volumes = [{ name: 'app', configMap: { name: 'server' } }]
    const spec = { runtimeClassName: 'worker', containers: [container], volumes }
    await client.json('POST', `${NAMESPACE}/pods`, { metadata: { name: 'web', labels: { app: 'web' } }, spec })
    const broken = { ...spec, containers: [{ ...container, command: ['/app/missing.js'] }] }
    await client.json('POST', `${NAMESPACE}/pods`, { metadata: { name: 'broken' }, spec: broken })
    const still = { containers: [{ name: 'main', image: 'i', ports: [{ containerPort: 80 }] }] }
    await client.json('POST', `${NAMESPACE}/pods`, { metadata: { name: 'still' }, spec: still })
    const ports = [{ name: 'http', port: 80, targetPort: 'http' }]
    const service = { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports } }
    await client.json('POST', `${NAMESPACE}/services`, service)
    await vi.waitFor(async () => {
      const { httpCode } = await client.json('GET', `${NAMESPACE}/services/web:http/proxy/`)
      expect(httpCode).toBe(200)
    }, WAIT)
  })
  afterAll(async () => {
    client.close()
    await cluster.stop()
  })

  it.each([
    ['pods/web/proxy'],
    ['pods/https:web:8080/proxy'],
    ['services/web:80/proxy'],
    ['services/https:web:http/proxy'],
  ])('through %s comes with its path, query, method and body', async (proxy) => {
    const path = `${NAMESPACE}/${proxy}/a%20b/c/?x=1&y=%2F`
    const { httpCode, body } = await client.json<Seen>('POST', path, { hello: 'there' })
    expect(httpCode).toBe(200)
    expect(body).toMatchObject({ method: 'POST', pathname: '/a%20b/c/', search: '?x=1&y=%2F' })
    expect(body.body).toBe('{"hello":"there"}')
    expect(body.headers['x-forwarded-uri']).toBe(`${NAMESPACE}/${proxy}/a%20b/c/`)
    expect(body.headers['authorization']).toBeUndefined()
    expect(Object.keys(body.headers).filter((name) => name.startsWith('x-workernetes'))).toEqual([])
  })

  it('without a path is sent to the one with a slash', async () => {
    const response = await client.send('GET', `${NAMESPACE}/pods/web/proxy?x=1`)
    expect([response.statusCode, response.headers.location]).toEqual([301, `${NAMESPACE}/pods/web/proxy/?x=1`])
    response.resume()
  })

  it('is answered with redirects and links that lead through the proxy again', async () => {
    const prefix = `${NAMESPACE}/services/web:http/proxy`
    const redirect = await client.send('GET', `${prefix}/redirect`)
    expect([redirect.statusCode, redirect.headers.location]).toEqual([302, `${prefix}/next?x=1`])
    redirect.resume()
    const page = await textOf(await client.send('GET', `${prefix}/page`))
    expect(page).toBe(
      `<html><a href="${prefix}/next">next</a><img src="pic.png"><a href="https://example.com/x">other</a></html>`,
    )
  })

  it('is answered with the code of the pod, and without its word on other origins', async () => {
    const response = await client.send('GET', `${NAMESPACE}/pods/web:8080/proxy/teapot`)
    expect([response.statusCode, await textOf(response)]).toEqual([418, 'short and stout'])
    const plain = await client.send('GET', `${NAMESPACE}/pods/web/proxy/`)
    expect(plain.headers['access-control-allow-origin']).toBeUndefined()
    plain.resume()
  })

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('may be a %s', async (method) => {
    const response = await client.send(method, `${NAMESPACE}/pods/web/proxy/x`)
    expect(JSON.parse(await textOf(response))).toMatchObject({ method, pathname: '/x' })
  })

  it('may become a WebSocket, whose token among its protocols stays with the API', async () => {
    const { credentials } = dataFolderAt(cluster.data)
    const ca = await readFile(join(credentials, 'ca.crt'), 'utf8')
    const token = (await readFile(join(credentials, 'admin-token'), 'utf8')).trim()
    const bearer = `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`
    const url = `wss://localhost:${String(cluster.port)}${NAMESPACE}/pods/web/proxy/socket`
    const dispatcher = new Agent({ connect: { ca } })
    const socket = new WebSocket(url, { protocols: [bearer, 'mine'], dispatcher })
    const answers: string[] = []
    socket.addEventListener('message', ({ data }) => answers.push(String(data)))
    socket.addEventListener('open', () => socket.send('one'))
    await expect.poll(() => answers, WAIT).toEqual(['echo one mine'])
    socket.close()
    await dispatcher.close()
  })

  it.each(['*', ';;,', 'x_y', '[::1]:1', 'a$b'])('is answered by whatever name a client calls the server: %s', async (host) => {
    const answer = await client.send('GET', NAMESPACE, undefined, undefined, { host })
    expect(answer.statusCode).toBe(200)
    answer.resume()
  })

  it('is told in a Status where nothing listens, and where nothing runs', async () => {
    const answer = async (pod: string): Promise<string> => {
      const { body } = await client.json<{ code: number; message: string }>('GET', `${NAMESPACE}/pods/${pod}/proxy/`)
      return `${String(body.code)} ${body.message}`
    }
    await expect
      .poll(() => answer('broken'), WAIT)
      .toMatch(/^503 error trying to reach service: dial tcp [\d.]+:8080: connect: connection refused$/)
    await expect
      .poll(() => answer('still'), WAIT)
      .toBe('503 error trying to reach service: nothing runs in a simulated pod that could answer')
  })
})
