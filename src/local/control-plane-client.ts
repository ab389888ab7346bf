/**
 * How our own processes call the control plane: over HTTPS, trusting only the local authority, with the secret that
 * opens /internal/. One connection at a time; callers decide what a failure means.
 */
import { Agent, request } from 'node:https'

export interface ControlPlaneClient {
  /** The answer's HTTP code and text; rejects when there is none within `limitMs`. */
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, limitMs?: number): Promise<Answer>
  close(): void
}

export interface Answer {
  readonly httpCode: number
  readonly text: string
}

export interface ControlPlaneAddress {
  readonly host: string
  readonly port: number
  /** PEM. */
  readonly authority: string
  readonly headers: Readonly<Record<string, string>>
}

const LIMIT_MS = 10_000

export function controlPlaneClient({ host, port, authority, headers }: ControlPlaneAddress): ControlPlaneClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 2, ca: authority })
  const call: ControlPlaneClient['call'] = (method, path, body, limitMs = LIMIT_MS) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body)
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const call = request({
        agent,
        host,
        port,
        method,
        path,
        servername: 'localhost',
        headers: { ...headers, ...type, 'content-length': Buffer.byteLength(text) },
        signal: AbortSignal.timeout(limitMs),
      })
      call.once('error', reject)
      call.once('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => {
          resolve({ httpCode: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
        })
      })
      call.end(text)
    })
  return {
    call,
    close() {
      agent.destroy()
    },
  }
}
