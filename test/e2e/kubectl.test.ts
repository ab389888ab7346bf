/**
 * What people type, with every kubectl on this machine, against the running system: the oldest, and the newest that writes
 * JSON, do everything; the others apply, read and delete. Since 1.32 kubectl writes protobuf where it makes an object
 * itself (`create namespace`, `create token`, `auth can-i`), which this server does not read yet; those cases are skipped
 * for them by name, and manifests take their place.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Answer, RunKubectl } from '../support/cluster.ts'
import { Cluster } from '../support/cluster.ts'
import { kubectls } from '../support/kubectl.ts'

/** The first that writes protobuf. */
const PROTOBUF_SINCE = 32
/** The first with `create token`, and with `events`. */
const TOKEN_SINCE = 24
const EVENTS_SINCE = 26

const WAIT = { timeout: 30_000, interval: 50 }

const minorOf = (version: string): number => Number(version.split('.')[1] ?? '0')
const tools = await kubectls()
const isWhole = (version: string): boolean =>
  version === tools[0]?.version ||
  version === tools.at(-1)?.version ||
  version === tools.findLast((tool) => minorOf(tool.version) < PROTOBUF_SINCE)?.version

const podNamed = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  // It must go on running: the simulated runtime ends what is never to be restarted.
  spec: { containers: [{ name: 'main', image: 'nginx' }] },
})

const settings = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data,
})

const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'nginx:1' }] },
    },
  },
})

/** What it printed, of a command that must succeed. */
function printed({ exitCode, stdout, stderr }: Answer): string {
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' })
  return stdout
}

let cluster: Cluster

beforeAll(async () => {
  cluster = await Cluster.start()
})
afterAll(async () => cluster.stop())

describe.each(tools.map((tool) => ({ tool, version: tool.version })))('kubectl $version', ({ tool, version }) => {
  const minor = minorOf(version)
  const namespace = `with-1-${String(minor)}`
  const isJson = minor < PROTOBUF_SINCE
  // oxlint-disable-next-line vitest/no-disabled-tests, vitest/valid-title -- the oldest and the newest do everything
  const whole = it.runIf(isWhole(version))
  let run: RunKubectl
  const kubectl = async (...args: string[]): Promise<string> => printed(await run(args))
  const write = (name: string, content: unknown): Promise<string> => cluster.file(`${namespace}-${name}.json`, content)
  const field = (what: string, path: string): Promise<string> => kubectl('get', what, '-o', `jsonpath={${path}}`)

  beforeAll(async () => {
    run = cluster.kubectl(tool, namespace)
    const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
    await kubectl('create', '-f', await write('namespace', manifest))
    // Pods are refused until the controller has made it, as upstream.
    await vi.waitFor(() => kubectl('get', 'serviceaccount', 'default'), WAIT)
  })

  it('applies, reads in every form, and deletes', async () => {
    const path = await write('smoke', podNamed('smoke', { of: 'smoke' }))
    expect(await kubectl('apply', '-f', path)).toBe('pod/smoke created\n')
    expect(await kubectl('apply', '-f', path)).toBe('pod/smoke unchanged\n')
    expect(await kubectl('wait', '--for=condition=Ready', 'pod/smoke', '--timeout=30s')).toContain('condition met')
    expect(await kubectl('get', 'pods', '-l', 'of=smoke')).toMatch(
      /^NAME +READY +STATUS +RESTARTS +AGE\nsmoke +1\/1 +Running/,
    )
    expect(await kubectl('get', 'pod', 'smoke', '-o', 'wide')).toMatch(/NODE.*\nsmoke.* simulated-\d /)
    expect(await kubectl('get', 'pod', 'smoke', '-o', 'yaml')).toMatch(/^apiVersion: v1\nkind: Pod\n/)
    expect(JSON.parse(await kubectl('get', 'pod', 'smoke', '-o', 'json'))).toMatchObject({ kind: 'Pod' })
    expect(await kubectl('get', 'pods', '-l', 'of=smoke', '-o', 'name')).toBe('pod/smoke\n')
    expect(await field('pod/smoke', '.status.phase')).toBe('Running')
    const columns = 'custom-columns=N:.metadata.name,P:.status.phase'
    expect(await kubectl('get', 'pod', 'smoke', '-o', columns)).toMatch(/^N +P\nsmoke +Running\n$/)
    expect(await kubectl('describe', 'pod', 'smoke')).toMatch(/^Name: +smoke\n/)
    expect(await kubectl('logs', 'smoke')).toContain('has started')
    expect(await kubectl('delete', 'pod', 'smoke', '--now')).toContain('pod "smoke" deleted')
    expect((await run(['get', 'pod', 'smoke'])).stderr).toBe('Error from server (NotFound): pods "smoke" not found\n')
  })

  whole('runs a pod', async () => {
    expect(await kubectl('run', 'one', '--image=nginx', '--restart=Never')).toBe('pod/one created\n')
    expect(await kubectl('label', 'pod', 'one', 'x=y')).toBe('pod/one labeled\n')
    expect(await kubectl('annotate', 'pod', 'one', 'note=kept')).toBe('pod/one annotated\n')
    expect(await field('pod/one', '.metadata.labels.x')).toBe('y')
    expect((await run(['label', 'pod', 'one', 'x=z'])).exitCode).toBe(1)
  })

  whole('edits, patches in three ways, compares and replaces', async () => {
    const path = await write('settings', settings({ k: 'v' }))
    await kubectl('create', '-f', path)
    const editor = await cluster.file(`${namespace}-editor.sh`, '#!/bin/sh\nsed -i "s/k: v/k: edited/" "$1"\n')
    expect(printed(await run(['edit', 'configmap', 'settings'], { env: { EDITOR: editor } }))).toContain('edited')
    await kubectl('patch', 'configmap', 'settings', '-p', '{"data":{"a":"1"}}')
    await kubectl('patch', 'configmap', 'settings', '--type=merge', '-p', '{"data":{"b":"2"}}')
    const operations = '[{"op":"add","path":"/data/c","value":"3"}]'
    await kubectl('patch', 'configmap', 'settings', '--type=json', '-p', operations)
    expect(JSON.parse(await field('configmap/settings', '.data'))).toEqual({ k: 'edited', a: '1', b: '2', c: '3' })
    expect(await run(['diff', '-f', path])).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('+  k: v') })
    expect(await kubectl('replace', '-f', path)).toBe('configmap/settings replaced\n')
    expect(await run(['diff', '-f', path])).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(await field('configmap/settings', '.data'))).toEqual({ k: 'v' })
  })

  whole('rolls out a deployment, goes back, and scales it', async () => {
    const status = ['rollout', 'status', 'deployment/web', '--timeout=30s']
    await kubectl('apply', '-f', await write('web', deployment('web')))
    expect(await kubectl(...status)).toContain('successfully rolled out')
    expect(await kubectl('set', 'image', 'deployment/web', 'main=nginx:2')).toContain('image updated')
    expect(await kubectl(...status)).toContain('successfully rolled out')
    expect(await kubectl('rollout', 'history', 'deployment/web')).toMatch(/\n1 .*\n2 /)
    expect(await kubectl('rollout', 'undo', 'deployment/web')).toContain('rolled back')
    expect(await kubectl(...status)).toContain('successfully rolled out')
    expect(await field('deployment/web', '.spec.template.spec.containers[0].image')).toBe('nginx:1')
    expect(await kubectl('scale', 'deployment/web', '--replicas=3')).toContain('scaled')
    await expect.poll(() => field('deployment/web', '.status.readyReplicas'), WAIT).toBe('3')
    expect(await kubectl('describe', 'deployment', 'web')).toContain('3 desired | 3 updated | 3 total | 3 available')
  })

  whole.each(['background', 'foreground', 'orphan'])('deletes a deployment with cascade %s', async (cascade) => {
    const name = `gone-${cascade}`
    const replicaSets = () => kubectl('get', 'replicasets', '-l', `app=${name}`, '-o', 'name')
    await kubectl('apply', '-f', await write(name, deployment(name)))
    await kubectl('rollout', 'status', `deployment/${name}`, '--timeout=30s')
    expect(await kubectl('delete', 'deployment', name, `--cascade=${cascade}`)).toContain('deleted')
    if (cascade !== 'orphan') {
      await expect.poll(replicaSets, WAIT).toBe('')
      return
    }
    await expect
      .poll(
        () => kubectl('get', 'replicasets', '-l', `app=${name}`, '-o', 'jsonpath={.items[*].metadata.ownerReferences}'),
        WAIT,
      )
      .toBe('')
    expect(await replicaSets()).toContain(`replicaset.apps/${name}-`)
  })

  whole('explains, lists resources and events, and finds the cluster', async () => {
    expect(await kubectl('explain', 'pod.spec.containers')).toMatch(/KIND: +Pod\n/)
    expect(await kubectl('api-resources')).toMatch(/\ndeployments +deploy +apps\/v1 +true +Deployment\n/)
    expect(await kubectl('cluster-info')).toContain('is running at')
    expect(await kubectl('version', '-o', 'json')).toContain('"gitVersion": "v1.36.')
    await expect.poll(() => kubectl('get', 'events'), WAIT).toMatch(/Normal +Scheduled +pod\//)
    if (minor >= EVENTS_SINCE) expect(await kubectl('events')).toContain('Scheduled')
  })

  // protobuf (application/vnd.kubernetes.protobuf) is answered with 415 until the server reads it.
  it.runIf(isWhole(version) && isJson)('makes objects from flags and asks what one may do', async () => {
    expect(await kubectl('create', 'configmap', 'flags', '--from-literal=k=v')).toBe('configmap/flags created\n')
    expect(await kubectl('create', 'deployment', 'flags', '--image=nginx')).toBe('deployment.apps/flags created\n')
    expect(await kubectl('create', 'namespace', `${namespace}-more`)).toBe(`namespace/${namespace}-more created\n`)
    expect(await kubectl('auth', 'can-i', 'create', 'pods')).toBe('yes\n')
    expect(await run(['auth', 'can-i', 'create', 'pods', '--as=joe'])).toMatchObject({ exitCode: 1, stdout: 'no\n' })
    await kubectl('create', 'serviceaccount', 'robot')
    if (minor >= TOKEN_SINCE) expect(await kubectl('create', 'token', 'robot')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n?$/)
  })

  it('deletes its namespace with everything in it', async () => {
    expect(await kubectl('delete', 'namespace', namespace, '--timeout=60s')).toContain(
      `namespace "${namespace}" deleted`,
    )
    expect((await run(['get', 'namespace', namespace])).stderr).toContain('(NotFound)')
    expect(await kubectl('get', 'pods,deployments,configmaps', '-o', 'name')).toBe('')
  })
})
