/**
 * Host names of Services: which Service of which namespace of which logical cluster a request is for. Three forms, one
 * place: `NAME.NAMESPACE.localhost` on a laptop, `NAME.NAMESPACE.DOMAIN` at the edge, and cluster DNS
 * (`NAME.NAMESPACE.svc.cluster.local`) from inside pods. The port of the first two is the router's own, so another port
 * of the Service is asked for in front, by number or name, as SRV records do: `_PORT.NAME.NAMESPACE.localhost`. Pure.
 */
export interface ServiceAddress {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  /** The Service's port asked for, by number or name; undefined: whichever serves HTTP. */
  readonly port: number | string | undefined
  /** One endpoint of a headless Service, by its hostname. */
  readonly hostname?: string
}

export interface ServiceDomains {
  /** The cluster of names that do not say one. */
  readonly rootCluster: string
  /** '' when Services have no public domain. */
  readonly publicDomain: string
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** Of nothing in Kubernetes but SRV records: a name that begins so is never a Service's. */
const PORT_MARK = '_'

/** The Service that a public host name stands for; undefined: the host is none of ours. */
export function parseServiceHost(hostname: string, domains: ServiceDomains): ServiceAddress | undefined {
  const host = hostname.toLowerCase()
  for (const domain of ['localhost', domains.publicDomain]) {
    if (domain === '' || !host.endsWith(`.${domain}`)) continue
    const labels = host.slice(0, -domain.length - 1).split('.')
    const portText = labels[0]?.startsWith(PORT_MARK) === true ? labels.shift()?.slice(1) : undefined
    const [name, namespace, cluster = domains.rootCluster] = labels
    if (labels.length > 3 || name === undefined || namespace === undefined) return undefined
    if (![name, namespace, cluster, portText ?? 'none'].every((label) => LABEL.test(label))) return undefined
    const port = portText !== undefined && /^\d+$/.test(portText) ? Number(portText) : portText
    return { cluster, namespace, name, port }
  }
  return undefined
}

type PlainAddress = Omit<ServiceAddress, 'port' | 'hostname'>

/** The public host name of a Service: the inverse of {@link parseServiceHost}. */
export function publicServiceHost(address: PlainAddress, domains: ServiceDomains): string {
  const { cluster, namespace, name } = address
  const labels = cluster === domains.rootCluster ? [name, namespace] : [name, namespace, cluster]
  return [...labels, domains.publicDomain === '' ? 'localhost' : domains.publicDomain].join('.')
}

/** The search domains that cluster DNS gives a pod, longest first. */
const DNS_SUFFIXES = ['.svc.cluster.local', '.svc']

/**
 * A name as cluster DNS resolves it for a pod. Differs: `name.namespace` without `.svc` is left to the world, because
 * an isolate's names are not looked up one search domain after another.
 */
export function parseClusterHost(
  url: URL,
  from: { readonly cluster: string; readonly namespace: string },
): ServiceAddress | undefined {
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  const suffix = DNS_SUFFIXES.find((end) => host.endsWith(end))
  const labels = (suffix === undefined ? host : host.slice(0, -suffix.length)).split('.')
  const hostname = suffix !== undefined && labels.length === 3 ? labels.shift() : undefined
  if (labels.length !== (suffix === undefined ? 1 : 2)) return undefined
  const [name = '', namespace = from.namespace] = labels
  if (name === 'localhost' || ![name, namespace, hostname ?? name].every((label) => LABEL.test(label))) return undefined
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { cluster: from.cluster, namespace, name, port, ...(hostname === undefined ? {} : { hostname }) }
}
