/**
 * An API of another server, from outside: an isolate serves it behind a Service, an APIService names that Service, and
 * kubectl finds, lists and is refused it as it would be by any API server.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isolateServer } from '../../fixtures/isolate-server.ts'
import type { RunKubectl } from '../../support/cluster.ts'
import { Cluster, printedBy } from '../../support/cluster.ts'
import { kubectls } from '../../support/kubectl/kubectl.ts'

const WAIT = { timeout: 30_000, interval: 100 }

/** Says who asks in what it lists, as a server that trusts its front proxy sees it. */
const SERVER = `
    const json = (body, status = 200) => Response.json(body, { status })
    const RESOURCES = {
      kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'weather.example.org/v1',
      resources: [{
        name: 'forecasts', singularName: 'forecast', namespaced: true, kind: 'Forecast', verbs: ['get', 'list'],
        shortNames: ['fc'],
      }],
    }
    const forecast = (request, name) => ({
      apiVersion: 'weather.example.org/v1', kind: 'Forecast',
      metadata: { name, namespace: 'default', creationTimestamp: null },
      asker: request.headers.get('x-remote-user'), groups: request.headers.get('x-remote-group'),
      hasToken: request.headers.has('authorization'),
    })
    export default {
      fetch(request) {
        const { pathname } = new URL(request.url)
        const base = '/apis/weather.example.org/v1'
        if (pathname === base) return json(RESOURCES)
        if (pathname === base + '/namespaces/default/forecasts') {
          return json({
            apiVersion: 'weather.example.org/v1', kind: 'ForecastList', metadata: {},
            items: [forecast(request, 'monday')],
          })
        }
        if (pathname === base + '/namespaces/default/forecasts/monday') return json(forecast(request, 'monday'))
        const why = { status: 'Failure', reason: 'NotFound', message: 'no ' + pathname, code: 404 }
        return json({ kind: 'Status', apiVersion: 'v1', ...why }, 404)
      },
    }
`

const OBJECTS = isolateServer('weather', SERVER)

const API_SERVICE = `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.weather.example.org}
spec:
  group: weather.example.org
  version: v1
  groupPriorityMinimum: 1000
  versionPriority: 15
  insecureSkipTLSVerify: true
  service: {namespace: default, name: weather}
`

const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gauges.metering.example.org}
spec:
  group: metering.example.org
  scope: Namespaced
  names: {plural: gauges, kind: Gauge}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`

const tool = (await kubectls()).at(-1)
const because = tool === undefined ? ' (skipped: no kubectl here)' : ''

describe.skipIf(tool === undefined)(`an API of another server${because}`, { timeout: 60_000 }, () => {
  let cluster: Cluster
  let kubectl: RunKubectl

  beforeAll(async () => {
    cluster = await Cluster.start()
    if (tool !== undefined) kubectl = cluster.kubectl(tool, 'default')
  })
  afterAll(async () => cluster.stop())

  const run = (...args: readonly string[]): Promise<string> => printedBy(kubectl, args)
  const apply = async (name: string, text: string): Promise<string> => {
    await writeFile(join(cluster.folder, name), text)
    return run('apply', '-f', join(cluster.folder, name))
  }
  const condition = (): Promise<string> =>
    run(
      'get', 'apiservice', 'v1.weather.example.org', '-o',
      'jsonpath={.status.conditions[0].status} {.status.conditions[0].reason}',
    )

  it('is not available while its Service is not there, which a request is told', async () => {
    expect(await apply('api-service.yaml', API_SERVICE)).toBe(
      'apiservice.apiregistration.k8s.io/v1.weather.example.org created\n',
    )
    await expect.poll(condition, WAIT).toBe('False ServiceNotFound')
    const path = '/apis/weather.example.org/v1/namespaces/default/forecasts'
    const { exitCode, stderr } = await kubectl(['get', '--raw', path])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'Error from server (ServiceUnavailable): the server is currently unable to handle the request\n',
    })
    expect(await run('get', 'apiservice', 'v1.weather.example.org')).toMatch(
      /^NAME +SERVICE +AVAILABLE +AGE\nv1\.weather\.example\.org +default\/weather +False \(ServiceNotFound\) +\d+s\n$/,
    )
  })

  it('is found and answers once an isolate serves it, and hears who asks', async () => {
    await apply('weather.yaml', OBJECTS)
    await expect.poll(condition, WAIT).toBe('True Passed')
    await expect.poll(() => run('api-resources', '--api-group=weather.example.org'), WAIT).toMatch(
      /\nforecasts +fc +weather\.example\.org\/v1 +true +Forecast\n$/,
    )
    expect(await run('get', 'fc', '-o', 'name')).toBe('forecast.weather.example.org/monday\n')
    const got = JSON.parse(await run('get', 'forecast', 'monday', '-o', 'json')) as Record<string, unknown>
    expect(got).toMatchObject({ asker: 'kubernetes-admin', hasToken: false })
    expect(got.groups).toContain('system:masters')
    const { exitCode, stderr } = await kubectl(['get', 'forecast', 'tuesday'])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('NotFound') as string })
  })

  it('is refused to somebody whom no role allows it', async () => {
    const { exitCode, stderr } = await kubectl(['get', 'forecasts', '--as=nobody'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'Error from server (Forbidden): forecasts.weather.example.org is forbidden: User "nobody" cannot list ' +
        'resource "forecasts" in API group "weather.example.org" in the namespace "default"\n',
    })
  })

  it('goes with its APIService', async () => {
    await run('delete', 'apiservice', 'v1.weather.example.org')
    await expect.poll(() => run('api-versions'), WAIT).not.toContain('weather.example.org')
    expect(await run('get', 'apiservice', 'v1.apps')).toMatch(/\nv1\.apps +Local +True +\d+s\n$/)
  })

  it('custom resources have one of their own while they are defined', async () => {
    const path = 'jsonpath={.metadata.labels} {.status.conditions[0].reason}'
    const named = async (): Promise<string> =>
      (await kubectl(['get', 'apiservice', 'v1.metering.example.org', '-o', path])).stdout
    await apply('definition.yaml', DEFINITION)
    await expect.poll(named, WAIT).toBe('{"kube-aggregator.kubernetes.io/automanaged":"true"} Local')
    await run('delete', 'crd', 'gauges.metering.example.org')
    await expect.poll(named, WAIT).toBe('')
  })
})
