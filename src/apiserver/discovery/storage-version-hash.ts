/**
 * What tells clients that objects of a resource are stored otherwise than before: a hash of the storage version's
 * group, version and kind (k8s.io/apiserver pkg/endpoints/discovery/storageversionhash.go). Storage migrators compare
 * it.
 */
import type { ListedKind } from '../../apis/custom/listed-kind.ts'
import { sha256 } from '../../lib/crypto/sha256.ts'

const HASH_BYTES = 8

export function storageVersionHash(definition: ListedKind): string {
  const { group, version, kind } = definition.storedAs?.definition ?? definition
  return btoa(String.fromCharCode(...sha256(`${group}/${version}/${kind}`).slice(0, HASH_BYTES)))
}
