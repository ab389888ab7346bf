/** An HTTPS client of a local server that knows its authority and its admin's token; it survives the server's restarts. */
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { dataFolderAt } from '../../../src/local/data-folder.ts'

export interface Answered<T> {
  readonly httpCode: number
  readonly body: T
}

export class HttpsClient {
  readonly #agent: Agent
  readonly #port: number
  readonly #ca: string
  readonly #token: string

  constructor(data: string, port: number, maxSockets = 64) {
    const { credentials } = dataFolderAt(data)
    this.#port = port
    this.#ca = readFileSync(join(credentials, 'ca.crt'), 'utf8')
    this.#token = readFileSync(join(credentials, 'admin-token'), 'utf8').trim()
    this.#agent = new Agent({ keepAlive: true, maxSockets, ca: this.#ca, servername: 'localhost' })
  }

  send(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
    headers: Record<string, string> = {},
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const call = request({
        agent: this.#agent,
        host: '127.0.0.1',
        port: this.#port,
        method,
        path,
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': contentType, ...headers },
      })
      call.once('error', reject)
      call.once('response', resolve)
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  async json<T>(method: string, path: string, body?: unknown, contentType?: string): Promise<Answered<T>> {
    const response = await this.send(method, path, body, contentType)
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
    return { httpCode: response.statusCode ?? 0, body: JSON.parse(text) as T }
  }

  close(): void {
    this.#agent.destroy()
  }
}
