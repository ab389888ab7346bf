/** Runs the corpus: each row against a whole cluster in this process, its answer compared field by field. */
import { describe, expect, it } from 'vitest'
import { answerRequest } from '../../../src/apiserver/chain.ts'
import { answerUnasked } from '../../../src/apiserver/operations/way.ts'
import { parseRequest } from '../../../src/apiserver/request-info.ts'
import { createAuthenticator } from '../../../src/auth/authenticate.ts'
import type { UserInfo } from '../../../src/auth/user.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import type { Json } from '../../support/api.ts'
import { ADMIN } from '../../support/api.ts'
import { EventReader } from '../../support/watch-events.ts'
import { CustomWorld } from '../../system/custom-resources/custom-world.ts'
import { FrameReader, PROTOBUF, readProtobuf, writeProtobuf } from '../wire/protobuf-client.ts'
import type { Asked, Entry, VerbName } from './entry.ts'
import { MANAGER, WIDGET_DEFINITION } from './entry.ts'
import { CREATES } from './tables/creates.ts'
import { DELETES } from './tables/deletes.ts'
import { EDGES } from './tables/edges.ts'
import { EVERY_VERB } from './tables/every-verb.ts'
import { GO_CLIENTS } from './tables/go-clients.ts'
import { PATCHES } from './tables/patches.ts'
import { READS } from './tables/reads.ts'
import { REFLECTORS } from './tables/reflectors.ts'
import { REFUSALS } from './tables/refusals.ts'
import { UPDATES } from './tables/updates.ts'
import { WATCHES } from './tables/watches.ts'

const AUDIT_ID = 'a1b2c3d4-0000-4000-8000-000000000000'

/** A watch says besides that nobody on the way may compress it: that would keep its events back. */
const WATCHED = { 'cache-control': 'no-cache, private, no-transform' }

/** Of every answer, unless the row says otherwise. The uids are empty where no flow schema is stored. */
const EVERYWHERE = {
  'audit-id': AUDIT_ID,
  'cache-control': 'no-cache, private',
  'content-type': 'application/json',
  location: null,
  'retry-after': null,
  warning: null,
  'x-kubernetes-pf-flowschema-uid': expect.any(String) as unknown,
  'x-kubernetes-pf-prioritylevel-uid': expect.any(String) as unknown,
}

/** As the Worker does before it asks an object. */
async function userOf(token: string): Promise<UserInfo> {
  const authenticator = createAuthenticator({
    bootstrapUser: () => [],
    serviceAccountKeys: undefined,
    issuerOfCluster: () => 'https://issuer.test',
    isBoundObjectLive: () => Promise.resolve(true),
    clock: systemClock,
  })
  return authenticator.authenticate({ cluster: 'default', authorization: `Bearer ${token}`, isSecure: true })
}

/** Texts go as they are, objects in the format that the row says. */
function encoded({ headers = {}, body }: Asked): string | Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined || typeof body === 'string') return body
  if (headers['content-type'] === PROTOBUF) return writeProtobuf(body as { apiVersion: string; kind: string })
  return JSON.stringify(body)
}

function send(world: CustomWorld, one: Asked): Promise<Response> {
  const { request, headers = {}, user = ADMIN, token } = one
  const [method = '', path = ''] = request.split(' ')
  const namespace = /\/namespaces\/([^/?]+)\/./.exec(path)?.[1] ?? ''
  const body = encoded(one)
  const asked = new Request(`https://test${path}`, {
    method,
    headers: {
      'user-agent': `${MANAGER}/v1`,
      'audit-id': AUDIT_ID,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  const answer = (by: UserInfo): Promise<Response> => answerRequest(world.api.scope(namespace).host, asked, by)
  if (token === undefined) return answer(user)
  return userOf(token).then(answer, (error: unknown) => answerUnasked(asked, AUDIT_ID, error))
}

async function succeeding(world: CustomWorld, asked: Asked): Promise<Json> {
  const response = await send(world, asked)
  const text = await response.text()
  if (response.status >= 300) throw new Error(`${asked.request}: ${text}`)
  return JSON.parse(text) as Json
}

const isProtobuf = ({ headers }: Response): boolean => headers.get('content-type')?.startsWith(PROTOBUF) === true

/** JSON and protobuf as what they say, other texts as they are. */
async function bodyOf(response: Response): Promise<unknown> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (isProtobuf(response)) return readProtobuf(bytes)
  const text = new TextDecoder().decode(bytes)
  return text.startsWith('{') ? (JSON.parse(text) as Json) : text
}

/** k8s.io/apiserver pkg/endpoints/filters/{cachecontrol,audit_init}.go, pkg/server/filters/priority-and-fairness.go. */
function checkHeaders({ headers }: Response, wanted: Readonly<Record<string, string | null>> = {}): void {
  const all = { ...EVERYWHERE, ...wanted }
  expect(Object.fromEntries(Object.keys(all).map((name) => [name, headers.get(name)]))).toEqual(all)
}

async function check(entry: Entry): Promise<void> {
  const { given = [], passes, beside = [], asked, meanwhile = [], want } = entry
  const world = new CustomWorld(['ns'])
  await world.define(WIDGET_DEFINITION)
  const answers: Json[] = []
  for (const one of given) answers.push(await succeeding(world, one))
  passes?.(world)
  const others = beside.map((one) => send(world, one))
  const response = await send(world, typeof asked === 'function' ? asked(answers) : asked)
  if (want.frames !== undefined) {
    const reader = isProtobuf(response) ? new FrameReader(response) : new EventReader(response)
    for (const one of meanwhile) await succeeding(world, one)
    const frames = await reader.take(want.frames.length)
    await reader.close()
    expect(frames).toEqual(want.frames)
  } else {
    expect(await bodyOf(response)).toEqual(want.body)
  }
  expect(response.status).toBe(want.status)
  await Promise.all(others)
  checkHeaders(response, want.frames === undefined ? want.headers : { ...WATCHED, ...want.headers })
}

const TABLES = [CREATES, READS, WATCHES, UPDATES, PATCHES, DELETES, REFUSALS, EDGES, EVERY_VERB, GO_CLIENTS, REFLECTORS]

describe.each(TABLES)('$about', ({ entries, upstream }) => {
  it('says where it is from', () => {
    expect(upstream).not.toEqual([])
  })

  it.each(entries)('$what', check)
})

/**
 * What a verb can be refused with. What is missing cannot be: a read has no body (413, 415) and takes nobody's place
 * (409), only lists go back in time (410), only reads wait for a version (504), and a delete's only version is a
 * precondition (409, where others say 500 of one that is none).
 */
const OF_EVERY_VERB = [400, 401, 403, 404, 405, 406, 429, 503]
const OF_BODIES = [409, 413, 415, 422]
const REFUSED_WITH: Readonly<Record<VerbName, readonly number[]>> = {
  get: [500, 504],
  list: [410, 422, 504],
  watch: [410, 422, 500],
  create: [...OF_BODIES, 500],
  update: [...OF_BODIES, 500],
  patch: [...OF_BODIES, 500],
  delete: OF_BODIES,
  deletecollection: [...OF_BODIES, 410, 504],
}

/** The code of a watch's refusal may come as its first event. */
function codeOf({ status, frames = [] }: Entry['want']): number {
  const [first] = frames as { readonly object?: { readonly kind?: string; readonly code?: number } }[]
  return first?.object?.kind === 'Status' ? (first.object.code ?? status) : status
}

/** A code may stand for more than one reason; text is an answer without one. */
function reasonOf({ body, frames = [] }: Entry['want']): string {
  const told = (frames[0] as { readonly object?: unknown } | undefined)?.object ?? body
  if (typeof told === 'string') return 'text'
  return (told as { readonly reason?: string } | undefined)?.reason ?? ''
}

function toldOf({ asked, want }: Entry): string {
  const [method = '', path = ''] = (typeof asked === 'function' ? asked([]) : asked).request.split(' ')
  const { pathname, searchParams } = new URL(path, 'https://test')
  return `${parseRequest(method, pathname, searchParams).verb} ${String(codeOf(want))}`
}

const REASONS_OF_ONE_CODE = [
  ['create 409', 'AlreadyExists'],
  ['create 409', 'Conflict'],
  ['create 429', 'TooManyRequests'],
  ['create 429', 'text'],
  ['get 404', 'NotFound'],
  ['get 404', 'text'],
  ['get 503', 'ServiceUnavailable'],
  ['get 503', 'text'],
] as const

it.each(REASONS_OF_ONE_CODE)('there is a row for %s %s', (told, reason) => {
  const entries = TABLES.flatMap((table) => table.entries)
  expect(entries.some((entry) => toldOf(entry) === told && reasonOf(entry.want) === reason)).toBe(true)
})

describe.each(Object.entries(REFUSED_WITH))('of %s there is', (verb, codes) => {
  const told = new Set(TABLES.flatMap(({ entries }) => entries.map(toldOf)))

  it.each([...OF_EVERY_VERB, ...codes])('a row for %d', (code) => {
    expect(told).toContain(`${verb} ${String(code)}`)
  })
})
