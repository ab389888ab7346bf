/**
 * CertificateSigningRequests: who writes what through which endpoint. The expected side is kubernetes/kubernetes
 * pkg/registry/certificates/certificates/strategy.go, pkg/apis/certificates/validation/validation.go and
 * plugin/pkg/admission/certificates.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { UserInfo } from '../../../src/auth/user.ts'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import { SteppedClock } from '../../support/stepped-clock.ts'
import { ONE_CERTIFICATE as CERTIFICATE, RSA_CERTIFICATE } from '../../fixtures/certificates.ts'
import { CERTIFICATE_REQUEST } from '../../fixtures/certificate-request.ts'

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const MERGE = { 'content-type': 'application/merge-patch+json' }
const PEM = btoa(CERTIFICATE_REQUEST)
/** Of the frame of a certificate only: an empty sequence in a sequence. */
const pemOf = (type: string, body = 'MAIwAA=='): string => `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`
const GROUPS = ['devs', 'system:authenticated']
const JANE: UserInfo = { username: 'jane', uid: 'u-1', groups: GROUPS, extra: { team: ['a'] } }
const APPROVED = { type: 'Approved', status: 'True', reason: 'Fine', message: 'by hand' }

let api: TestApi
let clock: SteppedClock

beforeEach(async () => {
  clock = new SteppedClock()
  api = testApi('', { clock })
  await grant('asker', [onRequests('create')])
})

const onRequests = (verb: string, part = ''): object => ({
  apiGroups: ['certificates.k8s.io'],
  resources: [`certificatesigningrequests${part}`],
  verbs: [verb],
})

async function grant(name: string, rules: object[]): Promise<void> {
  const type = { apiVersion: 'rbac.authorization.k8s.io/v1' }
  const path = '/apis/rbac.authorization.k8s.io/v1'
  await api.json('POST', `${path}/clusterroles`, { body: { ...type, kind: 'ClusterRole', metadata: { name }, rules } })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }
  const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }]
  const body = { ...type, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects }
  await api.json('POST', `${path}/clusterrolebindings`, { body })
}

const aRequest = (spec: object = {}): object => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'r' },
  spec: { request: PEM, signerName: 'example.com/signer', usages: ['client auth'], ...spec },
})

async function made(): Promise<Json> {
  const { code, body } = await api.json('POST', REQUESTS, { body: aRequest(), user: JANE })
  expect([code, body['message']]).toEqual([201, undefined])
  return body
}

const patch = (part: string, status: object, user?: UserInfo): ReturnType<TestApi['json']> =>
  api.json('PATCH', `${REQUESTS}/r${part}`, {
    body: { status },
    headers: MERGE,
    ...(user === undefined ? {} : { user }),
  })

const time = (): string => new Date(clock.now()).toISOString().replace(/\.\d+/, '')

describe('a request', () => {
  it('says who asks, whatever its author wrote', async () => {
    const forged = aRequest({ username: 'root', groups: ['system:masters'], uid: 'x', extra: { a: ['b'] } })
    const { code, body } = await api.json('POST', REQUESTS, { body: forged, user: JANE })
    expect(code).toBe(201)
    expect(body['spec']).toMatchObject({
      username: 'jane',
      uid: 'u-1',
      groups: GROUPS,
      extra: { team: ['a'] },
    })
  })

  it('never changes what it asks, nor its status, by itself', async () => {
    const before = await made()
    const body = { spec: { signerName: 'example.com/other' }, status: { conditions: [APPROVED] } }
    const answer = await api.json('PATCH', `${REQUESTS}/r`, { body, headers: MERGE })
    expect(answer).toEqual({ code: 200, body: before })
  })

  it.each([
    [{ usages: [] }, 'spec.usages: Required value'],
    [{ usages: ['client auth', 'client auth'] }, 'spec.usages[1]: Duplicate value: "client auth"'],
    [{ expirationSeconds: 5 }, 'spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 600 seconds (10 minutes)'],
    [{ signerName: 'kubernetes.io/legacy-unknown' }, 'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version'],
    [{ signerName: 'signer' }, `spec.signerName: Invalid value: "signer": must be a fully qualified domain and path of the form 'example.com/signer-name'`],
    [{ signerName: 'example/signer' }, 'spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots'],
    [{ request: btoa(pemOf('NEW CERTIFICATE REQUEST')) }, `spec.request: Invalid value: "${btoa(pemOf('NEW CERTIFICATE REQUEST'))}": PEM block type must be CERTIFICATE REQUEST`],
    [{ request: btoa('nothing') }, `spec.request: Invalid value: "${btoa('nothing')}": PEM block type must be CERTIFICATE REQUEST`],
  ])('with %j is refused', async (spec, message) => {
    const { code, body } = await api.json('POST', REQUESTS, { body: aRequest(spec) })
    expect([code, body['message']]).toEqual([
      422,
      `CertificateSigningRequest.certificates.k8s.io "r" is invalid: ${message}`,
    ])
  })
})

describe('approval', () => {
  it('sets conditions and nothing else, with the times that were left out', async () => {
    await made()
    const { code, body } = await patch('/approval', { conditions: [APPROVED], certificate: btoa(CERTIFICATE) })
    expect(code).toBe(200)
    expect(body['status']).toEqual({
      conditions: [{ ...APPROVED, lastUpdateTime: time(), lastTransitionTime: time() }],
    })
    expect((await api.json('GET', `${REQUESTS}/r/approval`)).body).toEqual(body)
  })

  it('is not taken back, and not both ways', async () => {
    await made()
    await patch('/approval', { conditions: [APPROVED] })
    const removed = await patch('/approval', { conditions: [] })
    expect([removed.code, removed.body['message']]).toEqual([
      422,
      'CertificateSigningRequest.certificates.k8s.io "r" is invalid: status.conditions: Forbidden: ' +
        'updates may not remove a condition of type "Approved"',
    ])
    const both = await patch('/approval', { conditions: [APPROVED, { type: 'Denied', status: 'True' }] })
    expect(both.body['message']).toContain(
      'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
    )
  })

  it.each([
    [[{ ...APPROVED, status: 'False' }], 'status.conditions[0].status: Unsupported value: "False": supported values: "True"'],
    [[{ type: 'Mine', status: '' }], 'status.conditions[0].status: Required value'],
    [[{ type: '', status: 'True' }], 'status.conditions[0].type: Required value'],
    [[APPROVED, APPROVED], 'status.conditions[1].type: Duplicate value: "Approved"'],
  ])('of %j is refused', async (conditions, message) => {
    await made()
    const { code, body } = await patch('/approval', { conditions })
    expect([code, body['message']]).toEqual([
      422,
      `CertificateSigningRequest.certificates.k8s.io "r" is invalid: ${message}`,
    ])
  })

  it('takes the right to approve for the signer, or for its whole domain', async () => {
    await made()
    await grant('approver', [onRequests('patch', '/approval')])
    const refused = await patch('/approval', { conditions: [APPROVED] }, JANE)
    expect([refused.code, refused.body['message']]).toEqual([
      403,
      'certificatesigningrequests.certificates.k8s.io "r" is forbidden: ' +
        'user not permitted to approve requests with signerName "example.com/signer"',
    ])
    const signers = { apiGroups: ['certificates.k8s.io'], resources: ['signers'], verbs: ['approve'] }
    await grant('of-domain', [{ ...signers, resourceNames: ['example.com/*'] }])
    expect((await patch('/approval', { conditions: [APPROVED] }, JANE)).code).toBe(200)
  })
})

describe('the status of a request', () => {
  it('takes a certificate once, and no approvals', async () => {
    await made()
    const approved = await patch('/status', { conditions: [APPROVED] })
    expect([approved.code, approved.body['message']]).toEqual([
      422,
      'CertificateSigningRequest.certificates.k8s.io "r" is invalid: status.conditions: Forbidden: ' +
        'updates may not add a condition of type "Approved"',
    ])
    expect((await patch('/status', { certificate: btoa(CERTIFICATE) })).code).toBe(200)
    const again = await patch('/status', { certificate: btoa(CERTIFICATE + CERTIFICATE) })
    expect(again.body['message']).toContain(
      'status.certificate: Forbidden: updates may not modify existing certificate content',
    )
  })

  it.each([
    ['nothing', 'must contain at least one CERTIFICATE PEM block'],
    [pemOf('CERTIFICATE', 'MAIwAA='), 'must contain at least one CERTIFICATE PEM block'],
    [`${CERTIFICATE}${pemOf('PRIVATE KEY')}`, 'only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"'],
    [pemOf('CERTIFICATE', 'a: b\n\nMAIwAA=='), 'no PEM block headers are permitted'],
    [pemOf('CERTIFICATE', ''), 'found CERTIFICATE PEM block containing 0 certificates'],
    [pemOf('CERTIFICATE', 'MAMwAA=='), 'x509: malformed certificate'],
    [pemOf('CERTIFICATE', 'AAAA'), 'x509: malformed certificate'],
    [pemOf('CERTIFICATE', 'MAICAA=='), 'x509: malformed tbs certificate'],
    [pemOf('CERTIFICATE', 'MAIwATAA'), 'x509: malformed tbs certificate'],
    [pemOf('CERTIFICATE', 'MAIwAA=='), 'x509: malformed serial number'],
  ])('takes no certificate that is none: %j', async (certificate, why) => {
    await made()
    const { code, body } = await patch('/status', { certificate: btoa(certificate) })
    expect([code, body['message']]).toEqual([
      422,
      'CertificateSigningRequest.certificates.k8s.io "r" is invalid: status.certificate: Invalid value: ' +
        `"<certificate data>": ${why}`,
    ])
  })

  it('takes a chain of certificates with text around them', async () => {
    await made()
    const chain = `first\n${CERTIFICATE}then\n${RSA_CERTIFICATE}`
    expect((await patch('/status', { certificate: btoa(chain) })).code).toBe(200)
  })

  it('keeps what approvers said, whatever the signer sends for it', async () => {
    await made()
    const { body: approved } = await patch('/approval', { conditions: [APPROVED] })
    const failed = { type: 'Failed', status: 'True', reason: 'No', message: 'm' }
    const { code, body } = await patch('/status', { conditions: [{ ...APPROVED, message: 'forged' }, failed] })
    expect(code).toBe(200)
    expect(body['status']?.['conditions']).toEqual([
      ...((approved['status']?.['conditions'] ?? []) as object[]),
      { ...failed, lastUpdateTime: time(), lastTransitionTime: time() },
    ])
  })

  it('takes the right to sign for the signer', async () => {
    await made()
    await grant('signer', [onRequests('patch', '/status')])
    const refused = await patch('/status', { certificate: btoa(CERTIFICATE) }, JANE)
    expect([refused.code, refused.body['message']]).toEqual([
      403,
      'certificatesigningrequests.certificates.k8s.io "r" is forbidden: ' +
        'user not permitted to sign requests with signerName "example.com/signer"',
    ])
    // Nothing of a signer's is said here.
    expect((await patch('/status', {}, JANE)).code).toBe(200)
  })
})
