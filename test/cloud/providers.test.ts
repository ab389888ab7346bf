import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { edgeProvider } from '../../src/cloud/edge.ts'
import { fakeCloud } from '../../src/cloud/fake.ts'
import type { LoadBalancerRequest } from '../../src/cloud/provider.ts'
import { RetryLater } from '../../src/cloud/provider.ts'
import { webhookProvider } from '../../src/cloud/webhook/webhook.ts'
import { ManualClock } from '../../src/lib/clock.ts'
import { cloudProviderSuite, requestFor } from './cloud-provider-suite.ts'

type Cloud = (path: string, body: string, headers: Headers) => Response | Promise<Response>

const webhook = (cloud: Cloud): ReturnType<typeof webhookProvider> =>
  webhookProvider({
    url: 'https://cloud.example.com/hook/',
    secret: 's3cret',
    clock: new ManualClock(1_700_000_000_999),
    fetch: async (input, init) => {
      const request = new Request(input, init)
      return cloud(new URL(request.url).pathname, await request.text(), request.headers)
    },
  })

function cloudOverHttp(): Cloud {
  const cloud = fakeCloud()
  return async (path, body) => {
    const request = JSON.parse(body) as LoadBalancerRequest
    if (path === '/hook/load-balancers/ensure') {
      return Response.json(await cloud.loadBalancers?.ensureLoadBalancer(request))
    }
    await cloud.loadBalancers?.ensureLoadBalancerDeleted(request)
    return new Response(null, { status: 204 })
  }
}

const hostOf = (...labels: string[]): string => labels.toReversed().join('.')

cloudProviderSuite('edge', () => edgeProvider(hostOf))
cloudProviderSuite('fake', () => fakeCloud())
cloudProviderSuite('webhook', () => webhook(cloudOverHttp()))

describe('the webhook', () => {
  const ensure = (cloud: Cloud): Promise<unknown> =>
    webhook(cloud).loadBalancers?.ensureLoadBalancer(requestFor('a')) ?? Promise.resolve()

  it('signs the time and the body', async () => {
    await ensure((_path, body, headers) => {
      expect(headers.get('x-workernetes-timestamp')).toBe('1700000000')
      const signature = createHmac('sha256', 's3cret').update(`1700000000.${body}`).digest('hex')
      expect(headers.get('x-workernetes-signature')).toBe(`sha256=${signature}`)
      return Response.json({ ingress: [{ ip: '1.2.3.4' }] })
    })
    expect.assertions(2)
  })

  it('takes only what a status may hold', async () => {
    const ingress = [{ ip: '1.2.3.4', ipMode: 'Proxy', secret: 1 }]
    expect(await ensure(() => Response.json({ ingress }))).toEqual({ ingress: [{ ip: '1.2.3.4', ipMode: 'Proxy' }] })
  })

  const WRONG = [{}, { ingress: {} }, { ingress: [null] }, { ingress: [{ ip: 5 }] }, null]
  it.each(WRONG)('refuses the answer %j', async (answer) => {
    await expect(ensure(() => Response.json(answer))).rejects.toThrow('the cloud answered with')
  })

  it('is called again when the cloud says so', async () => {
    const busy = ensure(() => new Response('busy', { status: 503, headers: { 'retry-after': '7' } }))
    const error: unknown = await busy.catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(RetryLater)
    expect(error).toMatchObject({ afterMs: 7_000 })
  })

  it('fails with what the cloud said, and does not follow it elsewhere', async () => {
    const said = 'the cloud answered 302 to /load-balancers/ensure: elsewhere'
    await expect(ensure(() => new Response('elsewhere', { status: 302 }))).rejects.toThrow(said)
  })
})
