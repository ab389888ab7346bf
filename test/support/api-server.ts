/**
 * MemoryApi behind HTTP, at the paths that pods' kubelets use: enough of the control plane for tests of the pods'
 * Worker.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KubeObject } from '../../src/apimachinery/meta.ts'
import { ApiStatusError, pathNotFoundError } from '../../src/apimachinery/status-error.ts'
import type { KindRef } from '../../src/apis/define-kind.ts'
import type { DeleteOptions } from '../../src/client/client.ts'
import type { MemoryApi } from './memory-api.ts'

const PATH = /^\/internal\/clusters\/default\/api\/v1\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/
const KINDS: Readonly<Record<string, string>> = {
  pods: 'Pod',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  events: 'Event',
  serviceaccounts: 'ServiceAccount',
}

export class ApiServer {
  readonly api: MemoryApi
  readonly #server: Server
  /** Requests to other hosts, as pods make them to Services. */
  readonly outside: string[] = []

  constructor(api: MemoryApi) {
    this.api = api
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        const status = error instanceof ApiStatusError ? error.status : undefined
        response.writeHead(status?.code ?? 500, { 'content-type': 'application/json' })
        response.end(JSON.stringify(status ?? { message: String(error) }))
      })
    })
  }

  /** Returns its address. */
  async listen(): Promise<string> {
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
    const [, namespace = '', resource = '', name = '', subresource = ''] = PATH.exec(url.pathname) ?? []
    const kind = KINDS[resource]
    if (kind === undefined) throw pathNotFoundError()
    const ref: KindRef = { group: '', version: 'v1', kind, resource, scope: 'Namespaced' }
    const body = await bodyOf(request)
    const answer = await this.#call(request.method ?? '', ref, { namespace, name }, subresource, body)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer))
  }

  async #call(
    method: string,
    ref: KindRef,
    target: { namespace: string; name: string },
    subresource: string,
    body: unknown,
  ): Promise<unknown> {
    // Bodies are what the kubelet's client sent: objects of the path's kind.
    const object = body as KubeObject
    if (subresource === 'token') return { status: { token: `token-of-${target.name}` } }
    switch (method) {
      case 'GET':
        return this.api.get(ref, target)
      case 'POST':
        return this.api.create(ref, object)
      case 'PUT':
        return subresource === 'status' ? this.api.updateStatus(ref, object) : this.api.update(ref, object)
      case 'PATCH':
        return this.api.patch(ref, target, 'merge', body)
      case 'DELETE':
        await this.api.delete(ref, target, body as DeleteOptions)
        return { kind: 'Status', status: 'Success' }
      default:
        throw pathNotFoundError()
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}
