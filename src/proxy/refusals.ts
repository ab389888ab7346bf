/**
 * What a router answers by itself, in plain words for whoever reads a terminal or a browser: which Service was meant,
 * what is wrong, and the command that shows more. Pure.
 */
import type { Destination } from './backends.ts'
import type { ServiceAddress } from './service-host.ts'

type Refusal = Exclude<Destination, { readonly kind: 'backends' }>

/** A Service without a ready endpoint mostly has one soon. */
const RETRY_AFTER_SECONDS = 1

/** A request that names no destination: nothing of that name, no such port, or none of ours to go to. */
export function refuse(refusal: Refusal, { namespace, name, port }: ServiceAddress): Response {
  const service = `Service "${name}" in namespace "${namespace}"`
  switch (refusal.kind) {
    case 'noNamespace':
      return plain(404, `There is no namespace "${namespace}". Those that there are: kubectl get namespaces`)
    case 'noService':
      return plain(404, `There is no ${service}. Those that there are: kubectl get services -n ${namespace}`)
    case 'noPort': {
      const wanted = port === undefined ? 'such port' : `port ${String(port)}`
      const ports = refusal.ports.length === 0 ? 'none for TCP' : refusal.ports.join(', ')
      return plain(404, `${service} has no ${wanted}. It has: ${ports}.`)
    }
    case 'externalName':
      return plain(501, `${service} is an ExternalName: ask ${refusal.host} itself.`)
    case 'simulated':
      return plain(501, `The pods of ${service} are simulated: nothing runs in them that could answer.`)
  }
}

export function refuseNoneReady({ namespace, name }: ServiceAddress): Response {
  const where = `Service "${name}" in namespace "${namespace}"`
  return unavailable(`No endpoint of ${where} is ready. Why: kubectl get pods,endpointslices -n ${namespace}`)
}

/** Endpoints are ready, but each was gone or silent when it was asked. */
export function refuseNoneAnswered({ namespace, name }: ServiceAddress): Response {
  return unavailable(`No endpoint of Service "${name}" in namespace "${namespace}" took the request.`)
}

/** It may have been carried out, or its body is gone: whoever sent it has to decide whether to send it again. */
export function refuseLost({ namespace, name }: ServiceAddress): Response {
  return plain(502, `The endpoint of Service "${name}" in namespace "${namespace}" broke off before it answered.`)
}

/** The store of the endpoints itself cannot be asked. */
export function refuseNotLookedUp({ namespace, name }: ServiceAddress): Response {
  const where = `Service "${name}" in namespace "${namespace}"`
  return unavailable(`The endpoints of ${where} cannot be looked up at the moment.`)
}

export function refuseUnknownHost(host: string): Response {
  return plain(404, `${host} is not the host of a Service: those are NAME.NAMESPACE.localhost, with this port.`)
}

/** For pods: a name that cluster DNS could not resolve either. */
export function refuseUnknownClusterName(host: string): Response {
  return plain(404, `${host} is not a name of a Service: those are NAME, or NAME.NAMESPACE.svc.cluster.local.`)
}

/** For pods: a host outside the cluster. */
export function refuseOutside(host: string): Response {
  const how = 'neither the name of a Service (NAME, or NAME.NAMESPACE.svc.cluster.local) nor listed in'
  return plain(403, `Pods may not reach ${host}: it is ${how} POD_OUTBOUND_HOSTS of this deployment.`)
}

function unavailable(text: string): Response {
  const response = plain(503, text)
  response.headers.set('retry-after', String(RETRY_AFTER_SECONDS))
  return response
}

const refusals = new WeakSet<Response>()

/** Whether the router gave this answer itself: no backend has. */
export function isRefusal(response: Response): boolean {
  return refusals.has(response)
}

function plain(httpCode: number, text: string): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
  const response = new Response(`${text}\n`, { status: httpCode, headers })
  refusals.add(response)
  return response
}
