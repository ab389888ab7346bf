/**
 * MutatingAdmissionPolicyBinding: where a MutatingAdmissionPolicy holds.
 * This is the kind's one entry (admissionregistration.k8s.io/v1); it says what the kind is, and does nothing
 * itself.
 * Upstream: kubernetes/kubernetes pkg/registry/admissionregistration/mutatingadmissionpolicybinding.
 */
import { defineKind } from '../define-kind.ts'
import type { V1MutatingAdmissionPolicyBinding } from '../generated/types.ts'

export const mutatingAdmissionPolicyBinding = defineKind<V1MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  resource: 'mutatingadmissionpolicybindings',
  scope: 'Cluster',
  type: 'V1MutatingAdmissionPolicyBinding',
  categories: ['api-extensions'],
  strategy: { countsGenerations: true },
})
