/**
 * What each verb is in an OpenAPI document: its method, the words in the name of its operation, its parameters, its
 * body and its description. Upstream: k8s.io/apiserver pkg/endpoints/installer.go.
 */
import type { Verb } from '../../../apis/define-kind.ts'
import {
  DELETE_OPTIONS_MODEL, PATCH_MODEL, articleFor, type Method, type Operation, type Parameter,
} from './operation.ts'
import { optionParameters } from './parameters.ts'

/** `watchone` and `watchlist` are of the old addresses below `watch/`. */
export type OwnVerb = Exclude<Verb, 'watch'> | 'watchone' | 'watchlist'

interface VerbShape {
  readonly method: Method
  readonly action: string
  readonly prefix: string
  readonly parameters: readonly Parameter[]
}

const LISTING = optionParameters('ListOptions')

export const VERBS: Readonly<Record<OwnVerb, VerbShape>> = {
  get: { method: 'get', action: 'get', prefix: 'read', parameters: [] },
  list: { method: 'get', action: 'list', prefix: 'list', parameters: LISTING },
  create: { method: 'post', action: 'post', prefix: 'create', parameters: optionParameters('CreateOptions') },
  update: { method: 'put', action: 'put', prefix: 'replace', parameters: optionParameters('UpdateOptions') },
  patch: { method: 'patch', action: 'patch', prefix: 'patch', parameters: optionParameters('PatchOptions') },
  delete: { method: 'delete', action: 'delete', prefix: 'delete', parameters: optionParameters('DeleteOptions') },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    prefix: 'delete',
    parameters: [
      ...optionParameters('DeleteOptions'), ...optionParameters('ListOptions', ['watch', 'allowWatchBookmarks']),
    ],
  },
  watchone: { method: 'get', action: 'watch', prefix: 'watch', parameters: LISTING },
  watchlist: { method: 'get', action: 'watchlist', prefix: 'watch', parameters: LISTING },
}

export function bodyOf(verb: OwnVerb, model: string): Pick<Operation, 'body'> {
  if (verb === 'create' || verb === 'update') return { body: { model, isRequired: true } }
  if (verb === 'patch') return { body: { model: PATCH_MODEL, isRequired: true } }
  if (verb !== 'delete' && verb !== 'deletecollection') return {}
  return { body: { model: DELETE_OPTIONS_MODEL, isRequired: false } }
}

/** What a verb does to a kind, or to a part of it ('': to the object itself). */
export function describeVerb(verb: OwnVerb, kind: string, part: string, isWatched: boolean): string {
  const of = part === '' ? '' : `${part} of `
  switch (verb) {
    case 'get':
      return `read ${of}the specified ${kind}`
    case 'update':
      return `replace ${of}the specified ${kind}`
    case 'patch':
      return `partially update ${of}the specified ${kind}`
    case 'list':
      return `list ${isWatched ? 'or watch ' : ''}objects of kind ${kind}`
    case 'create':
    case 'delete':
      return `${verb}${part === '' ? '' : ` ${part} of`}${articleFor(kind)}${kind}`
    case 'deletecollection':
      return `delete collection of ${kind}`
    case 'watchone':
      return `watch changes to an object of kind ${kind}. deprecated: use the 'watch' parameter with a list operation` +
        " instead, filtered to a single item with the 'fieldSelector' parameter."
    case 'watchlist':
      return `watch individual changes to a list of ${kind}. deprecated: use the 'watch' parameter with a list` +
        ' operation instead.'
  }
}
