/**
 * Names that an address leaves out: its steps may be empty. Most requests are asked for both names as they begin; who
 * connects, or reads a log, for the namespace only when something is looked for there.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import { badRequestError } from '../../apimachinery/status-error.ts'
import type { ResourceRequest } from '../request-info.ts'

/** Verbs of custom resources that are of an object, whatever the address says. */
const OF_NAMED: ReadonlySet<string> = new Set(['update', 'patch'])

/** What can be asked of all namespaces at once. */
export const OF_ALL_NAMESPACES: ReadonlySet<string> = new Set(['list', 'watch'])

/** @throws ApiStatusError 400 */
export function checkName({ name, verb, subresource }: ResourceRequest): void {
  if (name === '' && (subresource !== '' || OF_NAMED.has(verb))) throw badRequestError('name must be provided')
}

/** @throws ApiStatusError 400 */
export function checkNamespace(definition: KindDefinition, info: ResourceRequest): void {
  const { namespace, name, verb, subresource } = info
  if (definition.scope !== 'Namespaced' || namespace !== '') return
  if (OF_ALL_NAMESPACES.has(verb) && subresource === '') return
  // The object that is created nowhere is refused as invalid.
  if (verb === 'create' && name === '' && definition.isVirtual !== true) return
  throw badRequestError('Namespace parameter required.')
}
