/**
 * Custom resources are maps upstream, and maps are printed in the order of their keys: whatever order they were written
 * in, in every answer (k8s.io/apimachinery pkg/apis/meta/v1/unstructured; encoding/json, mapEncoder).
 */
import { describe, expect, it } from 'vitest'
import { answerRequest } from '../../../src/apiserver/chain.ts'
import { ADMIN } from '../../support/api.ts'
import { CustomWorld, aDefinition, aVersion } from './custom-world.ts'

const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets'

const openAPIV3Schema = {
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
  properties: {
    spec: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: {
        size: { type: 'integer', default: 1 },
        area: {
          type: 'object',
          default: {},
          properties: { y: { type: 'string', default: 'b' }, x: { type: 'string', default: 'a' } },
        },
        inner: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
}

async function world(): Promise<CustomWorld> {
  const made = new CustomWorld(['ns'])
  const version = aVersion({ schema: { openAPIV3Schema }, subresources: { status: {} } })
  await made.define(aDefinition({ versions: [version] }))
  return made
}

const WRITTEN =
  '{"spec":{"z":1,"b":[{"d":1,"c":{"f":1,"e":2}}],"a":"x"},"kind":"Widget",' +
  '"metadata":{"name":"w","labels":{"z":"1","a":"2"}},"apiVersion":"example.com/v1"}'

const SPEC = '"spec":{"a":"x","area":{"x":"a","y":"b"},"b":[{"c":{"e":2,"f":1},"d":1}],"size":1,"z":1}'

async function text(made: CustomWorld, method: string, path: string, body?: string, type = 'json'): Promise<string> {
  const headers = { 'content-type': `application/${type}` }
  const request = new Request(`https://test${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  return (await answerRequest(made.api.scope('ns').host, request, ADMIN)).text()
}

describe('a custom resource', () => {
  it('is printed in the order of its fields, as it is created, read, listed and watched', async () => {
    const made = await world()
    const created = await text(made, 'POST', WIDGETS, WRITTEN)
    const [read, listed] = [await text(made, 'GET', `${WIDGETS}/w`), await text(made, 'GET', WIDGETS)]
    const events = (await made.stream(`${WIDGETS}?watch=true&resourceVersion=0`)).getReader()
    const watched = new TextDecoder().decode((await events.read()).value)
    await events.cancel()
    for (const answer of [created, read, listed, watched]) {
      expect(answer).toContain(SPEC)
      expect(answer).toContain('{"apiVersion":"example.com/v1","kind":"Widget","metadata":{')
      expect(answer).toMatch(/"generation":1,"labels":\{"a":"2","z":"1"\},"managedFields":\[\{"apiVersion":"example.com\/v1",/)
      expect(answer).toMatch(/,"manager":"unknown","operation":"Update","time":"[^"]*"\}\],"name":"w","namespace":"ns",/)
      expect(answer).toMatch(/"namespace":"ns","resourceVersion":"\d+","uid":"[^"]*"\},"spec":/)
    }
    // So is a list, whose metadata comes last.
    expect(listed).toMatch(/^\{"apiVersion":"example.com\/v1","items":\[\{"apiVersion".*\],"kind":"WidgetList","metadata":/)
    expect(listed).toMatch(/,"metadata":\{"continue":"","resourceVersion":"\d+"\}\}\n$/)
  })

  it('is shown in that order by a patch that makes none', async () => {
    const made = await world()
    await text(made, 'POST', WIDGETS, WRITTEN)
    const refused = await text(made, 'PATCH', `${WIDGETS}/w`, '{"spec":{"inner":{"metadata":1}}}', 'merge-patch+json')
    expect(refused).toMatch(/"labels[\\]+":\{[\\]+"a[\\]+":[^{]*\},[\\]+"managedFields[\\]+":\[.*\],[\\]+"name[\\]+":/)
  })

  it('may have fields before its kind and its metadata', async () => {
    const made = await world()
    const body = WRITTEN.replace('{', '{"data":{"metadata":{"managedFields":[{"a":1}]}},"lane":"{}","z":0,')
    const [created, read] = [await text(made, 'POST', WIDGETS, body), await text(made, 'GET', `${WIDGETS}/w`)]
    for (const answer of [created, read]) {
      expect(answer).toContain(
        '{"apiVersion":"example.com/v1","data":{"metadata":{"managedFields":[{"a":1}]}},"kind":"Widget","lane":"{}","metadata":{')
      expect(answer.endsWith(`,${SPEC},"z":0}\n`)).toBe(true)
    }
    const patched = await text(made, 'PATCH', `${WIDGETS}/w`, '{"data":null,"metadata":{"labels":{"a":null}}}', 'merge-patch+json')
    expect(patched).toContain('"generation":2,"labels":{"z":"1"},"managedFields":[')
    const path = `${WIDGETS}/w`
    const headers = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }
    const request = new Request(`https://test${path}`, { headers })
    const partial = await (await answerRequest(made.api.scope('ns').host, request, ADMIN)).text()
    // Partial objects are typed, whatever they are of.
    expect(partial).toMatch(/"metadata":\{"name":"w","namespace":"ns","uid":"[^"]*","resourceVersion":"\d+","generation":2,/)
    expect(partial).toMatch(/"labels":\{"z":"1"\},"managedFields":\[\{"manager":"unknown","operation":"Update","apiVersion":/)
  })

  it('has keys of digits in their place', async () => {
    const body = WRITTEN.replace('"z":1', '"-":0,"9":{"1":1,"-":2},"10":1,"z":1')
    const created = await text(await world(), 'POST', WIDGETS, body)
    expect(created).toContain('"spec":{"-":0,"10":1,"9":{"-":2,"1":1},"a":"x",')
  })

  it.each([
    ['merge-patch+json', '{"spec":{"q":{"t":1,"s":2}}}'],
    ['json-patch+json', '[{"op":"add","path":"/spec/q","value":{"t":1,"s":2}}]'],
    ['apply-patch+yaml', '{"apiVersion":"example.com/v1","kind":"Widget","spec":{"q":{"t":1,"s":2}}}'],
  ])('is so after a patch: %s', async (type, patch) => {
    const made = await world()
    await text(made, 'POST', WIDGETS, WRITTEN)
    const patched = await text(made, 'PATCH', `${WIDGETS}/w?fieldManager=test`, patch, type)
    expect(patched).toContain(SPEC.replace('"size"', '"q":{"s":2,"t":1},"size"'))
  })

  it('has its status in that order', async () => {
    const made = await world()
    await text(made, 'POST', WIDGETS, WRITTEN)
    const patch = '{"status":{"b":{"d":1,"c":2},"a":1}}'
    const patched = await text(made, 'PATCH', `${WIDGETS}/w/status`, patch, 'merge-patch+json')
    expect(patched).toContain(`${SPEC},"status":{"a":1,"b":{"c":2,"d":1}}}`)
  })

  it('is quoted in that order by what refuses it', async () => {
    const body = WRITTEN.replace('"z":1', '"inner":{"metadata":{"name":"i","labels":{"k":1}}}')
    const { message } = JSON.parse(await text(await world(), 'POST', WIDGETS, body)) as { message: string }
    expect(message).toContain('spec.inner.metadata: Invalid value: {"labels":{"k":1},"name":"i"}: json: cannot unmarshal')
  })
})
