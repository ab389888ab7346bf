/**
 * How CertificateSigningRequests behave on writes: who asks is written down by the server, and what was asked never
 * changes; approval, certificate and failure have endpoints of their own.
 * Upstream: kubernetes/kubernetes pkg/registry/certificates/certificates/strategy.go.
 */
import type { EndpointStrategy, Requester, Strategy } from '../../define-kind.ts'
import type { V1CertificateSigningRequest } from '../../generated/types.ts'
import { copyField, specAndStatusStrategy } from '../../status-strategy.ts'
import { validateCertificate } from './certificate.ts'
import type { Conditions, Rights } from './conditions.ts'
import { conditionsOf, validateConditions, validateStatusChange, withApprovalsKept, withTimes } from './conditions.ts'
import { validateRequest } from './validation.ts'

const base = specAndStatusStrategy<V1CertificateSigningRequest>('V1CertificateSigningRequest', {
  allowsUnconditionalUpdate: true,
})

function writeRequester(next: V1CertificateSigningRequest, requester: Requester): void {
  const { username, uid = '', groups, extra = {} } = requester
  const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...asked } = next.spec
  next.spec = {
    ...asked,
    username,
    ...(uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(Object.keys(extra).length === 0
      ? {}
      : { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) }),
  }
}

const validateChange =
  (rights: Rights) =>
  (next: V1CertificateSigningRequest, old: V1CertificateSigningRequest) => [
    ...validateRequest(next, old),
    ...validateConditions(next, old),
    ...validateCertificate(next, old),
    ...validateStatusChange(next, old, rights),
  ]

function setConditions(next: V1CertificateSigningRequest, conditions: Conditions): void {
  const { conditions: _sent, ...status } = next.status ?? {}
  next.status = conditions.length === 0 ? status : { ...status, conditions: [...conditions] }
}

const status: EndpointStrategy<V1CertificateSigningRequest> = {
  prepareForUpdate(next, previous, { nowMs }) {
    copyField(next, previous, 'spec')
    const before = conditionsOf(previous)
    setConditions(next, withTimes(withApprovalsKept(conditionsOf(next), before), before, nowMs))
  },
  validateUpdate: validateChange({ setsApproval: false, setsCertificate: true }),
}

const approval: EndpointStrategy<V1CertificateSigningRequest> = {
  prepareForUpdate(next, previous, { nowMs }) {
    const conditions = withTimes(conditionsOf(next), conditionsOf(previous), nowMs)
    copyField(next, previous, 'spec')
    copyField(next, previous, 'status')
    setConditions(next, conditions)
  },
  validateUpdate: validateChange({ setsApproval: true, setsCertificate: false }),
}

export const certificateSigningRequestStrategy: Strategy<V1CertificateSigningRequest> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    writeRequester(next, context.requester)
  },
  validate: (next, facts) => validateRequest(next, undefined, facts),
  prepareForUpdate(next, previous) {
    copyField(next, previous, 'spec')
    copyField(next, previous, 'status')
  },
  validateUpdate: validateChange({ setsApproval: false, setsCertificate: false }),
  status,
  parts: { approval },
}
