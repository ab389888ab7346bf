/**
 * Puts the escalation checks of roles and bindings where upstream has them: after all that changes an object, before
 * its validation. The check itself is the authorization floor's and comes in as a function (auth/rbac/escalation.ts,
 * checkEscalation), with an authorizer for the policy at hand.
 */
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../plugin.ts'

export type EscalationCheck = (attributes: AdmissionAttributes, context: AdmissionContext) => void

export function rbacEscalation(check: EscalationCheck): AdmissionPlugin {
  return {
    name: 'RbacEscalation',
    handles: ({ definition, operation, subresource }) =>
      definition.group === 'rbac.authorization.k8s.io' &&
      subresource === '' &&
      (operation === 'CREATE' || operation === 'UPDATE'),
    admit: check,
  }
}
