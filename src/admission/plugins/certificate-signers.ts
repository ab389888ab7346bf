/**
 * Who may approve and who may sign requests for certificates: the right to `approve` or `sign` for the signer, beside
 * the right to the endpoint (kubernetes/kubernetes plugin/pkg/admission/certificates/{approval,signing},
 * pkg/certificates/authorization). The question itself comes in as a function, with the policy at hand.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { ClusterPolicy } from '../../auth/cluster-policy.ts'
import type { Attributes } from '../../auth/authorizer.ts'
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts'
import { refusal } from '../refuse.ts'

export type IsAllowed = (attributes: Attributes, policy: ClusterPolicy) => boolean

const GROUP = 'certificates.k8s.io'

/** The endpoint, the verb on the signer, and upstream's word for the refusal. */
const RIGHTS: Readonly<Record<string, { readonly plugin: string; readonly verb: string }>> = {
  approval: { plugin: 'CertificateApproval', verb: 'approve' },
  status: { plugin: 'CertificateSigning', verb: 'sign' },
}

export function certificateSigners(isAllowed: IsAllowed): readonly AdmissionPlugin[] {
  return Object.entries(RIGHTS).map(([endpoint, { plugin, verb }]): AdmissionPlugin => ({
    name: plugin,
    handles: ({ definition, subresource, operation }) =>
      definition.group === GROUP &&
      definition.resource === 'certificatesigningrequests' &&
      subresource === endpoint &&
      operation === 'UPDATE',
    validate(attributes, { policy }) {
      if (endpoint === 'status' && !isSigned(attributes)) return
      const signer = signerOf(attributes.oldObject)
      const [domain = ''] = signer.split('/', 1)
      const isGranted = [signer, `${domain}/*`].some((name) => isAllowed(onSigner(attributes, verb, name), policy))
      if (isGranted) return
      throw refusal(attributes, `user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`)
    },
  }))
}

function signerOf(request: AnyObject | undefined): string {
  return (request as { spec?: { signerName?: string } } | undefined)?.spec?.signerName ?? ''
}

/** Whether the write says anything that is a signer's to say. */
function isSigned({ object, oldObject }: AdmissionAttributes): boolean {
  const said = (request: AnyObject | undefined): unknown => {
    const { certificate = '', conditions = [] } = (request?.['status'] ?? {}) as Record<string, unknown>
    return { certificate, conditions }
  }
  return !equalJson(said(object), said(oldObject))
}

function onSigner({ user }: AdmissionAttributes, verb: string, name: string): Attributes {
  const resource = { group: GROUP, version: '*', resource: 'signers', subresource: '', namespace: '' }
  return { isResource: true, user, verb, name, ...resource }
}
