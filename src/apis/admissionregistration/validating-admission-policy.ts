/**
 * ValidatingAdmissionPolicy: rules for objects on their way in, as CEL.
 * This is the kind's one entry (admissionregistration.k8s.io/v1); it says what the kind is, and does nothing
 * itself.
 * Upstream: kubernetes/kubernetes pkg/registry/admissionregistration/validatingadmissionpolicy.
 */
import { defineKind } from '../define-kind.ts'
import { STATUS } from '../subresources.ts'
import type { V1ValidatingAdmissionPolicy } from '../generated/types.ts'
import { specAndStatusStrategy } from '../status-strategy.ts'

export const validatingAdmissionPolicy = defineKind<V1ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  resource: 'validatingadmissionpolicies',
  scope: 'Cluster',
  type: 'V1ValidatingAdmissionPolicy',
  categories: ['api-extensions'],
  subresources: [STATUS],
  strategy: specAndStatusStrategy<V1ValidatingAdmissionPolicy>('V1ValidatingAdmissionPolicy', {
    countsGenerations: true,
  }),
})
