/**
 * ValidatingAdmissionPolicyBinding: where a ValidatingAdmissionPolicy holds.
 * This is the kind's one entry (admissionregistration.k8s.io/v1); it says what the kind is, and does nothing
 * itself.
 * Upstream: kubernetes/kubernetes pkg/registry/admissionregistration/validatingadmissionpolicybinding.
 */
import { defineKind } from '../define-kind.ts'
import type { V1ValidatingAdmissionPolicyBinding } from '../generated/types.ts'

export const validatingAdmissionPolicyBinding = defineKind<V1ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  resource: 'validatingadmissionpolicybindings',
  scope: 'Cluster',
  type: 'V1ValidatingAdmissionPolicyBinding',
  categories: ['api-extensions'],
  strategy: { countsGenerations: true },
})
