/**
 * MutatingAdmissionPolicy: changes of objects on their way in, as CEL.
 * This is the kind's one entry (admissionregistration.k8s.io/v1); it says what the kind is, and does nothing
 * itself.
 * Upstream: kubernetes/kubernetes pkg/registry/admissionregistration/mutatingadmissionpolicy.
 */
import { defineKind } from '../define-kind.ts'
import type { V1MutatingAdmissionPolicy } from '../generated/types.ts'

export const mutatingAdmissionPolicy = defineKind<V1MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  resource: 'mutatingadmissionpolicies',
  scope: 'Cluster',
  type: 'V1MutatingAdmissionPolicy',
  categories: ['api-extensions'],
  strategy: { countsGenerations: true },
})
