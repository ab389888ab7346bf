/**
 * What is said of patches that cannot be read, and of what they make: told by one reader when fields are validated, and
 * by another when they are not. Texts: k8s.io/apiserver pkg/endpoints/handlers/patch.go, evanphx/json-patch v4.
 */
import { describe, expect, it } from 'vitest'
import { testApi, type TestApi } from '../../support/api.ts'
import { CONFIG_MAPS, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, configMap } from './refusal-world.ts'

const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
const UNAPPLIED = 'the server rejected our request due to an error in our request'

async function apiWithOne(): Promise<TestApi> {
  const api = testApi('team')
  await api.json('POST', CONFIG_MAPS, { body: configMap('one', { data: { b: '1', a: '2' } }) })
  return api
}

async function patchOne(
  headers: Record<string, string>,
  validation: string,
  body: string,
): Promise<{ code: number; message: string; warnings: string }> {
  const api = await apiWithOne()
  const path = `${CONFIG_MAPS}/one?fieldValidation=${validation}`
  const response = await api.request('PATCH', path, { body, headers })
  const { message = '' } = await response.json<{ message?: string }>()
  return { code: response.status, message, warnings: response.headers.get('warning') ?? '' }
}

const into = (from: string, type: string): string => `json: cannot unmarshal ${from} into Go value of type ${type}`

describe('a patch that cannot be read', () => {
  it.each<[string, Record<string, string>, body: string, code: number, ignored: string, told?: string]>([
    ['JSON', JSON_PATCH, '{}', 400, into('object', 'jsonpatch.Patch'), into('object', '[]handlers.jsonPatchOp')],
    ['JSON', JSON_PATCH, '[1]', 400, into('number', 'jsonpatch.Operation'), into('number', 'handlers.jsonPatchOp')],
    ['JSON', JSON_PATCH, '[', 400, 'unexpected end of JSON input', 'unexpected end of JSON input'],
    ['JSON', JSON_PATCH, '\ufeff[]', 400, ...twice("invalid character 'ï' looking for beginning of value")],
    ['merge', MERGE_PATCH, '1', 400, 'Invalid JSON Patch', into('number', 'map[string]interface {}')],
    ['merge', MERGE_PATCH, '1e999', 400, 'Invalid JSON Patch', into('number', 'map[string]interface {}')],
    ['merge', MERGE_PATCH, '{', 400, 'Invalid JSON Patch', 'unexpected end of JSON input'],
    ['merge', MERGE_PATCH, '{}é', 400, 'Invalid JSON Patch', "invalid character 'Ã' after top-level value"],
  ])('%s patch: %s %s', async (_what, headers, body, code, ignored, told = ignored) => {
    expect(await patchOne(headers, 'Ignore', body)).toMatchObject({ code, message: ignored })
    expect(await patchOne(headers, 'Warn', body)).toMatchObject({ code, message: `error decoding patch: ${told}` })
  })

  it.each([
    [JSON_PATCH, '['],
    [MERGE_PATCH, '{"a":'],
    [STRATEGIC_PATCH, '{"a":'],
  ])('is told of byte by byte where it is no UTF-8: %j', async (headers, before) => {
    const api = await apiWithOne()
    const bytes = new Uint8Array([...new TextEncoder().encode(before), 0xff, 0x5d])
    const { code, body: answer } = await api.json('PATCH', `${CONFIG_MAPS}/one`, { headers, bytes })
    expect(code).toBe(400)
    expect(answer['message']).toMatch(/invalid character 'ÿ' looking for beginning of value$/)
  })

  it.each([1, { a: 1 }])('finds out about an operation called %j when it is to be applied', async (op) => {
    const body = JSON.stringify([{ op, path: '/data/a' }])
    expect(await patchOne(JSON_PATCH, 'Ignore', body)).toMatchObject({ code: 422, message: UNAPPLIED })
    expect((await patchOne(JSON_PATCH, 'Strict', body)).message).toMatch(/^error decoding patch: .*jsonPatchOp\.op/)
  })

  it.each([
    ['a list in place of the object', MERGE_PATCH, '[{"a":null,"b":1}]', '[{\\"b\\":1}]',
      `couldn't get version/kind; json parse error: ${into('array', TYPE_META)}`],
    ['what could end a script', MERGE_PATCH, '["<a>&"]', String.raw`[\"\\u003ca\\u003e\\u0026\"]`,
      `couldn't get version/kind; json parse error: ${into('array', TYPE_META)}`],
    ['another list', JSON_PATCH, '[{"op":"replace","path":"","value":[1]}]', '[1]',
      `couldn't get version/kind; json parse error: ${into('array', TYPE_META)}`],
  ])('shows what it made: %s', async (_, headers, body, shown, why) => {
    const message = ` "" is invalid: patch: Invalid value: "${shown}": ${why}`
    expect(await patchOne(headers, 'Ignore', body)).toMatchObject({ code: 422, message })
  })

  it.each([
    ['a merge patch', MERGE_PATCH, '{"metadata":{"name":[1],"labels":{"a":{}}}}'],
    ['a JSON patch', JSON_PATCH,
      '[{"op":"add","path":"/metadata/name","value":[1]},{"op":"add","path":"/metadata/labels","value":{"a":{}}}]'],
  ])('prints the objects that %s goes through with their fields in order, and tells the first mistake of that', async (
    _, headers, body) => {
    const { code, message } = await patchOne(headers, 'Warn', body)
    expect(code).toBe(422)
    expect(message).toContain('"{\\"apiVersion\\":\\"v1\\",\\"data\\":{')
    expect(message).toMatch(/object into Go struct field ObjectMeta\.metadata\.labels of type string$/)
  })

  it.each([
    ['where the library had gone through it, with its fields in order',
      '[{"op":"add","path":"/metadata/labels","value":{}},{"op":"copy","from":"/metadata","path":"/data/a"}]',
      /"data\\":\{\\"a\\":\{\\"creationTimestamp\\":.*\\"name\\":/],
    ['where it went through it to the place of the copy',
      '[{"op":"add","path":"/metadata/finalizers","value":["a.b/c"]},' +
        '{"op":"copy","from":"/metadata","path":"/metadata/finalizers/0"}]',
      /"finalizers\\":\[\{\\"creationTimestamp\\":/],
    ['as it was where it had not', '[{"op":"copy","from":"/metadata","path":"/data/a"}]',
      /"data\\":\{\\"a\\":\{\\"name\\":.*\\"creationTimestamp\\":/],
    ['whose numbers are large', '[{"op":"add","path":"/metadata/labels","value":{"q":9007199254740993}},' +
      '{"op":"copy","from":"/metadata/labels","path":"/data/a"}]',
    /"a\\":\{\\"q\\":9007199254740993\}/],
  ])('shows what a JSON patch copies: %s', async (_, body, shown) => {
    const { code, message } = await patchOne(JSON_PATCH, 'Warn', body)
    expect(code).toBe(422)
    expect(message).toMatch(shown)
  })

  it.each([
    ['a merge patch', MERGE_PATCH, '{"data":{"9":{"b":1,"10":"<","2":1.0},"10":"\\u0041"}}',
      '"data":{"10":"\\u0041","9":{"10":"\\u003c","2":1.0,"b":1},"a":"2","b":"1"}'],
    ['a JSON patch', JSON_PATCH, '[{"op":"add","path":"/data/9","value":{"b":1,"10":[{"z":"<","9":1.0}],"2":2}}]',
      '"data":{"9":{"b":1,"10":[{"z":"\\u003c","9":1.0}],"2":2},"a":"2","b":"1"}'],
  ])('shows %s to the letter, names of digits alone where they belong', async (_, headers, body, shown) => {
    const { code, message } = await patchOne(headers, 'Warn', body)
    expect(code).toBe(422)
    expect(message).toContain(JSON.stringify(shown).slice(1, -1))
  })

  it.each([
    ['"x<y"', 422], ['"x\\u003cy"', 200], ['"x\\u003Cy"', 422],
    ['"tab\\t"', 200, 'tab'], ['"tab\\u0009"', 422, 'tab'], ['"x\\u002fy"', 422, 'slash'], ['"x/y"', 200, 'slash'],
  ])('tests for %s in the letters in which it is printed: %j', async (value, code, name = 'html') => {
    const api = testApi('team')
    const data = { html: 'x<y', tab: 'tab\t', slash: 'x/y' }
    await api.json('POST', CONFIG_MAPS, { body: configMap('one', { data }) })
    const body = `[{"op":"test","path":"/data/${name}","value":${value}}]`
    expect((await api.json('PATCH', `${CONFIG_MAPS}/one`, { headers: JSON_PATCH, body })).code).toBe(code)
  })

  it('tells what is wrong beside a field called __proto__', async () => {
    const body = '{"__proto__":1e2,"binaryData":{"a":1}}'
    const { code, message } = await patchOne(STRATEGIC_PATCH, 'Warn', body)
    expect(code).toBe(422)
    expect(message).not.toContain('float64')
  })

  it('tells of a number that nothing can hold beside a test', async () => {
    const body = '[{"op":"test","path":"/kind","value":"ConfigMap"},{"op":"add","path":"/data/x","value":1e999}]'
    const { code, message } = await patchOne(JSON_PATCH, 'Warn', body)
    expect([code, message]).toEqual([400, expect.stringContaining('cannot unmarshal number 1e999 into Go struct field')])
  })

  it('tells of numbers that nothing can hold where they are', async () => {
    const { code, message } = await patchOne(MERGE_PATCH, 'Ignore', '{"data":{"a":1e400}}')
    expect(code).toBe(422)
    expect(message).toMatch(/json: cannot unmarshal number into Go struct field ConfigMap\.data of type string$/)
  })
})

function twice(text: string): [string, string] {
  return [text, text]
}

describe('fields that nobody knows, or that are twice', () => {
  const strict = async (headers: Record<string, string>, body: string): Promise<string> => {
    const { code, message } = await patchOne(headers, 'Strict', body)
    expect(code).toBe(422)
    return message.slice(message.indexOf('strict decoding error: ') + 'strict decoding error: '.length)
  }

  it.each([
    ['once in the patch and once where it put them',
      '[{"op":"replace","path":"/metadata","value":{"name":"one","labels":{"a":"1","a":"2"}}}]',
      'json patch duplicate field "[0].value.labels.a", duplicate field "metadata.labels.a"'],
    ['not in a value that is gone again',
      '[{"op":"add","path":"/data/x","value":{"a":"1","a":"2"}},{"op":"remove","path":"/data/x"}]',
      'json patch duplicate field "[0].value.a"'],
    ['not of an operation itself', '[{"op":"test","op":"add","path":"/data/x","value":"1"}]',
      'json patch duplicate field "[0].op"'],
    ['in the order of what is made, and not below what nobody knows',
      '[{"op":"add","path":"/metadata/zz","value":{"c":1,"c":2}},' +
        '{"op":"add","path":"/metadata/labels","value":{"d":"1","d":"2"}}]',
      'json patch duplicate field "[0].value.c", json patch duplicate field "[1].value.d", ' +
        'duplicate field "metadata.labels.d", unknown field "metadata.zz"'],
  ])('of a JSON patch are told %s', async (_, body, told) => {
    expect(await strict(JSON_PATCH, body)).toBe(told)
  })

  it('of a merge patch are told where what it makes says no version, too', async () => {
    expect(await strict(MERGE_PATCH, '{"apiVersion":null,"data":{"a":"1"},"data":{"a":"2"}}'))
      .toBe('duplicate field "data", unknown field "data", unknown field "metadata"')
  })

  it('of a strategic patch are told as they are, of others with their quotes escaped', async () => {
    const body = '{"metadata":{"un\\"q":1}}'
    expect(await strict(STRATEGIC_PATCH, body)).toBe('unknown field "metadata.un"q"')
    expect(await strict(MERGE_PATCH, body)).toBe('unknown field "metadata.un\\"q"')
  })
})

describe('a patch that changes the type of the object', () => {
  it.each([
    [MERGE_PATCH, '{"apiVersion":"a/b/c"}'],
    [MERGE_PATCH, '{"apiVersion":"a/b/c","kind":"Other"}'],
    [JSON_PATCH, '[{"op":"replace","path":"/apiVersion","value":"a/b/c"}]'],
  ])('is refused for a version that is none: %j %s', async (headers, body) => {
    const { code, message } = await patchOne(headers, 'Warn', body)
    expect(code).toBe(422)
    expect(message).toContain('\\"managedFields\\":[')
    expect(message).toMatch(/^ "" is invalid: patch: Invalid value: .*": unexpected GroupVersion string: a\/b\/c$/)
  })

  const NAMELESS = 'the name of the object (one based on URL) was undeterminable: name must be provided'

  it.each([
    [MERGE_PATCH, '{"apiVersion":null}'],
    [MERGE_PATCH, '{"apiVersion":"","kind":null}'],
    [JSON_PATCH, '[{"op":"remove","path":"/apiVersion"}]'],
  ])('knows nothing of an object without version: %j %s', async (headers, body) => {
    const warned = await patchOne(headers, 'Warn', body)
    expect(warned).toMatchObject({ code: 400, message: NAMELESS })
    expect(warned.warnings).toBe('299 - "unknown field \\"data\\"", 299 - "unknown field \\"metadata\\""')
    expect(await patchOne(headers, 'Ignore', body)).toEqual({ code: 400, message: NAMELESS, warnings: '' })
    const { code, message } = await patchOne(headers, 'Strict', body)
    expect(code).toBe(422)
    expect(message).toMatch(/: strict decoding error: unknown field "data", unknown field "metadata"$/)
  })

  it.each([
    [MERGE_PATCH, '{"kind":null}'],
    [JSON_PATCH, '[{"op":"remove","path":"/kind"}]'],
    [STRATEGIC_PATCH, '{"apiVersion":"a/b/c","kind":"Other"}'],
    [STRATEGIC_PATCH, '{"apiVersion":null}'],
  ])('is fine where the address says what is missing: %j %s', async (headers, body) => {
    expect((await patchOne(headers, 'Strict', body)).code).toBe(200)
  })

  it.each(['{"op":"replace","path":null,"value":{}}', '{"op":"replace","value":{}}'])(
    'does not apply without a place: %s', async (operation) => {
      expect(await patchOne(JSON_PATCH, 'Warn', `[${operation}]`)).toMatchObject({ code: 422, message: UNAPPLIED })
    })
})
