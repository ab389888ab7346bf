/**
 * What is asked of each kind, one probe a column of docs/compatibility.md, over HTTP in process. A probe throws (by
 * `expect`) where the server does not do what the sample wants, and gives the text of its cell otherwise.
 */
import { expect } from 'vitest'
import type { AnyObject } from '../../src/apimachinery/meta.ts'
import { formatGroupVersion } from '../../src/apimachinery/meta.ts'
import { applyMergePatch } from '../../src/apimachinery/patch/merge-patch.ts'
import type { KindDefinition } from '../../src/apis/define-kind.ts'
import { protobufMessageOf } from '../../src/apis/facts/protobuf-facts.ts'
import { PROTOBUF, inProtobuf } from '../apiserver/wire/protobuf-client.ts'
import type { Json, RequestOptions, TestApi } from '../support/api.ts'
import { ADMIN, testApi } from '../support/api.ts'
import type { Sample } from './samples/sample.ts'

export const NAMESPACE = 'ns'
export const USUAL_NAME = 'sample'
export const YES = 'yes'

const MERGE = { 'content-type': 'application/merge-patch+json' }
const APPLY = { 'content-type': 'application/apply-patch+yaml' }

/** The path of a kind's collection. */
export function collectionOf(definition: KindDefinition): string {
  const { group, version, resource, scope } = definition
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return scope === 'Cluster' ? `${root}/${resource}` : `${root}/namespaces/${NAMESPACE}/${resource}`
}

const NO_RULES = { rules: [], errors: [] }

/** An API of its own for a probe, with what its sample leans on. */
export async function apiFor({ scope }: KindDefinition): Promise<TestApi> {
  const api = testApi(scope === 'Cluster' ? '' : NAMESPACE, {
    calls: {
      connect: ({ kind }) => Promise.resolve(new Response(`the ${kind}`)),
      rulesInNamespace: () => Promise.resolve(NO_RULES),
      node: (name) => Promise.resolve(
        { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { allocatable: { cpu: '8' } } },
      ),
      podLog: () => Promise.resolve(new Response('a line\n')),
      reviewToken: () => Promise.resolve({ user: ADMIN, audiences: [] }),
      issueToken: (_account, request) => Promise.resolve({ ...request, status: { token: 't' } }),
    },
  })
  if (scope === 'Namespaced') {
    await api.json('POST', '/api/v1/namespaces/ns/serviceaccounts', { body: { metadata: { name: 'default' } } })
  }
  return api
}

export class Subject {
  readonly sample: Sample
  readonly api: TestApi
  readonly name: string
  readonly #collection: string

  private constructor(sample: Sample, api: TestApi) {
    this.sample = sample
    this.api = api
    this.name = sample.name ?? USUAL_NAME
    this.#collection = collectionOf(sample.definition)
  }

  static async of(sample: Sample): Promise<Subject> {
    return new Subject(sample, await apiFor(sample.definition))
  }

  get path(): string {
    return `${this.#collection}/${this.name}`
  }

  get collection(): string {
    return this.#collection
  }

  get body(): AnyObject {
    const { definition, object } = this.sample
    const { metadata = {} } = object as Partial<AnyObject>
    return {
      apiVersion: formatGroupVersion(definition),
      kind: definition.kind,
      ...object,
      metadata: { name: this.name, ...metadata },
    }
  }

  /** Of a request that must succeed. */
  async ask(method: string, path: string, options?: RequestOptions): Promise<Json> {
    const { code, body } = await this.api.json(method, path, options)
    if (code >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(body)}`)
    return body
  }

  create(): Promise<Json> {
    return this.ask('POST', this.#collection, { body: this.body })
  }

  patch(body: object, subresource = ''): Promise<Json> {
    return this.ask('PATCH', `${this.path}${subresource}`, { body, headers: MERGE })
  }
}

export type Probe = (subject: Subject) => Promise<string>

/** The value at a path of field names and indexes. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], value)
}

/** Created, read, listed, watched, changed and deleted. */
const stored: Probe = async (subject) => {
  const { sample, path, collection, name } = subject
  const created = await subject.create()
  const found = await subject.ask('GET', path)
  expect(found).toEqual(created)
  const list = at(await subject.ask('GET', collection), 'items') as Json[]
  expect(list.map((one) => at(one, 'metadata.name'))).toContain(name)
  const changed = await subject.patch({ metadata: { labels: { probe: 'yes' } } })
  expect(at(changed, 'metadata.labels.probe')).toBe('yes')
  const since = at(created, 'metadata.resourceVersion')
  const watch = `${collection}?watch=true&timeoutSeconds=1&resourceVersion=${String(since)}`
  const reader = (await subject.api.request('GET', watch)).body?.getReader()
  const first = new TextDecoder().decode((await reader?.read())?.value)
  await reader?.cancel()
  expect(first).toMatch(/^\{"type":"MODIFIED","object":\{/)
  await subject.ask('DELETE', path)
  const { storedAs } = sample.definition
  return storedAs === undefined ? YES : `as ${formatGroupVersion(storedAs.definition)}`
}

const defaulted: Probe = async (subject) => {
  const { sample, body } = subject
  const { defaults = {} } = sample
  const created = await subject.create()
  for (const [path, value] of Object.entries(defaults)) {
    expect(at(body, path), `${path} was sent`).toBeUndefined()
    expect([path, at(created, path)]).toEqual([path, value])
  }
  return Object.keys(defaults).length === 0 ? 'no' : YES
}

/** Names with a slash belong to no kind. */
const validated: Probe = async (subject) => {
  const { sample, collection, body } = subject
  const isOfName = sample.wrong === 'name'
  const change = sample.wrong === 'name' ? { metadata: { name: 'a/b' } } : sample.wrong.change
  const field = sample.wrong === 'name' ? 'metadata.name' : sample.wrong.field
  const { code, body: status } = await subject.api.json('POST', collection, {
    body: applyMergePatch(body, change),
  })
  expect([code, status['reason']], status['message']).toEqual([422, 'Invalid'])
  const fields = (at(status, 'details.causes') as Json[]).map((cause) => cause['field'])
  expect(fields).toContain(field)
  return isOfName ? 'names' : YES
}

const protobuf: Probe = async (subject) => {
  if (protobufMessageOf(subject.sample.definition) === undefined) return refusesProtobuf(subject)
  const { api, path, collection, body } = subject
  const created = await inProtobuf(api, 'POST', collection, body)
  expect([created.code, created.contentType]).toEqual([201, PROTOBUF])
  const inJson = await subject.ask('GET', path)
  const { body: again } = await inProtobuf(api, 'GET', path)
  expect(at(again, 'metadata.uid')).toBe(at(inJson, 'metadata.uid'))
  const { body: list } = await inProtobuf(api, 'GET', collection)
  expect(at(list, 'items.0.metadata.name')).toBe(at(await subject.ask('GET', collection), 'items.0.metadata.name'))
  return YES
}

/** Our own kinds have no messages; they answer as custom resources do. */
async function refusesProtobuf({ api, collection }: Subject): Promise<string> {
  expect((await api.request('GET', collection, { headers: { accept: PROTOBUF } })).status).toBe(406)
  return 'no'
}

/** Applied again and again: there is one field manager, and nothing changes once what is default is stored. */
const applied: Probe = async (subject) => {
  const { path } = subject
  const body = applyMergePatch(subject.body, { metadata: { labels: { probe: 'yes' } } })
  const [, second, third] = [
    await subject.ask('PATCH', `${path}?fieldManager=probe`, { body, headers: APPLY }),
    await subject.ask('PATCH', `${path}?fieldManager=probe`, { body, headers: APPLY }),
    await subject.ask('PATCH', `${path}?fieldManager=probe`, { body, headers: APPLY }),
  ]
  expect(third).toEqual(second)
  const managers = at(third, 'metadata.managedFields') as Json[]
  expect(managers.map((one) => [one['manager'], one['operation']])).toEqual([['probe', 'Apply']])
  return YES
}

const columns: Probe = async (subject) => {
  await subject.create()
  const table = await subject.ask('GET', subject.collection, {
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  })
  const names = (at(table, 'columnDefinitions') as Json[]).map((one) => String(one['name']))
  const { columns: known } = subject.sample.definition
  const headless = known.filter(({ isWithoutHeader }) => isWithoutHeader === true).length
  expect(at(table, 'rows.0.cells')).toHaveLength(names.length + headless)
  return String(names.length)
}

export const PROBES = { stored, defaulted, validated, protobuf, 'server-side apply': applied, columns } as const
