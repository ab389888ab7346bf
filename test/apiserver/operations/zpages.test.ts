/** /statusz and /flagz: forms, negotiation and refusals of upstream's pkg/server/{statusz,flagz}. */
import { describe, expect, it } from 'vitest'
import type { ServerStatus } from '../../../src/apiserver/operations/zpages.ts'
import { answerFlagz, answerStatusz } from '../../../src/apiserver/operations/zpages.ts'
import type { Random } from '../../../src/lib/random.ts'

const first: Random = { next: () => 0, uuid: () => '' }
const status: ServerStatus = {
  startMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  nowMs: Date.UTC(2026, 0, 2, 5, 9, 12),
  goVersion: 'none',
  binaryVersion: '1.36',
  emulationVersion: '1.36',
  paths: ['/healthz', '/livez', '/api', '/apis/apps', '/metrics', '/openapi/v2', '/healthz/ping'],
}
const asking = (accept?: string): Request =>
  new Request('https://test/', accept === undefined ? {} : { headers: { accept } })
const WARNING =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.'

it.each([undefined, 'text/plain', '*/*', 'text/html,*/*;q=0.8'])('statusz is text for those who ask for %s', async (accept) => {
  const response = answerStatusz(asking(accept), status, first)
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(await response.text()).toBe(`
apiserver statusz
${WARNING}

Started: Fri Jan  2 03:04:05 UTC 2026
Up: 2 hr 05 min 07 sec
Go version: none
Binary version: 1.36
Emulation version: 1.36
Paths: /healthz /livez /metrics
`)
})

it('statusz is structured for those who name its kind', async () => {
  const response = answerStatusz(asking('application/json;v=v1beta1;g=config.k8s.io;as=Statusz'), status, first)
  expect(await response.json()).toEqual({
    kind: 'Statusz',
    apiVersion: 'config.k8s.io/v1beta1',
    metadata: { name: 'apiserver' },
    startTime: '2026-01-02T03:04:05Z',
    uptimeSeconds: 7507,
    goVersion: 'none',
    binaryVersion: '1.36',
    emulationVersion: '1.36',
    paths: ['/healthz', '/livez', '/metrics'],
  })
  expect(response.headers.get('warning')).toBeNull()
})

it.each([
  ['', 'x/1', false], ['', 'curl/8', true], ['?pretty=true', 'x/1', true], ['?pretty=false', 'curl/8', false],
])('statusz is indented for who asks for it with "%s" as %s: %s', async (query, agent, isIndented) => {
  const headers = { accept: 'application/json;v=v1beta1;g=config.k8s.io;as=Statusz', 'user-agent': agent }
  const text = await answerStatusz(new Request(`https://test/${query}`, { headers }), status, first).text()
  expect(text.split('\n').length > 2).toBe(isIndented)
})

it('flagz is indented for who says so of the form', async () => {
  const accept = 'application/json;v=v1beta1;g=config.k8s.io;as=Flagz;pretty=1'
  expect(await answerFlagz(asking(accept), {}, first).text()).toContain('{\n  "kind": "Flagz",')
})

it('an old version is given with a warning', () => {
  const { headers } = answerStatusz(asking('application/yaml;v=v1alpha1;g=config.k8s.io;as=Statusz'), status, first)
  expect([headers.get('content-type'), headers.get('warning')]).toEqual([
    'application/yaml;g=config.k8s.io;v=v1alpha1;as=Statusz',
    '299 - "This version of the statusz endpoint is deprecated. Please use a newer version."',
  ])
})

describe('another form', () => {
  it('as protobuf is refused in JSON', async () => {
    const response = answerStatusz(asking('application/vnd.kubernetes.protobuf'), status, first)
    expect([response.status, response.headers.get('content-type')]).toEqual([406, 'application/json'])
    expect(await response.text()).toContain('{\n  "kind": "Status",')
  })

  it.each([
    'application/json', 'application/json;stream=watch;v=v1beta1;g=config.k8s.io;as=Statusz', 'text/plain;sv=v1',
    'application/json;v=v2;g=config.k8s.io;as=Statusz',
    'application/json;v=v1beta1;g=config.k8s.io;as=Flagz', 'text/plain;v=v1beta1;g=config.k8s.io;as=Statusz',
  ])('as %s is refused with the list of what there is', (accept) => {
    expect(() => answerStatusz(asking(accept), status, first)).toThrow(
      'only the following media types are accepted: application/json, application/yaml, text/plain',
    )
  })
})

it('flagz lists settings by name', async () => {
  const flags = { port: '6443', 'api-address': 'https://a', secret: 'CLASSIFIED' }
  expect(await answerFlagz(asking(), flags, first).text()).toBe(
    `\napiserver flagz\n${WARNING}\napi-address:https://a\nport:6443\nsecret:CLASSIFIED\n`,
  )
  const structured = answerFlagz(asking('application/json;v=v1beta1;g=config.k8s.io;as=Flagz'), flags, first)
  expect(await structured.json()).toMatchObject({ kind: 'Flagz', flags })
})
