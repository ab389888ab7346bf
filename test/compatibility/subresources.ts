/**
 * One probe for each subresource by name: it is asked with what it is for. What the platform has no way to do answers
 * with the code that its cell names.
 */
import { expect } from 'vitest'
import type { Subject } from './probes.ts'
import { at } from './probes.ts'
import { CONTAINERS } from './samples/sample.ts'

/** Gives the code of a refusal that is this server's answer to everybody. */
type SubresourceProbe = (subject: Subject) => Promise<number | undefined>

const UPGRADE = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'v5.channel.k8s.io' }

async function textOf(subject: Subject, path: string): Promise<string> {
  const response = await subject.api.request('GET', path)
  expect(response.status).toBe(200)
  return response.text()
}

const bindingOf = ({ name }: Subject): object => ({ metadata: { name }, target: { kind: 'Node', name: 'n' } })

/** As its node leaves it. */
async function runPod(subject: Subject): Promise<void> {
  await subject.ask('POST', `${subject.path}/binding`, { body: bindingOf(subject) })
  await subject.patch({ status: { phase: 'Running', podIP: '192.0.2.8', podIPs: [{ ip: '192.0.2.8' }] } }, '/status')
}

/** What the endpoints controller makes of a Service with a pod. */
async function serve(subject: Subject): Promise<void> {
  const addresses = [{ ip: '192.0.2.8', targetRef: { kind: 'Pod', name: 'p', namespace: 'ns' } }]
  await subject.ask('POST', '/api/v1/namespaces/ns/endpoints', {
    body: { metadata: { name: subject.name }, subsets: [{ addresses, ports: [{ port: 80 }] }] },
  })
}

const refusedStream =
  (name: string): SubresourceProbe =>
  async (subject) => {
    await runPod(subject)
    return (await subject.api.request('GET', `${subject.path}/${name}?container=c`, { headers: UPGRADE })).status
  }

export const SUBRESOURCES: Readonly<Record<string, SubresourceProbe>> = {
  attach: refusedStream('attach'),
  exec: refusedStream('exec'),
  portforward: refusedStream('portforward'),
  async approval(subject) {
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Fine' }]
    const answer = await subject.patch({ status: { conditions } }, '/approval')
    expect(at(answer, 'status.conditions')).toMatchObject(conditions)
    return undefined
  },
  async binding(subject) {
    await subject.ask('POST', `${subject.path}/binding`, { body: bindingOf(subject) })
    expect(at(await subject.ask('GET', subject.path), 'spec.nodeName')).toBe('n')
    return undefined
  },
  async ephemeralcontainers(subject) {
    const debug = [{ name: 'debug', image: 'example.com/debug:1' }]
    const answer = await subject.patch({ spec: { ephemeralContainers: debug } }, '/ephemeralcontainers')
    expect(at(answer, 'spec.ephemeralContainers')).toMatchObject(debug)
    return undefined
  },
  async eviction(subject) {
    const { name } = subject
    await subject.ask(
      'POST',
      `${subject.path}/eviction`,
      { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } } },
    )
    expect((await subject.api.json('GET', subject.path)).code).toBe(404)
    return undefined
  },
  async finalize(subject) {
    const found = await subject.ask('GET', subject.path)
    const answer = await subject.ask(
      'PUT',
      `${subject.path}/finalize`,
      { body: { ...found, spec: { finalizers: [] } } },
    )
    expect(answer['spec']).toEqual({})
    return undefined
  },
  async log(subject) {
    await runPod(subject)
    expect(await textOf(subject, `${subject.path}/log`)).toBe('a line\n')
    return undefined
  },
  async proxy(subject) {
    const { resource } = subject.sample.definition
    if (resource === 'nodes') return (await subject.api.request('GET', `${subject.path}/proxy/`)).status
    await (resource === 'pods' ? runPod(subject) : serve(subject))
    expect(await textOf(subject, `${subject.path}${resource === 'pods' ? '' : ':80'}/proxy/`)).toMatch(/^the /)
    return undefined
  },
  async resize(subject) {
    await runPod(subject)
    const resources = { requests: { cpu: '200m' } }
    await subject.ask('PATCH', `${subject.path}/resize`, {
      body: { spec: { containers: [{ name: CONTAINERS[0]?.name, resources }] } },
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
    })
    return undefined
  },
  async scale(subject) {
    const answer = await subject.patch({ spec: { replicas: 2 } }, '/scale')
    expect([answer['kind'], at(answer, 'spec.replicas')]).toEqual(['Scale', 2])
    expect(at(await subject.ask('GET', subject.path), 'spec.replicas')).toBe(2)
    return undefined
  },
  /** Reads and writes the object itself. */
  async status(subject) {
    const before = await subject.ask('GET', `${subject.path}/status`)
    const after = await subject.patch(
      { metadata: { labels: { 'kubernetes.io/metadata.name': subject.name } } },
      '/status',
    )
    expect(at(after, 'metadata.uid')).toBe(at(before, 'metadata.uid'))
    return undefined
  },
  async token(subject) {
    const answer = await subject.ask('POST', `${subject.path}/token`, { body: { spec: { audiences: [] } } })
    expect(at(answer, 'status.token')).toBe('t')
    return undefined
  },
}
