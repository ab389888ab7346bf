/**
 * What every API object has: type, metadata, owners, conditions, lists. The shapes are those of the wire
 * (k8s.io/apimachinery pkg/apis/meta/v1/types.go); times are RFC 3339 text, never Date.
 */
import { ascending } from '../lib/order.ts'

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export interface ManagedFieldsEntry {
  manager?: string
  operation?: string
  apiVersion?: string
  time?: string
  fieldsType?: string
  fieldsV1?: Record<string, unknown>
  subresource?: string
}

export interface ObjectMeta {
  name?: string
  generateName?: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  /** Of old servers; taken away by every write. */
  selfLink?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  finalizers?: string[]
  managedFields?: ManagedFieldsEntry[]
}

/** Any API object. Kinds with known fields extend it with `spec`, `status`, …. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

/** An API object whose kind is not known when the code is written. */
export type AnyObject = KubeObject & Record<string, unknown>

export interface ListMeta {
  resourceVersion?: string
  continue?: string
  remainingItemCount?: number
}

export interface ObjectList<T extends KubeObject = AnyObject> {
  apiVersion: string
  kind: string
  metadata: ListMeta
  items: T[]
}

/** metav1.Condition, and the older conditions of Pod, Node, Deployment, which have no observedGeneration. */
export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
  observedGeneration?: number
}

export interface GroupVersion {
  readonly group: string
  readonly version: string
}

export interface GroupVersionKind extends GroupVersion {
  readonly kind: string
}

export interface GroupResource {
  readonly group: string
  readonly resource: string
}

/** `apps/v1`, or `v1` for the core group. */
export function formatGroupVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`
}

/** The inverse of {@link formatGroupVersion}; undefined when the text has more than one slash, or nothing else. */
export function parseGroupVersion(text: string): GroupVersion | undefined {
  const parts = text.split('/')
  if (parts.length > 2 || parts.every((part) => part === '')) return undefined
  return parts.length === 1 ? { group: '', version: text } : { group: parts[0] ?? '', version: parts[1] ?? '' }
}

/** `deployments.apps`, or `pods` for the core group: the form in error messages and in the store. */
export function formatGroupResource({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`
}

/** A time as metav1.Time prints it: UTC, whole seconds. */
export function formatTime(timeMs: number): string {
  const second = Math.floor(timeMs / 1000)
  if (second !== printed.second) printed = { second, text: `${new Date(timeMs).toISOString().slice(0, 19)}Z` }
  return printed.text
}

/** The second printed last: most times are now. */
let printed = { second: Number.NaN, text: '' }

/** A time as metav1.MicroTime prints it: UTC, six digits of a second. */
export function formatMicroTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 23)}000Z`
}

/** The owner reference with `controller: true`, if there is one. */
export function controllerOf(subject: KubeObject): OwnerReference | undefined {
  return subject.metadata.ownerReferences?.find((owner) => owner.controller === true)
}

/** `v2` before `v1` before `v2beta1` before `v1alpha1` before names that are no versions. */
const VERSION = /^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?$/
const STAGES: readonly string[] = ['alpha', 'beta']

function versionRank(version: string): readonly [number, number, number] {
  const match = VERSION.exec(version)
  if (match === null) return [-1, 0, 0]
  const [, major, stage, minor] = match
  const maturity = stage === undefined ? STAGES.length : STAGES.indexOf(stage)
  return [maturity, Number(major), Number(minor ?? '0')]
}

/** Kubernetes' order of versions (k8s.io/apimachinery pkg/version/helpers.go): negative when `left` comes first. */
export function compareVersions(left: string, right: string): number {
  const [first, second] = [versionRank(left), versionRank(right)]
  for (const at of [0, 1, 2] as const) {
    if (first[at] !== second[at]) return second[at] - first[at]
  }
  return ascending(left, right)
}
