/**
 * What can be done at a path, apart from how a version of OpenAPI writes it. Texts of parameters are looked up when a
 * document is written: they are none of ours.
 */
import type { GroupVersionKind } from '../../../apimachinery/meta.ts'

export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch'

export interface Parameter {
  readonly name: string
  readonly place: 'path' | 'query'
  readonly type: 'string' | 'boolean' | 'integer'
  /** Where its text is found: a type of options in the descriptions, or the text itself. */
  readonly told: { readonly of: string } | { readonly text: string }
}

/** A model's name; `string` is plain text or a stream. */
type Model = string

export interface Answer {
  readonly code: 200 | 201 | 202
  readonly model: Model
}

export interface Operation {
  readonly method: Method
  readonly id: string
  readonly tag: string
  readonly description: string
  /** x-kubernetes-action: get, list, post, …; undefined for what is no resource. */
  readonly action?: string
  readonly kind?: GroupVersionKind
  readonly parameters: readonly Parameter[]
  readonly body?: { readonly model: Model; readonly isRequired: boolean }
  readonly consumes: readonly string[]
  readonly produces: readonly string[]
  readonly answers: readonly Answer[]
}

export interface Path {
  readonly path: string
  readonly operations: readonly Operation[]
}

/** What stands for a plain text or a stream. */
export const TEXT_MODEL = 'string'
export const STATUS_MODEL = 'V1Status'
export const WATCH_EVENT_MODEL = 'V1WatchEvent'
export const DELETE_OPTIONS_MODEL = 'V1DeleteOptions'
/** What a server-side patch takes: any JSON. */
export const PATCH_MODEL = 'V1Patch'

const REASONS = { 200: 'OK', 201: 'Created', 202: 'Accepted' } as const

export function describeAnswer({ code }: Answer): string {
  return REASONS[code]
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** As upstream makes a name of any text (k8s.io/apiserver pkg/endpoints/openapi/openapi.go, ToValidOperationID). */
function identifier(text: string): string {
  const [first = '', ...rest] = text.split(/[^A-Za-z0-9_]+/)
  return first + rest.map(capitalized).join('')
}

/** `core`, `apps`, `rbacAuthorization`: a group in the name of an operation. */
function groupWord(group: string): string {
  return group === '' ? 'core' : identifier(group.replace(/\.k8s\.io$/, ''))
}

/** The name of an operation: prefix, group and version, subject. */
export function operationId(prefix: string, { group, version }: Addressed, subject: string): string {
  return `${prefix}${capitalized(groupWord(group))}${capitalized(identifier(version))}${subject}`
}

export function tagOf({ group, version }: Addressed): string {
  return version === '' ? groupWord(group) : `${groupWord(group)}_${identifier(version)}`
}

interface Addressed {
  readonly group: string
  readonly version: string
}

/** `Ephemeralcontainers`: a subresource in the name of an operation. */
export function titleOf(word: string): string {
  return capitalized(word.toLowerCase())
}

/** ` a `, ` an `, or a blank before what has no article (k8s.io/apiserver pkg/endpoints, GetArticleForNoun). */
export function articleFor(noun: string): string {
  if (noun.endsWith('s') && !noun.endsWith('ss')) return ' '
  return /^[aeiou]/i.test(noun) ? ' an ' : ' a '
}
