/**
 * What a pod's isolate can reach, each bound to the pod by props that its code cannot change: the sink of its console
 * lines, its way out into the network, and the tail that shows what the console never saw.
 */
import { WorkerEntrypoint } from 'cloudflare:workers'
import { refuseOutside } from '../../proxy/refusals.ts'
import type { PodEnv } from './pod-env.ts'
import { FROM_POD_HEADER, SECRET_HEADER, TO_ORIGIN_HEADER, withoutHopHeaders } from '../calls/hop-headers.ts'

/** Which container of which pod. */
export interface PodProps {
  /** The name of the pod's object: `cluster/namespace/name/uid`. */
  readonly pod: string
  readonly container: string
  readonly attempt: number
}

function objectOf(env: PodEnv, { pod }: PodProps) {
  return env.POD_OBJECTS.getByName(pod)
}

/** Takes console lines as they are printed. */
export class PodLogSink extends WorkerEntrypoint<PodEnv, PodProps> {
  async write(lines: readonly (readonly [number, string])[], lost: number): Promise<void> {
    const { container, attempt } = this.ctx.props
    await objectOf(this.env, this.ctx.props).appendLog(container, attempt, lines, lost)
  }
}

/** The backstop: exceptions and outcomes that the isolate's own shim could not send, such as running out of memory. */
export class PodTail extends WorkerEntrypoint<PodEnv, PodProps> {
  override async tail(traces: TraceItem[]): Promise<void> {
    const { container, attempt } = this.ctx.props
    const told = traces
      .map(({ outcome }) => outcome)
      .filter((outcome) => outcome !== 'ok' && outcome !== 'exception' && outcome !== 'canceled')
    for (const outcome of told) await objectOf(this.env, this.ctx.props).tailed(container, attempt, outcome)
  }
}

const CLUSTER_SUFFIX = /\.svc(\.cluster\.local)?\.?$/
const CLUSTER_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** Everything that a pod's code requests: Services by their DNS names, and outside hosts that the deployment allows. */
export class PodOutbound extends WorkerEntrypoint<PodEnv, PodProps> {
  override fetch(request: Request): Promise<Response> | Response {
    const { hostname } = new URL(request.url)
    if (CLUSTER_SUFFIX.test(hostname) || CLUSTER_NAME.test(hostname)) return this.#toService(request)
    if (!isAllowed(hostname, this.env.POD_OUTBOUND_HOSTS ?? '')) return refuseOutside(hostname)
    return fetch(new Request(request, { headers: withoutHopHeaders(request.headers) }))
  }

  #toService(request: Request): Promise<Response> {
    const headers = withoutHopHeaders(request.headers)
    headers.set(SECRET_HEADER, this.env.INTERNAL_SECRET ?? '')
    headers.set(FROM_POD_HEADER, this.ctx.props.pod)
    headers.set(TO_ORIGIN_HEADER, new URL(request.url).origin)
    return this.env.CONTROL_PLANE.fetch(new Request(request, { headers, redirect: 'manual' }))
  }
}

/** `*` for all, `example.com` for itself, `.example.com` for everything below. */
export function isAllowed(hostname: string, allowed: string): boolean {
  const rules = allowed.split(',').map((rule) => rule.trim())
  return rules.some((rule) => rule === '*' || rule === hostname || (rule.startsWith('.') && hostname.endsWith(rule)))
}
