/**
 * Provider `edge`, the default: the Worker itself is the load balancer. A Service's ingress is the host name under
 * which the Worker routes to it, and there is nothing to create or to give back.
 */
import type { CloudProvider } from './provider.ts'

/** `hostOf` gives the public host of a Service. */
export function edgeProvider(hostOf: (cluster: string, namespace: string, name: string) => string): CloudProvider {
  return {
    name: 'edge',
    loadBalancers: {
      ensureLoadBalancer({ cluster, service: { metadata } }) {
        return Promise.resolve({
          ingress: [{ hostname: hostOf(cluster, metadata.namespace ?? '', metadata.name ?? '') }],
        })
      },
      ensureLoadBalancerDeleted: () => Promise.resolve(),
    },
  }
}
