/** The cloud provider contract as code: run it on every provider. `open` gives one with nothing in its cloud. */
import { describe, expect, it } from 'vitest'
import type { V1Service } from '../../src/apis/generated/types.ts'
import type { CloudProvider, LoadBalancerRequest, LoadBalancers } from '../../src/cloud/provider.ts'

export function aLoadBalancer(name: string, spec: Partial<NonNullable<V1Service['spec']>> = {}): V1Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'ns', uid: name },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
  }
}

export const requestFor = (name: string, cluster = 'default'): LoadBalancerRequest => ({
  cluster,
  service: aLoadBalancer(name),
  nodes: [],
})

export function cloudProviderSuite(name: string, open: () => CloudProvider): void {
  const balancers = (): LoadBalancers => {
    const { loadBalancers } = open()
    if (loadBalancers === undefined) throw new Error(`${name} has no load balancers`)
    return loadBalancers
  }

  describe(`cloud provider ${name}`, () => {
    it('answers with at least one ingress, each with an address or a host name', async () => {
      const { ingress = [] } = await balancers().ensureLoadBalancer(requestFor('a'))
      expect(ingress.length).toBeGreaterThan(0)
      for (const one of ingress) expect(one.ip ?? one.hostname).toMatch(/./)
    })

    it('ensures again and again with one answer', async () => {
      const all = balancers()
      const first = await all.ensureLoadBalancer(requestFor('a'))
      await all.ensureLoadBalancer(requestFor('b'))
      expect(await all.ensureLoadBalancer(requestFor('a'))).toEqual(first)
    })

    it('keeps Services and logical clusters apart', async () => {
      const all = balancers()
      const requests = [requestFor('a'), requestFor('b'), requestFor('a', 'blue')]
      const answers = []
      for (const request of requests) answers.push(JSON.stringify(await all.ensureLoadBalancer(request)))
      expect(new Set(answers).size).toBe(3)
    })

    it('changes nothing of the Service that it reads', async () => {
      const request = requestFor('a')
      await balancers().ensureLoadBalancer(request)
      expect(request).toEqual(requestFor('a'))
    })

    it('deletes what there is, what there was and what there never was', async () => {
      const all = balancers()
      await all.ensureLoadBalancer(requestFor('a'))
      for (const one of ['a', 'a', 'never']) {
        await expect(all.ensureLoadBalancerDeleted(requestFor(one))).resolves.toBeUndefined()
      }
    })
  })
}
