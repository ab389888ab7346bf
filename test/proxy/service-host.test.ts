import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseClusterHost, parseServiceHost, publicServiceHost } from '../../src/proxy/service-host.ts'

const DOMAINS = { rootCluster: 'default', publicDomain: 'k8s.example.com' }

describe('a public host', () => {
  it.each([
    { host: 'web.shop.localhost', want: 'default/shop/web' },
    { host: 'Web.Shop.K8S.example.com', want: 'default/shop/web' },
    { host: 'web.shop.blue.k8s.example.com', want: 'blue/shop/web' },
    { host: '_9000.web.shop.localhost', want: 'default/shop/web:9000' },
    { host: '_admin.web.shop.blue.k8s.example.com', want: 'blue/shop/web:admin' },
    { host: '_.web.shop.localhost', want: undefined },
    { host: '_admin.web.localhost', want: undefined },
    { host: 'web._admin.shop.localhost', want: undefined },
    { host: 'web.localhost', want: undefined },
    { host: 'localhost', want: undefined },
    { host: 'a.b.c.d.localhost', want: undefined },
    { host: '-web.shop.localhost', want: undefined },
    { host: 'web..localhost', want: undefined },
    { host: 'web.shop.example.com', want: undefined },
  ])('$host → $want', ({ host, want }) => {
    const at = parseServiceHost(host, DOMAINS)
    const port = at?.port === undefined ? '' : `:${String(at.port)}`
    expect(at === undefined ? undefined : `${at.cluster}/${at.namespace}/${at.name}${port}`).toBe(want)
  })

  it('tells a number from a name', () => {
    expect(parseServiceHost('_80.web.shop.localhost', DOMAINS)?.port).toBe(80)
    expect(parseServiceHost('_80x.web.shop.localhost', DOMAINS)?.port).toBe('80x')
  })

  it('is read back as it was written', () => {
    const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/)
    const cluster = fc.oneof(fc.constant('default'), label)
    const domain = fc.constantFrom('', 'k8s.example.com')
    const property = fc.property(cluster, label, label, domain, (where, namespace, name, publicDomain) => {
      const domains = { ...DOMAINS, publicDomain }
      const host = publicServiceHost({ cluster: where, namespace, name }, domains)
      expect(parseServiceHost(host, domains)).toEqual({ cluster: where, namespace, name, port: undefined })
    })
    fc.assert(property, { seed: 1 })
  })
})

describe('a host inside the cluster', () => {
  it.each([
    { url: 'http://web/', want: 'ns/web:80' },
    { url: 'https://web.shop.svc/', want: 'shop/web:443' },
    { url: 'http://web.shop.svc.cluster.local:8080/', want: 'shop/web:8080' },
    { url: 'http://web.shop.svc.cluster.local./', want: 'shop/web:80' },
    { url: 'http://web.shop/', want: undefined },
    { url: 'http://localhost:1/', want: undefined },
    { url: 'http://10.96.0.1/', want: undefined },
    { url: 'http://[::1]/', want: undefined },
    { url: 'http://web-0.web.shop.svc/', want: 'web-0.shop/web:80' },
    { url: 'http://a.web-0.web.shop.svc/', want: undefined },
    { url: 'http://web.svc.cluster.local/', want: undefined },
  ])('$url → $want', ({ url, want }) => {
    const at = parseClusterHost(new URL(url), { cluster: 'default', namespace: 'ns' })
    const hostname = at?.hostname === undefined ? '' : `${at.hostname}.`
    expect(at === undefined ? undefined : `${hostname}${at.namespace}/${at.name}:${String(at.port)}`).toBe(want)
  })
})
