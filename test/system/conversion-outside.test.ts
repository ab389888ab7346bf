/**
 * A conversion webhook behind a Service that is another name for an outside host (ExternalName). What is real is
 * everything of ours; the world outside is one host, whose certificate the platform would have verified.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AnyObject, KubeObject } from '../../src/apimachinery/meta.ts'
import { System } from '../support/platform/system.ts'
import { aNamespace } from './manifests.ts'

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'ropes.example.org' },
  spec: {
    group: 'example.org', scope: 'Namespaced', names: { plural: 'ropes', kind: 'Rope' },
    versions: ['v1', 'v2'].map((name) => ({ name, served: true, storage: name === 'v1', schema })),
    conversion: {
      strategy: 'Webhook',
      webhook: {
        conversionReviewVersions: ['v1'],
        clientConfig: { service: { namespace: 'sea', name: 'converter', port: 9443, path: '/convert' } },
      },
    },
  },
}

interface Review {
  readonly apiVersion: string
  readonly kind: string
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly AnyObject[] }
}

let system: System
/** Where reviews came. */
let asked: string[]

async function outside(request: Request): Promise<Response> {
  asked.push(`${request.method} ${request.url}`)
  const { apiVersion, kind, request: review } = await request.json<Review>()
  const convertedObjects = review.objects.map((object) => ({ ...object, apiVersion: review.desiredAPIVersion }))
  const response = { uid: review.uid, result: { status: 'Success' }, convertedObjects }
  return Response.json({ apiVersion, kind, response })
}

beforeEach(async () => {
  asked = []
  system = new System()
  vi.stubGlobal('fetch', outside)
  await system.cron()
})

afterEach(async () => {
  await system.end()
  vi.restoreAllMocks()
})

it('is asked over HTTPS at that host, and at the port of the Service', async () => {
  await system.create('/api/v1/namespaces', aNamespace('sea'))
  await system.create('/api/v1/namespaces/sea/services', {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'converter' },
    spec: { type: 'ExternalName', externalName: 'converter.example.com' },
  })
  await system.create(DEFINITIONS, DEFINITION)
  await system.until(async () => {
    const { status } = await system.request('GET', '/apis/example.org/v1/namespaces/sea/ropes')
    return status === 200 ? true : undefined
  })
  const rope = { apiVersion: 'example.org/v1', kind: 'Rope', metadata: { name: 'one' }, spec: { size: 1 } }
  await system.create('/apis/example.org/v1/namespaces/sea/ropes', rope)
  const read = await system.json<KubeObject>('GET', '/apis/example.org/v2/namespaces/sea/ropes/one')
  expect(read.body).toMatchObject({ apiVersion: 'example.org/v2', spec: { size: 1 } })
  expect(asked).toEqual(['POST https://converter.example.com:9443/convert?timeout=30s'])
})
