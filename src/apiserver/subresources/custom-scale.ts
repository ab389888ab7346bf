/**
 * `scale` of custom resources: the same small object, read from and written to where the definition says (k8s.io/
 * apiextensions-apiserver pkg/registry/customresource/etcd.go, ScaleREST).
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { isJsonObject } from '../../apimachinery/patch/json-value.ts'
import { badRequestError, internalError } from '../../apimachinery/status-error.ts'
import { valueAt } from '../../apis/custom/scale-paths.ts'
import type { ScalePaths } from '../../apis/define-kind.ts'

/** Stands for replicas that are not set, while a change is made: the smallest number that a Scale can hold. */
const UNSET_REPLICAS = -2_147_483_648

export interface ScaleValues {
  readonly replicas: number
  readonly statusReplicas: number
  readonly selector: string
}

export function customScale(subject: AnyObject, paths: ScalePaths): ScaleValues {
  const selector = paths.selector === undefined ? undefined : valueAt(subject, paths.selector)
  return {
    replicas: numberAt(subject, paths.specReplicas) ?? 0,
    statusReplicas: numberAt(subject, paths.statusReplicas) ?? 0,
    selector: typeof selector === 'string' ? selector : '',
  }
}

/** The same for whoever changes it: what is not set is told apart from none. */
export function changeableScale(subject: AnyObject, paths: ScalePaths): ScaleValues {
  return { ...customScale(subject, paths), replicas: numberAt(subject, paths.specReplicas) ?? UNSET_REPLICAS }
}

function numberAt(subject: AnyObject, fields: readonly string[]): number | undefined {
  const value = valueAt(subject, fields)
  return typeof value === 'number' ? value : undefined
}

/** @throws ApiStatusError 500, as upstream */
export function checkReplicasThere(subject: AnyObject, { specReplicas }: ScalePaths): void {
  if (valueAt(subject, specReplicas) !== undefined) return
  throw internalError(`the spec replicas field ".${specReplicas.join('.')}" does not exist`)
}

/** Mutates. @throws ApiStatusError 400 */
export function setReplicas(subject: AnyObject, { specReplicas }: ScalePaths, replicas: number): void {
  if (replicas === UNSET_REPLICAS) {
    throw badRequestError(`the spec replicas field ".${specReplicas.join('.')}" cannot be empty`)
  }
  let owner: Record<string, unknown> = subject
  for (const field of specReplicas.slice(0, -1)) {
    const inner = owner[field]
    const next = isJsonObject(inner) ? inner : {}
    owner[field] = next
    owner = next
  }
  owner[specReplicas.at(-1) ?? ''] = replicas
}
