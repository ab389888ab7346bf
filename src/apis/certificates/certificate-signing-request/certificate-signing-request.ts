/**
 * CertificateSigningRequest: a request for a certificate.
 * This is the kind's one entry (certificates.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/certificates/certificatesigningrequest.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1CertificateSigningRequest } from '../../generated/types.ts'
import { certificateSigningRequestColumns } from '../../small-group-columns.ts'
import { certificateSigningRequestStrategy } from './strategy.ts'

export const certificateSigningRequest = defineKind<V1CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  resource: 'certificatesigningrequests',
  scope: 'Cluster',
  type: 'V1CertificateSigningRequest',
  shortNames: ['csr'],
  subresources: [
    { name: 'approval', verbs: ['get', 'patch', 'update'] },
    STATUS,
  ],
  columns: certificateSigningRequestColumns,
  strategy: certificateSigningRequestStrategy,
  selectableFields: (subject) => ({
    'spec.signerName': subject.spec?.signerName ?? '',
  }),
  notActedUpon: 'CertificateSigningRequest: nothing acts on it yet: the certificate signer is not built',
})
