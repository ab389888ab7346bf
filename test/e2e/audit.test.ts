/** Auditing of a running server: a policy file, the log file, a webhook, and what a wrong file is told. */
import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startLocalServer } from '../../src/local/local-server.ts'
import type { LocalServer } from '../../src/local/local-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const PROGRAM = join(import.meta.dirname, '../../src/cli/bootstrap.mjs')
const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  userGroups: [system:serviceaccounts]
- level: None
  users: [system:apiserver]
- level: Metadata
  omitStages: [ResponseComplete]
  resources: [{group: '', resources: [secrets]}]
- level: RequestResponse
  omitStages: [RequestReceived]
  resources: [{group: '', resources: [configmaps]}]
  verbs: [create]
- level: Metadata
  omitStages: [RequestReceived]
  verbs: [get]
  resources: [{group: '', resources: [configmaps]}]
- level: Metadata
  omitStages: [RequestReceived]
  verbs: [watch]
  resources: [{group: '', resources: [configmaps]}]
`

interface Event {
  readonly auditID: string
  readonly stage: string
  readonly level: string
  readonly [field: string]: unknown
}

const folder = temporaryFolder('audit')
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const logPath = join(folder, 'logs/audit.log')
const posted: Event[] = []
let failures = 1
let authorization = ''
let receiver: Server
let server: LocalServer

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      authorization = request.headers.authorization ?? ''
      // The first batch is refused, and comes again.
      response.statusCode = failures-- > 0 ? 503 : 200
      if (response.statusCode === 200) posted.push(...(JSON.parse(text) as { items: Event[] }).items)
      response.end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const address = receiver.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const webhookConfigFile = file(
    'webhook.yaml',
    `clusters: [{name: a, cluster: {server: 'http://127.0.0.1:${String(port)}/audit'}}]
users: [{name: a, user: {token: secret}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
current-context: a
`,
  )
  server = await startLocalServer({
    dataFolder: join(folder, 'data'),
    server: 'workerd',
    host: '127.0.0.1',
    port: 0,
    httpPort: 0,
    kubeconfig: join(folder, 'kubeconfig'),
    simulatedNodes: 0,
    logLevel: 'warn',
    audit: {
      policyFile: file('policy.yaml', POLICY), logPath, logFormat: 'json', logMaxSizeMib: 1, logMaxBackups: 1,
      logMode: 'blocking-strict', webhookConfigFile,
    },
    onLog: () => undefined,
    onGivenUp: () => undefined,
  })
})

afterAll(async () => {
  await server.stop()
  receiver.close()
})

const logged = (): Event[] => {
  const lines = readFileSync(logPath, 'utf8').trim().split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Event)
}

describe('a server with an audit policy', () => {
  it('writes what the policy wants to the file, and posts the same to the webhook, after a refusal as well', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
    const path = '/api/v1/namespaces/default/configmaps'
    const created = await server.client.call('POST', path, body)
    expect(created.httpCode).toBe(201)
    expect((await server.client.call('GET', `${path}/a`)).httpCode).toBe(200)
    expect((await server.client.call('GET', path)).httpCode).toBe(200)
    // Answers wait for the log, but not for the webhook.
    expect(logged()).toHaveLength(2)
    const [create, get] = logged()
    expect(create).toMatchObject({
      level: 'RequestResponse',
      stage: 'ResponseComplete',
      verb: 'create',
      user: { username: 'kubernetes-admin' },
      sourceIPs: ['127.0.0.1'],
      objectRef: { resource: 'configmaps', namespace: 'default', name: 'a', apiVersion: 'v1' },
      responseStatus: { metadata: {}, code: 201 },
      requestObject: body,
      responseObject: { metadata: { name: 'a', namespace: 'default' } },
    })
    expect(get).toMatchObject({ level: 'Metadata', verb: 'get', responseStatus: { code: 200 } })
    await vi.waitFor(() => expect(posted).toHaveLength(2), { timeout: 10_000 })
    expect(posted.map(({ auditID }) => auditID)).toEqual(logged().map(({ auditID }) => auditID))
    expect(authorization).toBe('Bearer secret')
    const metrics = await server.client.call('GET', '/metrics')
    expect(metrics.text).toMatch(/\napiserver_audit_event_total 2\n/)
    expect(metrics.text).toMatch(/\napiserver_audit_level_total\{level="Metadata"\} 1\n/)
  })

  it('begins its metrics anew for whoever deletes them, but for what has no labels', async () => {
    for (const path of ['/metrics', '/metrics/slis']) {
      expect(await server.client.call('DELETE', path)).toMatchObject({ httpCode: 200, text: 'metrics reset\n' })
    }
    const { text } = await server.client.call('GET', '/metrics')
    expect(text).not.toContain('apiserver_audit_level_total{level="Metadata"}')
    expect(text).toMatch(/\napiserver_audit_event_total 2\n/)
    expect((await server.client.call('GET', '/metrics/slis')).text).toBe('')
  })

  it('refuses what it cannot write down, where that is strict', async () => {
    const path = '/api/v1/namespaces/default/secrets'
    expect((await server.client.call('GET', path)).httpCode).toBe(200)
    rmSync(dirname(logPath), { recursive: true })
    expect(await server.client.call('GET', path)).toMatchObject({
      httpCode: 500,
      text: `Internal Server Error: "${path}": failed to store audit event\n`,
    })
    // Nothing of this one is told before its answer.
    expect((await server.client.call('GET', '/api/v1/namespaces/default/configmaps/a')).httpCode).toBe(200)
    const { text } = await server.client.call('GET', '/metrics')
    expect(text).toMatch(/\napiserver_audit_requests_rejected_total 1\n/)
    expect(text).toMatch(/\napiserver_audit_error_total\{plugin="log"\} 2\n/)
  })
})

describe('up refuses', () => {
  const run = (...args: string[]): Promise<string> =>
    new Promise((resolve) => {
      const ports = ['--port', '0', '--http-port', '0', '--data', join(folder, 'other')]
      const child = spawn(process.execPath, [PROGRAM, 'up', ...ports, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
      let stderr = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      child.once('close', () => resolve(stderr))
    })

  it.each([
    [['--audit-log-path', '-'], /--audit-log-path needs --audit-policy-file/],
    [['--audit-policy-file', 'wrong.yaml'], /needs --audit-log-path or --audit-webhook-config-file/],
    [
      ['--audit-policy-file', 'wrong.yaml', '--audit-log-path', '-'],
      /--audit-policy-file: \S+wrong\.yaml: line 4: rules\[0\]\.level: Unsupported value: "All"/,
    ],
    [['--audit-policy-file', 'none.yaml', '--audit-log-path', '-'], /--audit-policy-file: \S+none\.yaml cannot be read/],
    [
      ['--audit-policy-file', 'policy.yaml', '--audit-webhook-config-file', 'policy.yaml'],
      /--audit-webhook-config-file: \S+policy\.yaml: current-context names no context/,
    ],
  ])('%j', async (args, message) => {
    file('wrong.yaml', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: All\n')
    expect(await run(...args.map((arg) => (arg.endsWith('.yaml') ? join(folder, arg) : arg)))).toMatch(message)
  })
})
