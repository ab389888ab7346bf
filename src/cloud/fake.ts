/**
 * The fake that ships with the contract: load balancers in memory, with addresses from a documentation range, and
 * failures on cue. For tests of whoever calls a provider.
 */
import type { CloudProvider, LoadBalancerRequest } from './provider.ts'

export interface FakeCloud extends CloudProvider {
  /** Keys `cluster/namespace/name` → address of the balancers that exist. */
  readonly balancers: ReadonlyMap<string, string>
  /** The next call throws this. */
  failNext(error: Error): void
}

export function fakeCloud(): FakeCloud {
  const balancers = new Map<string, string>()
  let failure: Error | undefined
  let made = 0
  const keyOf = ({ cluster, service: { metadata } }: LoadBalancerRequest): string =>
    `${cluster}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`
  const fail = (): void => {
    const error = failure
    failure = undefined
    if (error !== undefined) throw error
  }
  return {
    name: 'fake',
    balancers,
    failNext(error) {
      failure = error
    },
    loadBalancers: {
      // Async, so that a failure on cue is a rejection, as a real cloud's would be.
      async ensureLoadBalancer(request) {
        await Promise.resolve(fail())
        const key = keyOf(request)
        const address = balancers.get(key) ?? `203.0.113.${String((made += 1))}`
        balancers.set(key, address)
        return { ingress: [{ ip: address }] }
      },
      async ensureLoadBalancerDeleted(request) {
        await Promise.resolve(fail())
        balancers.delete(keyOf(request))
      },
    },
  }
}
