/**
 * A ScopesApi behind HTTP, at the paths that pods' kubelets use: the control plane as the pods' Worker sees it. What
 * pods send to other hosts, as they do to Services, is noted.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { configMap } from '../../src/apis/core/config-map/config-map.ts'
import { answerRequest } from '../../src/apiserver/chain.ts'
import { ROOT_CA_NAME } from '../../src/controllers/namespace/root-ca.ts'
import { ADMIN } from './api.ts'
import type { ScopesApi } from './scopes-api.ts'

const PREFIX = '/internal/clusters/default'
const NAMESPACE = /\/namespaces\/([^/]+)/

export class ApiServer {
  readonly api: ScopesApi
  readonly #server: Server
  /** Requests to other hosts, as pods make them to Services. */
  readonly outside: string[] = []

  constructor(api: ScopesApi) {
    this.api = api
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
  }

  /** Returns its address. */
  async listen(): Promise<string> {
    const metadata = { name: ROOT_CA_NAME, namespace: 'default' }
    await this.api.create(configMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': 'PEM' } })
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', `http://${request.headers.host ?? 'localhost'}`)
    const from = request.headers['x-workernetes-from-pod']
    if (from !== undefined) {
      this.outside.push(`${url.href} from ${String(from)}`)
      response.end(`service ${url.hostname}`)
      return
    }
    url.pathname = url.pathname.slice(PREFIX.length)
    const { host } = this.api.scope(NAMESPACE.exec(url.pathname)?.[1] ?? '')
    const { method = 'GET' } = request
    const body = await bodyOf(request)
    const headers = new Headers()
    for (const name of ['content-type', 'accept', 'user-agent']) {
      const value = request.headers[name]
      if (typeof value === 'string') headers.set(name, value)
    }
    const hop = new Request(url, { method, headers, ...(body === '' ? {} : { body }) })
    const answer = await answerRequest(host, hop, ADMIN)
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(await answer.text())
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
