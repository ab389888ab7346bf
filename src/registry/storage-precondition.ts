/**
 * What is said when an object is not the one that was meant: upstream passes on what its storage says, the key included
 * (k8s.io/apiserver pkg/storage/{interfaces,errors}.go). The keys here are those that upstream's storage would have
 * (kubernetes/kubernetes pkg/kubeapiserver/default_storage_factory_builder.go).
 */
import type { ApiStatusError } from '../apimachinery/status-error.ts'
import { conflictError } from '../apimachinery/status-error.ts'
import type { KindDefinition, KindRef } from '../apis/define-kind.ts'

/** Resources that are not kept under their own name. */
const PREFIXES: Readonly<Record<string, string>> = {
  '/replicationcontrollers': 'controllers',
  '/endpoints': 'services/endpoints',
  '/nodes': 'minions',
  '/services': 'services/specs',
  'networking.k8s.io/ingresses': 'ingress',
}

/** Groups of servers of their own, which keep the group in the key, as do custom resources. */
const GROUPED: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io'])

/** What only tries writes knows the key without the prefix of the storage (registry/generic/registry/dryrun.go). */
function keyOf({ definition: kind, namespace, name, isDryRun }: Meant): string {
  const { group, resource, scope } = kind
  const isGrouped = kind.custom !== undefined || GROUPED.has(group)
  const prefix = PREFIXES[`${group}/${resource}`] ?? (isGrouped ? `${group}/${resource}` : resource)
  return [isDryRun ? '' : '/registry', prefix, ...(scope === 'Namespaced' ? [namespace] : []), name].join('/')
}

export interface Meant {
  readonly definition: KindRef & Partial<Pick<KindDefinition, 'custom'>>
  readonly namespace: string
  readonly name: string
  readonly isDryRun: boolean
}

/** 409. `wanted` and `found` are of the same field. */
export function storagePreconditionError(
  meant: Meant,
  what: 'ResourceVersion' | 'UID',
  wanted: string,
  found: string,
): ApiStatusError {
  const why =
    `StorageError: invalid object, Code: 4, Key: ${keyOf(meant)}, ResourceVersion: 0, AdditionalErrorMsg: ` +
    `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${found}`
  return conflictError(meant.definition, meant.name, why)
}
