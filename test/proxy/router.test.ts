import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import type { Backend, Destination } from '../../src/proxy/backends.ts'
import { MAX_AGE_MS, MAX_REPLAYED_BYTES, ServiceRouter } from '../../src/proxy/router.ts'
import type { ServiceAddress } from '../../src/proxy/service-host.ts'

const ADDRESS: ServiceAddress = { cluster: 'default', namespace: 'shop', name: 'web', port: undefined }

const backend = (name: string): Backend => ({ podName: name, podUid: name, nodeName: '', address: '', port: 80 })
const backends = (...names: string[]): Destination => ({
  kind: 'backends',
  backends: names.map(backend),
  affinitySeconds: 0,
})

/** What a pod does with a request: answers, says that it does not take it, or breaks off. */
type Behaviour = 'answers' | 'gone' | 'breaks'

class Shop {
  readonly clock = new ManualClock()
  readonly sent: string[] = []
  readonly bodies: string[] = []
  readonly errors: string[] = []
  readonly again: boolean[] = []
  lookUps = 0
  destination: Destination | Error = backends()
  behaviours: Record<string, Behaviour> = {}
  readonly router = new ServiceRouter({
    clock: this.clock,
    lookUp: () => {
      this.lookUps += 1
      return this.destination instanceof Error ? Promise.reject(this.destination) : Promise.resolve(this.destination)
    },
    send: async (_address, { podName }, request, isAgain) => {
      this.sent.push(podName)
      this.again.push(isAgain)
      if (request.body !== null) this.bodies.push(await request.text())
      const behaviour = this.behaviours[podName] ?? 'answers'
      if (behaviour === 'breaks') throw new Error('connection reset')
      return behaviour === 'gone' ? undefined : new Response(`from ${podName}`)
    },
    onError: (what) => this.errors.push(what),
  })

  /** Lets time pass in steps, with whatever the router does in between. */
  async pass(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs <= durationMs; passedMs += 100) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      this.clock.advance(100)
    }
  }

  async ask(init: RequestInit = {}): Promise<{ code: number; text: string; retryAfter: string | null }> {
    const answer = await this.router.route(new Request('http://web.shop.localhost/', init), ADDRESS, 'me')
    return { code: answer.status, text: await answer.text(), retryAfter: answer.headers.get('retry-after') }
  }
}

const POST = { method: 'POST', body: 'order', headers: { 'content-length': '5' } }

describe('a request to a Service', () => {
  it('goes on to the next endpoint when one has not taken it, with its body', async () => {
    const shop = new Shop()
    shop.destination = backends('a', 'b', 'c')
    shop.behaviours = { a: 'gone', b: 'gone' }
    expect(await shop.ask(POST)).toMatchObject({ code: 200, text: 'from c' })
    expect(new Set(shop.bodies)).toEqual(new Set(['order']))
  })

  it('asks for endpoints anew when one of them is gone, and finds those that have come', async () => {
    const shop = new Shop()
    shop.destination = backends('a')
    expect((await shop.ask()).text).toBe('from a')
    shop.behaviours = { a: 'gone' }
    shop.destination = backends('b')
    expect((await shop.ask()).text).toBe('from b')
    expect(shop.lookUps).toBe(2)
  })

  it('asks for endpoints no more often than their copy may be old', async () => {
    const shop = new Shop()
    shop.destination = backends('a')
    await shop.ask()
    shop.clock.advance(MAX_AGE_MS - 1)
    await shop.ask()
    expect(shop.lookUps).toBe(1)
    shop.clock.advance(1)
    await Promise.all([shop.ask(), shop.ask(), shop.ask()])
    expect(shop.lookUps).toBe(2)
  })

  it('is sent again when an endpoint broke off, if twice is as good as once', async () => {
    const shop = new Shop()
    shop.destination = backends('a', 'b')
    shop.behaviours = { a: 'breaks', b: 'answers' }
    for (let turn = 0; turn < 2; turn++) expect((await shop.ask()).text).toBe('from b')
  })

  it('is not sent again when it may have been carried out', async () => {
    const shop = new Shop()
    shop.destination = backends('a', 'b')
    shop.behaviours = { a: 'breaks', b: 'breaks' }
    expect(await shop.ask(POST)).toMatchObject({
      code: 502,
      text: 'The endpoint of Service "web" in namespace "shop" broke off before it answered.\n',
    })
    expect(shop.sent).toHaveLength(1)
    expect(shop.errors).toEqual([`${shop.sent[0] ?? ''}, an endpoint of default/shop/web//, broke off`])
  })

  it.each([
    { given: 'is too large to be kept', headers: { 'content-length': String(MAX_REPLAYED_BYTES + 1) } },
    { given: 'is a stream', headers: {} },
  ])('is sent once when its body $given', async ({ headers }) => {
    const shop = new Shop()
    shop.destination = backends('a', 'b')
    shop.behaviours = { a: 'gone', b: 'gone' }
    const body = new Response('x').body
    expect((await shop.ask({ method: 'PUT', headers, body, duplex: 'half' } as RequestInit)).code).toBe(502)
    expect(shop.sent).toHaveLength(1)
  })
})

describe('a request that nobody answers', () => {
  const HERE = 'Service "web" in namespace "shop"'
  it.each<{ given: string; destination: Destination | Error; code: number; text: string }>([
    {
      given: 'none ready',
      destination: backends(),
      code: 503,
      text: `No endpoint of ${HERE} is ready. Why: kubectl get pods,endpointslices -n shop\n`,
    },
    {
      given: 'an unknown Service',
      destination: { kind: 'noService' },
      code: 404,
      text: `There is no ${HERE}. Those that there are: kubectl get services -n shop\n`,
    },
    {
      given: 'an unknown namespace',
      destination: { kind: 'noNamespace' },
      code: 404,
      text: 'There is no namespace "shop". Those that there are: kubectl get namespaces\n',
    },
    {
      given: 'an unknown port',
      destination: { kind: 'noPort', ports: ['80 (http)', '9000'] },
      code: 404,
      text: `${HERE} has no such port. It has: 80 (http), 9000.\n`,
    },
    {
      given: 'an ExternalName',
      destination: { kind: 'externalName', host: 'db.example.com' },
      code: 501,
      text: `${HERE} is an ExternalName: ask db.example.com itself.\n`,
    },
    {
      given: 'simulated pods',
      destination: { kind: 'simulated' },
      code: 501,
      text: `The pods of ${HERE} are simulated: nothing runs in them that could answer.\n`,
    },
    {
      given: 'a store that cannot be asked',
      destination: new Error('overloaded'),
      code: 503,
      text: `The endpoints of ${HERE} cannot be looked up at the moment.\n`,
    },
  ])('is told why: $given', async ({ destination, code, text }) => {
    const shop = new Shop()
    shop.destination = destination
    expect(await shop.ask()).toEqual({ code, text, retryAfter: code === 503 ? '1' : null })
    expect(shop.sent).toEqual([])
  })

  it('is told so when every endpoint was gone, having asked each once', async () => {
    const shop = new Shop()
    shop.destination = backends('a', 'b')
    shop.behaviours = { a: 'gone', b: 'gone' }
    expect(await shop.ask()).toEqual({ code: 503, text: `No endpoint of ${HERE} took the request.\n`, retryAfter: '1' })
    expect(shop.sent.toSorted((one, other) => one.localeCompare(other))).toEqual(['a', 'b'])
  })

  it('waits a while for one that broke off to be there again, and says that it asks again', async () => {
    const shop = new Shop()
    shop.destination = backends('a')
    shop.behaviours = { a: 'breaks' }
    const answer = shop.ask()
    await shop.pass(1_000)
    shop.behaviours = {}
    await shop.pass(100)
    expect(await answer).toMatchObject({ code: 200, text: 'from a' })
    expect(shop.again).toEqual([false, ...shop.again.slice(1).map(() => true)])
  })

  it('does not wait for ever', async () => {
    const shop = new Shop()
    shop.destination = backends('a')
    shop.behaviours = { a: 'breaks' }
    const answer = shop.ask()
    await shop.pass(2_000)
    expect((await answer).code).toBe(503)
  })

  it('is looked up anew after a failed look-up', async () => {
    const shop = new Shop()
    shop.destination = new Error('overloaded')
    await shop.ask()
    shop.destination = backends('a')
    expect((await shop.ask()).code).toBe(200)
  })
})
