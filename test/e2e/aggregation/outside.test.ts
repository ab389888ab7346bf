/**
 * A server of another API beside this one, as upstream's library for such servers sets one up: it asks for a client
 * certificate, and believes X-Remote-* headers of whoever shows one that the cluster's own ConfigMap vouches for.
 */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { V1APIService, V1ComponentStatusList, V1ConfigMap } from '../../../src/apis/generated/types.ts'
import { dataFolderAt } from '../../../src/local/data-folder.ts'
import { Cluster } from '../../support/cluster.ts'
import { HttpsClient } from '../../support/server/https-client.ts'

const WAIT = { timeout: 30_000, interval: 50 }
const GROUP = '/apis/tides.example.org/v1'
const AUTHENTICATION = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication'

describe('a server of another API', () => {
  let cluster: Cluster
  let client: HttpsClient
  let server: Server

  beforeAll(async () => {
    cluster = await Cluster.start()
    client = new HttpsClient(cluster.data, cluster.port)
    const { body } = await client.json<V1ConfigMap>('GET', AUTHENTICATION)
    server = await listening(dataFolderAt(cluster.data).credentials, body.data ?? {})
    const { port } = server.address() as AddressInfo
    const spec = { type: 'ExternalName', externalName: 'localhost' }
    await client.json('POST', '/api/v1/namespaces/default/services', { metadata: { name: 'tides' }, spec })
    await client.json('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
      metadata: { name: 'v1.tides.example.org' },
      spec: {
        group: 'tides.example.org', version: 'v1', groupPriorityMinimum: 1_000, versionPriority: 15,
        service: { namespace: 'default', name: 'tides', port },
      },
    })
    await vi.waitFor(async () => expect(await availability()).toMatch(/^True/), WAIT)
  })
  afterAll(async () => {
    client.close()
    server.close()
    server.closeAllConnections()
    await cluster.stop()
  })

  async function availability(): Promise<string> {
    const path = '/apis/apiregistration.k8s.io/v1/apiservices/v1.tides.example.org'
    const { body } = await client.json<V1APIService>('GET', path)
    const [condition] = body.status?.conditions ?? []
    return `${condition?.status ?? ''} ${condition?.reason ?? ''} ${condition?.message ?? ''}`
  }

  it('is shown the certificate that the cluster says it shows', async () => {
    const { httpCode, body } = await client.json('GET', `${GROUP}/tides/high`)
    expect([httpCode, body]).toEqual([200, { shownBy: 'front-proxy-client', asker: 'kubernetes-admin' }])
  })

  it('is found to be down by the request that meets it, with nothing else going on', async () => {
    server.close()
    server.closeAllConnections()
    expect((await client.send('GET', `${GROUP}/tides/high`)).statusCode).toBe(503)
    await vi.waitFor(async () => expect(await availability()).toMatch(/^False FailedDiscoveryCheck failing or/), WAIT)
  })

  it('changes nothing about the parts of the control plane, which are asked', async () => {
    const { body } = await client.json<V1ComponentStatusList>('GET', '/api/v1/componentstatuses')
    expect(body.items.map(({ metadata, conditions }) => [metadata?.name, conditions?.[0]?.message])).toEqual([
      ['controller-manager', 'ok'], ['scheduler', 'ok'], ['etcd-0', 'ok'],
    ])
    expect((await client.send('GET', '/readyz')).statusCode).toBe(200)
  })
})

/** Serves with this machine's certificate; whose client certificate is not vouched for is told so. */
async function listening(credentials: string, believed: Readonly<Record<string, string>>): Promise<Server> {
  const ours = (name: string): string => readFileSync(join(credentials, name), 'utf8')
  const names = JSON.parse(believed['requestheader-allowed-names'] ?? '[]') as readonly string[]
  const options = {
    key: ours('tls.key'), cert: ours('tls.crt'), ca: believed['requestheader-client-ca-file'],
    requestCert: true, rejectUnauthorized: false,
  }
  const made = createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket
    const shownBy = socket.authorized ? socket.getPeerCertificate().subject.CN : ''
    const isBelieved = names.includes(shownBy)
    response.statusCode = isBelieved ? 200 : 401
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ shownBy, asker: isBelieved ? request.headers['x-remote-user'] : '' }))
  })
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve)
  })
  return made
}
