import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import type { Backend } from '../../src/proxy/backends.ts'
import { Balancer } from '../../src/proxy/balancer.ts'

const backend = (name: string): Backend => ({ podName: name, podUid: name, nodeName: '', address: '', port: 80 })
const A = backend('a')
const B = backend('b')
const C = backend('c')
const ANYBODY = { key: '', affinitySeconds: 0 }
const NONE: ReadonlySet<string> = new Set()

describe('a balancer', () => {
  it('takes turns while nothing is under way', () => {
    const balancer = new Balancer(new ManualClock())
    const chosen = Array.from({ length: 6 }, () => balancer.choose([A, B, C], NONE, ANYBODY)?.podName)
    expect(chosen.toSorted((one = '', other = '') => one.localeCompare(other))).toEqual(['a', 'a', 'b', 'b', 'c', 'c'])
  })

  it('prefers the one with the fewest requests, and counts each end once', () => {
    const balancer = new Balancer(new ManualClock())
    const endA = balancer.begin(A)
    balancer.begin(A)
    balancer.begin(B)
    const choose = (): string | undefined => balancer.choose([A, B], NONE, ANYBODY)?.podName
    expect([choose(), choose()]).toEqual(['b', 'b'])
    balancer.begin(B)
    endA()
    endA()
    balancer.begin(B)
    expect([choose(), choose()]).toEqual(['a', 'a'])
  })

  it('leaves out who is excluded, until nobody is left', () => {
    const balancer = new Balancer(new ManualClock())
    expect(balancer.choose([A, B], new Set(['a']), ANYBODY)).toBe(B)
    expect(balancer.choose([A, B], new Set(['a', 'b']), ANYBODY)).toBeUndefined()
    expect(balancer.choose([], NONE, ANYBODY)).toBeUndefined()
  })

  it('keeps a client with its backend while it comes back in time and the backend is there', () => {
    const clock = new ManualClock()
    const balancer = new Balancer(clock)
    const client = { key: 'me', affinitySeconds: 10 }
    const first = balancer.choose([A, B], NONE, client)
    const other = first === A ? B : A
    if (first !== undefined) balancer.begin(first)
    clock.advance(9_999)
    expect(balancer.choose([A, B], NONE, client)).toBe(first)
    clock.advance(9_999)
    expect(balancer.choose([A, B], NONE, client)).toBe(first)
    clock.advance(10_000)
    expect(balancer.choose([A, B], NONE, client)).toBe(other)
    expect(balancer.choose([A, B], new Set([other.podUid]), client)).toBe(first)
    expect(balancer.choose([A, B], NONE, client)).toBe(first)
  })
})
