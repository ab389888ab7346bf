/**
 * Built-in objects are printed as Go's structs are declared, maps by their keys, whatever order they came in
 * (k8s.io/api, k8s.io/apimachinery pkg/apis/meta/v1 types.go; encoding/json encode.go).
 */
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { inFieldOrder } from '../../../src/apimachinery/schema/field-order.ts'
import { allInOrderOfKeys, printJson } from '../../../src/apimachinery/wire/print-json.ts'
import type { SchemaNode } from '../../../src/apimachinery/schema/schema.ts'
import { schema } from '../../../src/apis/schema.ts'
import { STRUCTURE } from '../../../src/apis/generated/structure.ts'
import type { TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'

const DEPLOYMENTS = '/apis/apps/v1/namespaces/team/deployments'

/** In the order of its keys, as kubectl sends YAML. */
const WRITTEN = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { annotations: { b: '<&>', a: '1', 10: 'x', 9: 'y' }, labels: { app: 'web' }, name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { z: '1', app: 'web' } },
      spec: {
        containers: [
          {
            env: [{ valueFrom: { fieldRef: { fieldPath: 'metadata.name' } }, name: 'NAME' }],
            image: 'i',
            name: 'c',
            ports: [{ protocol: 'TCP', containerPort: 80, name: 'http' }],
            resources: { requests: { memory: '1Gi', cpu: '1' } },
          },
        ],
        volumes: [{ emptyDir: {}, name: 'v' }],
      },
    },
  },
}

const SPEC =
  '"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web","z":"1"}},' +
  '"spec":{"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"c","image":"i","ports":[{"name":"http",' +
  '"containerPort":80,"protocol":"TCP"}],"env":[{"name":"NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":' +
  '"metadata.name"}}}],"resources":{"requests":{"cpu":"1","memory":"1Gi"}},"terminationMessagePath":"/dev/termination-log",' +
  '"terminationMessagePolicy":"File","imagePullPolicy":"Always"}],"restartPolicy":"Always",' +
  '"terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","securityContext":{},"schedulerName":"default-scheduler"}},' +
  '"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}},' +
  '"revisionHistoryLimit":10,"progressDeadlineSeconds":600}'

let api: TestApi

beforeEach(() => {
  api = testApi('team')
})

type Headers = Record<string, string>

const text = async (method: string, path: string, body?: unknown, headers: Headers = {}): Promise<string> =>
  (await api.request(method, path, { ...(body === undefined ? {} : { body }), headers })).text()

describe('a Deployment', () => {
  it('is printed in order as it is created, read and listed', async () => {
    const created = await text('POST', DEPLOYMENTS, WRITTEN)
    const masked = created.replace(/"uid":"[^"]*","resourceVersion":"\d+"/, 'U').replaceAll(/20\d\d-[^"]*Z/g, 'T')
    expect(masked).toContain(
      '{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web","namespace":"team",U,"generation":1,' +
        '"creationTimestamp":"T","labels":{"app":"web"},"annotations":{"10":"x","9":"y","a":"1",' +
        String.raw`"b":"\u003c\u0026\u003e"},"managedFields":[{"manager":"unknown","operation":"Update",` +
        '"apiVersion":"apps/v1","time":"T","fieldsType":"FieldsV1","fieldsV1":{')
    expect(created).toContain(`}]},${SPEC},"status":{}}\n`)
    expect(await text('GET', `${DEPLOYMENTS}/web`)).toBe(created)
    const item = created.replace('"kind":"Deployment","apiVersion":"apps/v1",', '').trimEnd()
    expect(await text('GET', DEPLOYMENTS)).toMatch(/^\{"kind":"DeploymentList","apiVersion":"apps\/v1","metadata":\{/)
    expect(await text('GET', DEPLOYMENTS)).toContain(`,"items":[${item}]}`)
    const metadata = /"metadata":(\{.*?\}\]\}),"spec"/.exec(created)?.[1] ?? ''
    const partial = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }
    expect(await text('GET', `${DEPLOYMENTS}/web`, undefined, partial)).toBe(
      `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${metadata}}\n`)
  })

  it.each([
    ['merge-patch+json', { spec: { paused: true } }],
    ['strategic-merge-patch+json', { spec: { paused: true } }],
    ['json-patch+json', [{ op: 'add', path: '/spec/paused', value: true }]],
    ['apply-patch+yaml', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { paused: true } }],
  ])('is so after a %s', async (type, patch) => {
    await text('POST', DEPLOYMENTS, WRITTEN)
    const headers = { 'content-type': `application/${type}` }
    const patched = await text('PATCH', `${DEPLOYMENTS}/web?fieldManager=test`, patch, headers)
    expect(patched).toContain(SPEC.replace('"progress', '"paused":true,"progress'))
  })

  it('is indented from what it is otherwise', async () => {
    await text('POST', DEPLOYMENTS, WRITTEN)
    const plain = await text('GET', `${DEPLOYMENTS}/web`)
    const pretty = await text('GET', `${DEPLOYMENTS}/web?pretty=true`)
    expect(pretty.replaceAll(/\n */g, '').replaceAll('": ', '":')).toBe(plain.trimEnd())
    expect(pretty).toContain('\n    "annotations": {\n      "10": "x",\n      "9": "y",\n      "a": "1",\n')
    expect(pretty).toContain('"emptyDir": {}\n')
  })
})

it('a Status is printed in order and escaped', async () => {
  expect(await text('GET', '/api/v1/namespaces/team/configmaps/a&b')).toBe(
    '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"configmaps \\"a\\u0026b\\" not found",' +
      '"reason":"NotFound","details":{"name":"a\\u0026b","kind":"configmaps"},"code":404}\n')
})

it('keys of maps are in the order of their bytes, not of their UTF-16 units', () => {
  const keys = { '\u{1f600}': 1, '\uff5e': 2, 'a\u{1f600}': 3, 'a\uff5e': 4, a: 5 }
  expect(printJson(allInOrderOfKeys(keys))).toBe('{"a":5,"a\uff5e":4,"a\u{1f600}":3,"\uff5e":2,"\u{1f600}":1}')
})

it('halves of characters are replaced, as Go reads them', async () => {
  const body = String.raw`{"metadata":{"name":"c"},"data":{"a":"x\ud800y\udc00\ud83d\ude00\\ud800"}}`
  expect(await text('POST', '/api/v1/namespaces/team/configmaps', body)).toContain(
    '"data":{"a":"x\ufffdy\ufffd😀\\\\ud800"}')
})

/** A value of the type with every field that it may have, shuffled; types that hold themselves do so once. */
function anyOf(node: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  if (node.kind === 'scalar' || depth === 0) return fc.constant('x')
  if (node.kind === 'list') return anyOf(node.item, depth - 1).map((item) => [item])
  if (node.kind === 'map') return anyOf(node.value, depth - 1).map((value) => ({ b: value, a: value, 10: value, 9: value }))
  const entryOf = (name: string): fc.Arbitrary<[string, unknown]> => {
    const inner = node.fields.get(name)?.node ?? node
    return anyOf(inner, depth - 1).map((value) => [name, value])
  }
  return fc
    .shuffledSubarray([...node.fields.keys()])
    .chain((names) => fc.tuple(...names.map(entryOf)))
    .map((entries) => Object.fromEntries(entries))
}

function isInOrder(node: SchemaNode, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || node.kind === 'scalar') return true
  if (node.kind === 'list') return (value as unknown[]).every((item) => isInOrder(node.item, item))
  const entries = Object.entries(value)
  if (node.kind === 'map') return entries.every(([, inner]) => isInOrder(node.value, inner))
  const names = [...node.fields.keys()]
  const places = entries.map(([name]) => names.indexOf(name))
  return places.every((place, at) => at === 0 || place > (places[at - 1] ?? 0)) &&
    entries.every(([name, inner]) => isInOrder(node.fields.get(name)?.node ?? node, inner))
}

it('every type is brought into its order, and stays what it is', () => {
  const types = fc.constantFrom(...Object.keys(STRUCTURE)).map((type) => schema.structOf(type))
  fc.assert(
    fc.property(types.chain((node) => anyOf(node, 4).map((value) => ({ node, value }))), ({ node, value }) => {
      const before = JSON.stringify(value)
      const ordered = inFieldOrder(node, value)
      expect(isInOrder(node, ordered)).toBe(true)
      expect(JSON.stringify(value)).toBe(before)
      expect(JSON.parse(JSON.stringify(ordered).replaceAll('\\ud800', ''))).toEqual(JSON.parse(before))
      if (ordered !== value) expect(inFieldOrder(node, ordered)).toEqual(ordered)
    }),
    { numRuns: 300 },
  )
})
