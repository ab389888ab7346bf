/**
 * Probes of isolates: HTTP by a request into the isolate, TCP by asking whether a server runs. There are no processes
 * to run a command in, and no gRPC. Texts: pkg/probe/http/http.go, pkg/probe/tcp/tcp.go.
 */
import type { V1Container, V1Probe } from '../../../apis/generated/types.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { ProbeAnswer } from '../../runtime.ts'

export interface ProbeTarget {
  readonly podIP: string
  readonly clock: Clock
  /** A server of this container runs. */
  readonly isListening: boolean
  fetch(request: Request): Promise<Response>
}

const SUCCESS: ProbeAnswer = { isSuccess: true, message: '' }
const failure = (message: string): ProbeAnswer => ({ isSuccess: false, message })

export async function probeIsolate(container: V1Container, probe: V1Probe, target: ProbeTarget): Promise<ProbeAnswer> {
  const { httpGet, tcpSocket, exec } = probe
  if (httpGet !== undefined) return probeHttp(container, probe, target)
  const port = portOf(container, tcpSocket?.port ?? 0)
  if (tcpSocket !== undefined) {
    return target.isListening
      ? SUCCESS
      : failure(`dial tcp ${target.podIP}:${String(port)}: connect: connection refused`)
  }
  return failure(`${exec === undefined ? 'grpc' : 'exec'} probes are not supported by isolates: use httpGet`)
}

async function probeHttp(container: V1Container, probe: V1Probe, target: ProbeTarget): Promise<ProbeAnswer> {
  const { path = '/', scheme = 'HTTP', host, port, httpHeaders = [] } = probe.httpGet ?? { port: 80 }
  const authority = `${host === undefined || host === '' ? target.podIP : host}:${String(portOf(container, port))}`
  const url = `${scheme.toLowerCase()}://${authority}${path.startsWith('/') ? path : `/${path}`}`
  const headers = new Headers({ 'user-agent': 'kube-probe/1.36', accept: '*/*' })
  for (const { name, value } of httpHeaders) headers.append(name, value)
  const abort = new AbortController()
  const get = `Get ${JSON.stringify(url)}`
  if (!target.isListening) return failure(`${get}: dial tcp ${authority}: connect: connection refused`)
  const answer = target.fetch(new Request(url, { headers, signal: abort.signal, redirect: 'manual' }))
  let cancel: () => void = () => undefined
  const timeout = new Promise<undefined>((resolve) => {
    cancel = target.clock.after((probe.timeoutSeconds ?? 1) * 1_000, () => resolve(undefined))
  })
  try {
    const response = await Promise.race([answer, timeout])
    if (response === undefined) {
      abort.abort()
      // The late answer is of no interest any more, and its failure is the abort's.
      answer.catch(() => undefined)
      return failure(`${get}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`)
    }
    await response.body?.cancel()
    const isSuccess = response.status >= 200 && response.status < 400
    return isSuccess ? SUCCESS : failure(`HTTP probe failed with statuscode: ${String(response.status)}`)
  } catch (error) {
    return failure(`${get}: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    cancel()
  }
}

/** A port's number, also where the probe names it. */
export function portOf(container: V1Container, port: number | string): number {
  if (typeof port === 'number') return port
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port)
}
