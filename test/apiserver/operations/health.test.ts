/** Health over HTTP, as load balancers and people ask for it (k8s.io/apiserver pkg/server/healthz). */
import { describe, expect, it } from 'vitest'
import { answerHealth } from '../../../src/apiserver/operations/health.ts'
import { testApi } from '../../support/api.ts'

const anonymous = { username: 'system:anonymous', groups: ['system:unauthenticated'] }

async function ask(path: string): Promise<[number, string]> {
  const response = await testApi('').request('GET', path)
  return [response.status, await response.text()]
}

describe('health', () => {
  it.each(['/healthz', '/livez', '/readyz'])('at %s is two letters while all is well', async (path) => {
    expect(await ask(path)).toEqual([200, 'ok'])
  })

  it('tells each check in its verbose form', async () => {
    expect(await ask('/readyz?verbose')).toEqual([200, '[+]ping ok\n[+]log ok\n[+]store ok\nreadyz check passed\n'])
  })

  it('leaves out what is excluded, and says what it cannot exclude', async () => {
    expect(await ask('/livez?verbose&exclude=store&exclude=etcd&exclude=disk')).toEqual([
      200,
      '[+]ping ok\n[+]log ok\n[+]store excluded: ok\n' +
        'warn: some health checks cannot be excluded: no matches for "disk", "etcd"\nlivez check passed\n',
    ])
  })

  it('has an address for each check', async () => {
    expect(await ask('/readyz/store')).toEqual([200, 'ok'])
    expect((await ask('/readyz/etcd'))[0]).toBe(404)
  })

  it('is verbose when something is wrong, but withholds the reason', async () => {
    const checks = [
      { name: 'ping', check: () => undefined },
      { name: 'store', check: () => 'secret' },
    ]
    const response = answerHealth(new URL('https://test/healthz'), checks)
    expect(response?.status).toBe(500)
    expect(await response?.text()).toBe('[+]ping ok\n[-]store failed: reason withheld\nhealthz check failed\n')
    expect(await answerHealth(new URL('https://test/healthz?exclude=store'), checks)?.text()).toBe('ok')
  })

  it('is nobody else’s business without a role', async () => {
    expect((await testApi('').request('GET', '/readyz', { user: anonymous })).status).toBe(403)
  })
})
