/**
 * Defaults of admissionregistration.k8s.io/v1. Upstream: kubernetes/kubernetes
 * pkg/apis/admissionregistration/v1/defaults.go.
 */
import type { DefaultTable } from '../defaulting.ts'

const webhook = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: () => ({}),
  objectSelector: () => ({}),
  timeoutSeconds: 10,
}

export const admissionregistrationDefaults: DefaultTable = {
  V1ValidatingWebhook: { fields: webhook },
  V1MutatingWebhook: { fields: { ...webhook, reinvocationPolicy: 'Never' } },
  // SetDefaults_Rule, which is inlined in these
  V1RuleWithOperations: { fields: { scope: '*' } },
  V1NamedRuleWithOperations: { fields: { scope: '*' } },
  AdmissionregistrationV1ServiceReference: { fields: { port: 443 } },
  V1ValidatingAdmissionPolicySpec: { fields: { failurePolicy: 'Fail' } },
  V1MutatingAdmissionPolicySpec: { fields: { failurePolicy: 'Fail' } },
  // SetDefaults_MatchResources
  V1MatchResources: {
    fields: { matchPolicy: 'Equivalent', namespaceSelector: () => ({}), objectSelector: () => ({}) },
  },
}
