/** What is counted of conversions by webhook (k8s.io/apiextensions-apiserver pkg/apiserver/conversion/metrics.go). */
import { beforeEach, expect, it } from 'vitest'
import type { AnyObject } from '../../../src/apimachinery/meta.ts'
import type { MetricRegistry } from '../../../src/lib/metrics.ts'
import { CustomWorld, aDefinition, aWidget } from './custom-world.ts'

const V1 = '/apis/example.com/v1/namespaces/ns/widgets'
const V2 = '/apis/example.com/v2/namespaces/ns/widgets'
const SCHEMA = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }

let world: CustomWorld
let registry: MetricRegistry
/** What the webhook says of the objects that it was sent. */
let answer: (objects: readonly AnyObject[]) => object
beforeEach(async () => {
  world = new CustomWorld(['ns'])
  await world.api.ready
  ;({ registry } = world.api.scope('ns').host.operations.metrics)
  world.api.webhook = (_config, body) => {
    const { request, apiVersion, kind } = JSON.parse(body) as {
      readonly apiVersion: string
      readonly kind: string
      readonly request: { readonly uid: string; readonly objects: readonly AnyObject[] }
    }
    world.clock.advance(300)
    const response = { uid: request.uid, result: { status: 'Success' }, ...answer(request.objects) }
    return Promise.resolve(JSON.stringify({ apiVersion, kind, response }))
  }
  const conversion = {
    strategy: 'Webhook',
    webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://converter.example.com' } },
  }
  const versions = ['v1', 'v2'].map((name) => ({ name, served: true, storage: name === 'v1', schema: SCHEMA }))
  await world.define(aDefinition({ versions, spec: { conversion } }))
  await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }) })
})

function seriesOf(name: string): unknown[] {
  const found = registry.snapshots().find((one) => one.name === name)
  return (found?.series ?? []).map(({ labels, value, sum }) => [...labels, value, ...(sum === undefined ? [] : [sum])])
}

const inV2 = (objects: readonly AnyObject[]): AnyObject[] =>
  objects.map((object) => ({ ...object, apiVersion: 'example.com/v2' }))

it.each<[string, typeof answer, number, string]>([
  ['converted all', (objects) => ({ convertedObjects: inV2(objects) }), 200, ''],
  ['cannot be reached', () => { throw new Error('connection refused') }, 500, 'call'],
  ['says what cannot be read', () => ({ result: 'x' }), 500, 'call'],
  ['refuses', () => ({ result: { status: 'Failure' } }), 500, 'malformed_response'],
  ['answers something else', () => ({ uid: 'other' }), 500, 'malformed_response'],
  ['forgets one', () => ({ convertedObjects: [] }), 500, 'partial_response'],
  ['gives one of another version', (objects) => ({ convertedObjects: objects }), 500, 'invalid_converted_object'],
  ['gives what is no object', () => ({ convertedObjects: ['x'] }), 500, 'invalid_converted_object'],
])('a webhook that %s', async (_what, given, code, failure) => {
  answer = given
  expect((await world.ask('GET', `${V2}/one`)).code).toBe(code)
  const isDone = failure === ''
  const labels = isDone ? ['success', ''] : ['failure', `conversion_webhook_${failure}_failure`]
  expect(seriesOf('apiserver_conversion_webhook_request_total')).toEqual([[...labels, 1]])
  expect(seriesOf('apiserver_conversion_webhook_duration_seconds')).toEqual([[...labels, 1, 0.3]])
  expect(seriesOf('apiserver_crd_conversion_webhook_duration_seconds')).toEqual([
    ['widgets.example.com', 'v1', 'v2', String(isDone), 1, 0.3],
  ])
})

it('what is in its version already is not counted', async () => {
  await world.ask('GET', `${V1}/one`)
  expect(seriesOf('apiserver_conversion_webhook_request_total')).toEqual([])
})
