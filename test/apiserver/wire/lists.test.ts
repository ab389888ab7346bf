/** Lists in protobuf: whole, paged, streamed; and those that are too large to keep, which are read twice. */
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { protobufCodec } from '../../../src/apis/facts/protobuf-facts.ts'
import { configMap as configMaps } from '../../../src/apis/core/config-map/config-map.ts'
import type { ListedPage } from '../../../src/apiserver/reading/protobuf-list.ts'
import { answerProtobufList, protobufList } from '../../../src/apiserver/reading/protobuf-list.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { BacklogBudget } from '../../../src/store/watch/backlog-budget.ts'
import type { TestApi } from '../../support/api.ts'
import { itemNames, testApi } from '../../support/api.ts'
import { PROTOBUF, inProtobuf, readProtobuf } from './protobuf-client.ts'

const CONFIG_MAPS = '/api/v1/namespaces/team/configmaps'
const SECRETS = '/api/v1/namespaces/team/secrets'
const ACCEPT = { accept: `${PROTOBUF},application/json` }
const META = 'g=meta.k8s.io;v=v1'

/** More than one page of the store. */
const MANY = 1_100

let api: TestApi

beforeAll(async () => {
  api = testApi('team')
  for (const name of ['a', 'b', 'c']) {
    await api.json('POST', CONFIG_MAPS, { body: { metadata: { name, labels: { name } }, data: { name } } })
  }
  for (let count = 0; count < MANY; count++) {
    const name = `s-${String(count).padStart(5, '0')}`
    await api.json('POST', SECRETS, { body: { metadata: { name }, data: { key: btoa('x'.repeat(200)) } } })
  }
})

describe('a list', () => {
  it('says what the one in JSON says', async () => {
    const { code, contentType, body } = await inProtobuf(api, 'GET', CONFIG_MAPS)
    expect([code, contentType]).toEqual([200, PROTOBUF])
    const json = (await api.json('GET', CONFIG_MAPS)).body
    expect(body).toEqual(json)
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
  })

  it('is there when it is empty', async () => {
    const { body } = await inProtobuf(api, 'GET', `${CONFIG_MAPS}?labelSelector=name=none`)
    const { resourceVersion } = body['metadata'] as unknown as { resourceVersion: string }
    expect(body).toEqual({ kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion } })
  })

  it('comes in pages, with what is left and where to go on', async () => {
    const first = (await inProtobuf(api, 'GET', `${CONFIG_MAPS}?limit=2`)).body
    const { continue: token, remainingItemCount } = first['metadata'] as unknown as Record<string, string>
    expect([itemNames(first), remainingItemCount]).toEqual([['a', 'b'], 1])
    const rest = (await inProtobuf(api, 'GET', `${CONFIG_MAPS}?limit=2&continue=${String(token)}`)).body
    expect([itemNames(rest), rest['metadata']?.['continue']]).toEqual([['c'], undefined])
  })

  it('of many objects is streamed, and the same', async () => {
    const { body } = await inProtobuf(api, 'GET', SECRETS)
    expect(itemNames(body)).toHaveLength(MANY)
    expect(body['items']).toEqual((await api.json('GET', SECRETS)).body['items'])
    const paged = await inProtobuf(api, 'GET', `${SECRETS}?limit=${String(MANY)}`)
    expect(itemNames(paged.body)).toEqual(itemNames(body))
  })

  it('is compressed when it is large, for those who ask', async () => {
    const response = await api.request('GET', SECRETS, { headers: { ...ACCEPT, 'accept-encoding': 'gzip' } })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    const bytes = gunzipSync(new Uint8Array(await response.arrayBuffer()))
    expect(itemNames(readProtobuf(bytes))).toHaveLength(MANY)
    const small = await api.request('GET', CONFIG_MAPS, { headers: { ...ACCEPT, 'accept-encoding': 'gzip' } })
    expect(small.headers.get('content-encoding')).toBe(null)
    await small.body?.cancel()
  })

  it('of metadata has nothing else', async () => {
    const accept = `${PROTOBUF};as=PartialObjectMetadataList;${META}`
    const { body } = await inProtobuf(api, 'GET', CONFIG_MAPS, undefined, { headers: { accept } })
    expect(body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' })
    expect(itemNames(body)).toEqual(['a', 'b', 'c'])
    expect(JSON.stringify(body)).not.toContain('"data"')
    const { body: many } = await inProtobuf(api, 'GET', SECRETS, undefined, { headers: { accept } })
    expect(itemNames(many)).toHaveLength(MANY)
  })

  it('is no PartialObjectMetadata, however it is asked for', async () => {
    const accept = `${PROTOBUF};as=PartialObjectMetadata;${META},${PROTOBUF}`
    const answer = await inProtobuf(api, 'GET', CONFIG_MAPS, undefined, { headers: { accept } })
    expect([answer.code, answer.body['message']]).toEqual([
      406,
      'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
    ])
  })

  it('is no Table in protobuf', async () => {
    const accept = `${PROTOBUF};as=Table;${META}`
    const { code, body } = await api.json('GET', CONFIG_MAPS, { headers: { accept } })
    expect([code, body['message']]).toEqual([
      406,
      `only the following media types are accepted: application/json, application/yaml, ${PROTOBUF}`,
    ])
  })

  it('is what a deletion of many answers with', async () => {
    const own = testApi('team')
    await own.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'a' } } })
    const { contentType, body } = await inProtobuf(own, 'DELETE', CONFIG_MAPS)
    expect([contentType, itemNames(body)]).toEqual([PROTOBUF, ['a']])
  })
})

describe('a list that is larger than what may be kept', () => {
  const FORM = { mediaType: PROTOBUF, shape: 'object', metaVersion: 'v1', isPretty: false } as const
  const PAGES = [['a', 'b'], ['c'], ['d', 'e']]

  const pageOf = (texts: readonly string[]): ListedPage<string> => ({
    objects: texts.map((name) => ({ text: JSON.stringify({ metadata: { name } }) })),
    next: texts.at(-1) ?? '',
  })

  interface Listed {
    /** Where each reading began. */
    readonly readings: (string | undefined)[]
    readonly bytes: Uint8Array
    readonly budget: BacklogBudget
  }

  /** `change`: a name that is another the second time. */
  async function listed(maxBytes: number, change?: string): Promise<Listed> {
    const readings: (string | undefined)[] = []
    const budget = new BacklogBudget(maxBytes)
    const response = await answerProtobufList<string>({
      list: protobufList(configMaps, FORM),
      metadata: { resourceVersion: '7' },
      read: function* read(from) {
        readings.push(from)
        const at = from === undefined ? 0 : PAGES.findIndex((page) => page.at(-1) === from) + 1
        for (const page of PAGES.slice(at)) {
          yield pageOf(page.map((name) => (readings.length > 1 && name === change ? `${name}-longer` : name)))
        }
      },
      clock: systemClock,
      warnings: [],
      acceptsGzip: false,
      backlogs: budget,
    })
    return { readings, budget, bytes: new Uint8Array(await response.arrayBuffer()) }
  }

  it('is the same, wherever what is kept ends', async () => {
    const whole = await listed(1_000_000)
    expect(whole.readings).toEqual([undefined])
    expect(itemNames(readProtobuf(whole.bytes))).toEqual(['a', 'b', 'c', 'd', 'e'])
    const itemBytes = protobufCodec.encodeItems('core.v1.ConfigMap', ['a'], (name) => ({ metadata: { name } })).length
    for (const [maxBytes, from] of [[1, undefined], [2 * itemBytes, 'b'], [3 * itemBytes, 'c']] as const) {
      const { readings, bytes, budget } = await listed(maxBytes)
      expect(readings).toEqual([undefined, from])
      expect(bytes).toEqual(whole.bytes)
      expect(budget.usedBytes).toBe(0)
    }
  })

  it('breaks off rather than being another list than was said', async () => {
    await expect(listed(1, 'd')).rejects.toThrow('a list was not the same when it was read again')
  })
})
