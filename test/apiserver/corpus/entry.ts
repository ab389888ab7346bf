/**
 * What a row of the corpus is: a request, what there is before it, and its exact answer. The answers are written from
 * upstream's source, which each table names, never recorded from our own; only what nobody can know beforehand (uids,
 * times, resourceVersions) is left open, and then its form is told.
 */
import { expect } from 'vitest'
import type { UserInfo } from '../../../src/auth/user.ts'
import type { Json } from '../../support/api.ts'
import type { CustomWorld } from '../../system/custom-resources/custom-world.ts'

export type VerbName = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

export interface Asked {
  /** `GET /path?query` */
  readonly request: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly user?: UserInfo
  /** Who it is has to be found out first. */
  readonly token?: string
}

export interface Wanted {
  readonly status: number
  /** Beside those that every answer carries; null: it must be absent. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** JSON, or a text of another kind. */
  readonly body?: unknown
  /** The first events of a watch, instead of a body. */
  readonly frames?: readonly unknown[]
}

export interface Entry {
  readonly what: string
  /** Requests that must succeed before. */
  readonly given?: readonly Asked[]
  /** What happens after them that nobody asks for. */
  readonly passes?: (world: CustomWorld) => void
  /** Others that ask at the same time, and are answered later. */
  readonly beside?: readonly Asked[]
  /** A function of the bodies that `given` was answered with. */
  readonly asked: Asked | ((given: readonly Json[]) => Asked)
  /** Requests sent once a watch is open. */
  readonly meanwhile?: readonly Asked[]
  readonly want: Wanted
}

export interface Table {
  readonly about: string
  /** Where upstream says so. */
  readonly upstream: readonly string[]
  readonly entries: readonly Entry[]
}

export const UID: unknown = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
export const TIME: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
export const REVISION: unknown = expect.stringMatching(/^[1-9]\d*$/)
/** A column's description: any, but not none. */
export const SOME_TEXT: unknown = expect.stringMatching(/./)

export const CONFIG_MAPS = '/api/v1/namespaces/ns/configmaps'
export const LEASES = '/apis/coordination.k8s.io/v1/namespaces/ns/leases'
export const PRIORITY_CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses'
export const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets'
export const PODS = '/api/v1/namespaces/ns/pods'

/** Headers of what never waited for its turn: long-running requests, and those that were refused before. */
export const NO_TURN = { 'x-kubernetes-pf-flowschema-uid': null, 'x-kubernetes-pf-prioritylevel-uid': null }

/** Asks for metadata only. */
export const PARTIAL = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }

export const JSON_PATCH = { 'content-type': 'application/json-patch+json' }
export const MERGE_PATCH = { 'content-type': 'application/merge-patch+json' }
export const STRATEGIC_PATCH = { 'content-type': 'application/strategic-merge-patch+json' }
export const APPLY_PATCH = { 'content-type': 'application/apply-patch+yaml' }

/** The client's name, hence that of the manager of what it writes. */
export const MANAGER = 'corpus'

export function managed(apiVersion: string, fieldsV1: object, more: object = {}): object {
  const operation = 'Update'
  return { manager: MANAGER, operation, apiVersion, time: TIME, fieldsType: 'FieldsV1', fieldsV1, ...more }
}

/** Metadata as the server completes it. */
export function metadata(name: string, more: object = {}): object {
  return { name, namespace: 'ns', uid: UID, resourceVersion: REVISION, creationTimestamp: TIME, ...more }
}

export function clusterMetadata(name: string, more: object = {}): object {
  return { name, uid: UID, resourceVersion: REVISION, creationTimestamp: TIME, ...more }
}

/** A Status as ErrorToAPIStatus writes it (k8s.io/apiserver pkg/endpoints/handlers/responsewriters/status.go). */
export function failure(code: number, reason: string, message: string, details?: object): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  }
}

/** A Status of what upstream has no reason for. */
export function unclassified(message: string): object {
  const { reason: _none, ...status } = failure(500, '', message) as { readonly reason: string }
  return status
}

/** What is wrong with one field: of an Invalid Status, where one is all there is. */
export interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

/** The Status of an object with one error (k8s.io/apimachinery pkg/api/errors/errors.go, NewInvalid). */
export function invalid(kind: string, group: string, name: string, ...causes: Cause[]): object {
  const subject = `${group === '' ? kind : `${kind}.${group}`} ${JSON.stringify(name)}`
  const told = causes.map(({ field, message }) => `${field}: ${message}`)
  const why = told.length === 1 ? told.join() : `[${told.join(', ')}]`
  return failure(422, 'Invalid', `${subject} is invalid: ${why}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind,
    causes,
  })
}

/** Items of a typed list do not say what they are. */
export function untyped(object: object): object {
  const { kind: _kind, apiVersion: _version, ...item } = object as { kind: string; apiVersion: string }
  return item
}

export const uidOf = (body: Json | undefined): string => String(body?.['metadata']?.['uid'])
export const revisionOf = (body: Json | undefined): string => String(body?.['metadata']?.['resourceVersion'])

/** The four kinds: of the core, of a group, of the whole cluster, and one that somebody defined. */
export const configMap = (name: string, data: object = { a: '1' }, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data,
})

export const lease = (name: string, holderIdentity = 'me', more: object = {}): object => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, ...more },
  spec: { holderIdentity },
})

export const priorityClass = (name: string, value = 1_000, more: object = {}): object => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name, ...more },
  value,
})

export const widget = (name: string, spec: object = { size: 1 }, more: object = {}): object => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, ...more },
  spec,
})

const SPEC = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1 },
    color: { type: 'string', default: 'red', enum: ['red', 'blue'] },
  },
}

/** The definition of the last. */
export const WIDGET_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: SPEC } } } },
    ],
  },
}

export const post = (path: string, body: unknown, more: Partial<Asked> = {}): Asked => ({
  request: `POST ${path}`,
  body,
  ...more,
})

/** What is wanted of the four as they were created by `post` and nobody else. */
export const wantConfigMap = (name: string): object => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: metadata(name, { managedFields: [managed('v1', { 'f:data': { '.': {}, 'f:a': {} } })] }),
  data: { a: '1' },
})

export const wantLease = (name: string): object => ({
  kind: 'Lease',
  apiVersion: 'coordination.k8s.io/v1',
  metadata: metadata(name, {
    managedFields: [managed('coordination.k8s.io/v1', { 'f:spec': { 'f:holderIdentity': {} } })],
  }),
  spec: { holderIdentity: 'me' },
})

export const wantPriorityClass = (name: string): object => ({
  kind: 'PriorityClass',
  apiVersion: 'scheduling.k8s.io/v1',
  metadata: clusterMetadata(name, {
    generation: 1,
    managedFields: [managed('scheduling.k8s.io/v1', { 'f:preemptionPolicy': {}, 'f:value': {} })],
  }),
  value: 1_000,
  preemptionPolicy: 'PreemptLowerPriority',
})

/** Defaults of the schema are owned by whoever created the object: they are there before fields are tracked. */
export const wantWidget = (name: string): object => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: metadata(name, {
    generation: 1,
    managedFields: [managed('example.com/v1', { 'f:spec': { '.': {}, 'f:color': {}, 'f:size': {} } })],
  }),
  spec: { size: 1, color: 'red' },
})
