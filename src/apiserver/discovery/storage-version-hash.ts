/**
 * What tells clients that objects of a resource are stored otherwise than before: a hash of the storage version's
 * group, version and kind (k8s.io/apiserver pkg/endpoints/discovery/storageversionhash.go). Storage migrators compare
 * it.
 */
import type { ListedKind } from '../../apis/custom/listed-kind.ts'
import { sha256 } from '../../lib/crypto/sha256.ts'

const HASH_BYTES = 8

/** Kinds that upstream stores in an older version than it serves, by group and kind. */
const STORED_VERSIONS: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io/CustomResourceDefinition': 'v1beta1',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': 'v1beta1',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': 'v1beta1',
}

export function storageVersionHash(definition: ListedKind): string {
  const { group, version, kind } = definition.storedAs?.definition ?? definition
  const stored = STORED_VERSIONS[`${group}/${kind}`] ?? version
  return btoa(String.fromCharCode(...sha256(`${group}/${stored}/${kind}`).slice(0, HASH_BYTES)))
}
