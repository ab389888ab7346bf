/**
 * Nothing is created in a namespace that is not there or is going away, and three namespaces never go away (upstream:
 * k8s.io/apiserver pkg/admission/plugin/namespace/lifecycle). Whether the namespace lives is known for certain here,
 * in its own object, so nothing is looked up twice.
 */
import { notFoundError } from '../../apimachinery/status-error.ts'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../plugin.ts'
import { refusal } from '../refuse.ts'

export const IMMORTAL_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: ({ operation }) => operation !== 'CONNECT',
  admit(attributes, context) {
    refuseImmortal(attributes)
    if (isCreateInNamespace(attributes)) requireLiving(attributes, context)
  },
  // Deletions have no mutating half here: nothing could be mutated.
  validate: refuseImmortal,
}

function refuseImmortal(attributes: AdmissionAttributes): void {
  const { operation, name } = attributes
  if (operation !== 'DELETE' || !isNamespace(attributes) || !IMMORTAL_NAMESPACES.has(name)) return
  throw refusal(attributes, 'this namespace may not be deleted')
}

function isNamespace({ definition }: AdmissionAttributes): boolean {
  return definition.group === '' && definition.kind === 'Namespace'
}

function isCreateInNamespace(attributes: AdmissionAttributes): boolean {
  const { operation, namespace, definition } = attributes
  // Reviews say nothing about namespaces that the caller may not see.
  const isReview = definition.group === 'authorization.k8s.io' && definition.resource === 'localsubjectaccessreviews'
  return operation === 'CREATE' && namespace !== '' && !isNamespace(attributes) && !isReview
}

function requireLiving(attributes: AdmissionAttributes, { namespacePhase }: AdmissionContext): void {
  const { namespace } = attributes
  if (namespacePhase === 'absent') throw notFoundError({ group: '', resource: 'namespaces' }, namespace)
  if (namespacePhase !== 'terminating') return
  const error = refusal(
    attributes,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  error.status.details = { ...error.status.details, causes: [cause] }
  throw error
}
