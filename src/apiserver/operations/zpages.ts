/**
 * /statusz and /flagz (KEP-4827, KEP-4828; k8s.io/apiserver pkg/server/{statusz,flagz}): what runs here, since when and
 * with which settings; as text for people, and structured for who names the kind. The text's separator is drawn by lot,
 * as upstream draws it, so that nobody parses it.
 */
import { byKey } from '../../lib/order.ts'
import type { Random } from '../../lib/random.ts'
import { escapeHtml } from '../../lib/html.ts'
import { notAcceptableError } from '../../apimachinery/status-error.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { PROTOBUF_MEDIA_TYPE } from '../../apimachinery/wire/protobuf/codec.ts'
import { answerError, headersOf, renderBody } from '../answer.ts'
import { isPrettyWanted, negotiateError, parseAccept } from '../negotiate.ts'
import { sized } from '../reading/body-size.ts'

const COMPONENT = 'apiserver'
const GROUP = 'config.k8s.io'
const DEPRECATED = 'v1alpha1'
const VERSIONS = ['v1beta1', DEPRECATED]
const ACCEPTED = ['application/json', 'application/yaml', 'text/plain'] as const
const SEPARATORS = [':', ': ', '=', ' ']

export interface ServerStatus {
  readonly startMs: number
  readonly nowMs: number
  readonly goVersion: string
  readonly binaryVersion: string
  readonly emulationVersion: string
  readonly paths: readonly string[]
}

interface Structured {
  readonly version: string
  readonly mediaType: 'application/json' | 'application/yaml'
  readonly isPretty: boolean
}

type Wanted = Structured | 'text'

export function answerStatusz(request: Request, status: ServerStatus, random: Random): Response {
  const startTime = formatTime(status.startMs)
  const uptimeSeconds = Math.max(0, Math.floor((status.nowMs - status.startMs) / 1000))
  const { goVersion, binaryVersion, emulationVersion } = status
  const paths = foldersOf(status.paths)
  return answer(request, 'Statusz', { startTime, uptimeSeconds, goVersion, binaryVersion, emulationVersion, paths }, () => {
    const to = SEPARATORS[Math.floor(random.next() * SEPARATORS.length)] ?? ':'
    const lines = [
      ['Started', unixDate(status.startMs)],
      ['Up', uptimeText(uptimeSeconds)],
      ['Go version', goVersion],
      ['Binary version', binaryVersion],
      ['Emulation version', emulationVersion],
      ['Paths', paths.join(' ')],
    ]
    return `\n${lines.map(([name = '', value = '']) => `${name}${to} ${escapeHtml(value)}\n`).join('')}`
  })
}

/** Values that are secrets come as `CLASSIFIED`: that is their owner's business. */
export function answerFlagz(request: Request, flags: Readonly<Record<string, string>>, random: Random): Response {
  const sorted = Object.entries(flags).toSorted(byKey)
  return answer(request, 'Flagz', { flags: Object.fromEntries(sorted) }, () => {
    const to = SEPARATORS[Math.floor(random.next() * SEPARATORS.length)] ?? ':'
    return sorted.map(([name, value]) => `${name}${to}${value}\n`).join('')
  })
}

function answer(request: Request, kind: 'Statusz' | 'Flagz', fields: object, text: () => string): Response {
  const wanted = wantedForm(request.headers.get('accept'), kind)
  const pretty = new URL(request.url).searchParams.get('pretty')
  if (wanted === undefined) return answerUnacceptable(request.headers, pretty)
  if (wanted === 'text') {
    const page = kind.toLowerCase()
    const warning =
      'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.'
    const headers = headersOf('text/plain; charset=utf-8', [])
    const body = `\n${COMPONENT} ${page}\n${warning}\n${text()}`
    return sized(new Response(body, { headers }), body.length)
  }
  const { version, mediaType } = wanted
  const body = { kind, apiVersion: `${GROUP}/${version}`, metadata: { name: COMPONENT }, ...fields }
  const old = `This version of the ${kind.toLowerCase()} endpoint is deprecated. Please use a newer version.`
  const shape = `${mediaType};g=${GROUP};v=${version};as=${kind}`
  const headers = headersOf(shape, version === DEPRECATED ? [old] : [])
  const isPretty = wanted.isPretty || isPrettyWanted(request.headers, pretty)
  const printed = renderBody(JSON.stringify(body), { mediaType, isPretty })
  return sized(new Response(printed, { headers }), printed.length)
}

/** Nothing here is written in protobuf, refusals neither. @throws ApiStatusError 406 */
function answerUnacceptable(headers: Headers, pretty: string | null): Response {
  const error = notAcceptableError(ACCEPTED)
  if (negotiateError({ headers, pretty }).mediaType !== PROTOBUF_MEDIA_TYPE) throw error
  return answerError(error, { mediaType: 'application/json', isPretty: true })
}

/** Undefined: none that there is. */
function wantedForm(accept: string | null, kind: string): Wanted | undefined {
  if (accept === null || accept.trim() === '') return 'text'
  for (const { type, subtype, parameters } of parseAccept(accept)) {
    const [as, group, version = ''] = [parameters.get('as'), parameters.get('g'), parameters.get('v')]
    const range = `${type}/${subtype}`
    // There are no streams, and no other server's versions.
    if (parameters.has('stream') || parameters.has('sv')) continue
    if (as === undefined && ['text/plain', 'text/*', '*/*'].includes(range)) return 'text'
    const mediaType = range === 'application/*' || range === '*/*' ? 'application/json' : range
    if (mediaType !== 'application/json' && mediaType !== 'application/yaml') continue
    if (as === kind && group === GROUP && VERSIONS.includes(version)) {
      return { version, mediaType, isPretty: parameters.get('pretty') === '1' }
    }
  }
  return undefined
}

/** First parts of paths, without those that everybody knows. */
function foldersOf(paths: readonly string[]): string[] {
  const known = new Set(['', 'api', 'apis', 'openapi', 'openid', '.well-known'])
  const folders = new Set(paths.map((path) => path.split('/')[1] ?? '').filter((folder) => !known.has(folder)))
  return [...folders].map((folder) => `/${folder}`).toSorted()
}

/** Go's time.UnixDate. */
function unixDate(timeMs: number): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(timeMs).toUTCString().split(' ')
  return `${day.replace(',', '')} ${month} ${String(Number(date)).padStart(2, ' ')} ${time} UTC ${year}`
}

function uptimeText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${String(Math.floor(seconds / 3600))} hr ${two(Math.floor(seconds / 60) % 60)} min ${two(seconds % 60)} sec`
}
