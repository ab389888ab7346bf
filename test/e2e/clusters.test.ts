/**
 * Logical clusters as a user has them: another server address for the same kubectl, with workloads and hosts of its
 * own, over a restart, and gone for good when its Cluster is deleted.
 */
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunKubectl } from '../support/cluster.ts'
import { Cluster } from '../support/cluster.ts'
import { kubectls } from '../support/kubectl/kubectl.ts'

const BLUE = { apiVersion: 'workernetes.dev/v1', kind: 'Cluster', metadata: { name: 'blue' } }
const EXAMPLE = join(import.meta.dirname, '../../examples/hello.yaml')

const newest = (await kubectls()).at(-1)

describe.skipIf(newest === undefined)('a logical cluster by kubectl (which is not on every machine)', () => {
  let cluster: Cluster
  let root: RunKubectl
  let file: string

  const inBlue: RunKubectl = (args) =>
    root([...args, '--server', `https://127.0.0.1:${String(cluster.port)}/clusters/blue`])

  beforeAll(async () => {
    if (newest === undefined) return
    cluster = await Cluster.start()
    root = cluster.kubectl(newest, 'default')
    file = await cluster.file('blue.json', BLUE)
  })
  afterAll(() => cluster.stop())

  /** What a Service of the cluster answers on the plain port. */
  const answerOf = (host: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: cluster.httpPort, path: '/', headers: { host } }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => (text += chunk))
        answer.once('end', () => resolve(text))
      })
      asked.once('error', reject)
      asked.end()
    })

  const succeeded = async (answer: ReturnType<RunKubectl>): Promise<string> => {
    const { exitCode, stdout, stderr } = await answer
    expect([exitCode, stderr]).toEqual([0, expect.any(String)])
    return stdout
  }

  it('is reached at its own server address as soon as it is made, and runs what is applied there', async () => {
    await succeeded(root(['create', '-f', file]))
    expect(await succeeded(inBlue(['get', 'namespaces', '-o', 'name']))).toBe(
      'namespace/default\nnamespace/kube-node-lease\nnamespace/kube-public\nnamespace/kube-system\n',
    )
    const encoded = ['--server', `https://127.0.0.1:${String(cluster.port)}/clusters/%62lue`]
    expect(await succeeded(root(['get', '--raw', '/api/v1/namespaces/default', ...encoded]))).toContain('"Namespace"')
    await succeeded(inBlue(['apply', '-f', EXAMPLE]))
    await succeeded(inBlue(['rollout', 'status', 'deployment/hello', '--timeout=60s']))
    const host = 'hello.default.blue.localhost'
    await expect.poll(() => answerOf(host), { timeout: 30_000 }).toMatch(/^Hello from hello-/)
    const path = 'jsonpath={.status.loadBalancer.ingress[0].hostname}'
    await expect.poll(() => inBlue(['get', 'service', 'hello', '-o', path]), { timeout: 30_000 }).toMatchObject({
      stdout: host,
    })
    expect(await succeeded(root(['get', 'pods', '--all-namespaces', '-o', 'name']))).toBe('')
  })

  it('is there again after a restart', async () => {
    await cluster.restart()
    await expect.poll(() => answerOf('hello.default.blue.localhost'), { timeout: 30_000 }).toMatch(/^Hello from hello-/)
    expect(await succeeded(root(['get', 'clusters']))).toMatch(/^NAME +STATUS +AGE\nblue +Active +\S+\n$/)
  })

  it('is gone when it was deleted, and one of its name begins empty', async () => {
    await succeeded(root(['delete', 'cluster', 'blue', '--timeout=60s']))
    const { exitCode, stderr } = await inBlue(['get', 'namespaces'])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('clusters.workernetes.dev "blue" not found')])
    expect(await answerOf('hello.default.blue.localhost')).toContain('clusters.workernetes.dev \\"blue\\" not found')
    await succeeded(root(['create', '-f', file]))
    expect(await succeeded(inBlue(['get', 'deployments,services', '-o', 'name']))).toBe('service/kubernetes\n')
  })
})
