import { describe, expect, it } from 'vitest'
import type { AnyObject } from '../../src/apimachinery/meta.ts'
import { createAdmissionChain } from '../../src/admission/chain.ts'
import type { AdmissionAttributes } from '../../src/admission/plugin.ts'
import { serviceAccount } from '../../src/admission/plugins/service-account.ts'
import { aPod, anObject, attributes, context, refused } from './admission-world.ts'

const strict = {
  metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
  secrets: [{ name: 'mine' }],
  imagePullSecrets: [{ name: 'pull' }],
}

const objects = {
  'serviceaccounts/default': anObject('ServiceAccount', 'default'),
  'serviceaccounts/quiet': anObject('ServiceAccount', 'quiet', { automountServiceAccountToken: false }),
  'serviceaccounts/puller': anObject('ServiceAccount', 'puller', { imagePullSecrets: [{ name: 'registry' }] }),
  'serviceaccounts/strict': anObject('ServiceAccount', 'strict', strict),
}

function run(object: AnyObject, given: Partial<AdmissionAttributes> = {}): AnyObject {
  const chain = createAdmissionChain([serviceAccount])
  const asked = attributes({ object, ...given })
  chain.admit(asked, context({ objects }))
  chain.validate(asked, context({ objects }))
  return object
}

const mount = {
  name: 'kube-api-access-bbbbb',
  readOnly: true,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
}

describe('ServiceAccount admission', () => {
  it('fills in the default account and mounts its token in every container', () => {
    const pod = run(aPod({ containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'i' }] }))
    expect(pod.spec).toEqual({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      containers: [{ name: 'a', volumeMounts: [mount] }, { name: 'b', volumeMounts: [mount] }],
      initContainers: [{ name: 'i', volumeMounts: [mount] }],
      volumes: [
        {
          name: 'kube-api-access-bbbbb',
          projected: {
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
              {
                downwardAPI: {
                  items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
                },
              },
            ],
            defaultMode: 420,
          },
        },
      ],
    })
  })

  const noToken: [string, Record<string, unknown>][] = [
    ['the pod says no', { automountServiceAccountToken: false }],
    ['the account says no', { serviceAccountName: 'quiet' }],
  ]
  it.each(noToken)('mounts nothing when %s', (_, spec) => {
    expect(run(aPod(spec)).spec).not.toHaveProperty('volumes')
  })

  it('lets the pod overrule its account', () => {
    expect(
      run(aPod({ serviceAccountName: 'quiet', automountServiceAccountToken: true })).spec,
    ).toHaveProperty('volumes')
  })

  it('leaves a container alone that mounts something at the path itself', () => {
    const own = { name: 'own', mountPath: mount.mountPath }
    const pod = run(aPod({ containers: [{ name: 'a', volumeMounts: [own] }] }))
    expect(pod.spec).toMatchObject({ containers: [{ name: 'a', volumeMounts: [own] }] })
    expect(pod.spec).not.toHaveProperty('volumes')
  })

  it('uses a token volume that the pod brings', () => {
    const pod = run(aPod({ volumes: [{ name: 'kube-api-access-mine', emptyDir: {} }] }))
    expect(pod.spec).toMatchObject({
      volumes: [{ name: 'kube-api-access-mine', emptyDir: {} }],
      containers: [{ volumeMounts: [{ ...mount, name: 'kube-api-access-mine' }] }],
    })
  })

  it('takes the deprecated field for the name', () => {
    expect(run(aPod({ serviceAccount: 'puller' })).spec).toMatchObject({ serviceAccountName: 'puller' })
  })

  it('takes over pull secrets, unless the pod has its own', () => {
    expect(run(aPod({ serviceAccountName: 'puller' })).spec).toMatchObject({ imagePullSecrets: [{ name: 'registry' }] })
    const own = [{ name: 'own' }]
    expect(
      run(aPod({ serviceAccountName: 'puller', imagePullSecrets: own })).spec,
    ).toMatchObject({ imagePullSecrets: own })
  })

  it('leaves mirror pods as they are', () => {
    const mirror = aPod({}, { annotations: { 'kubernetes.io/config.mirror': 'x' } })
    expect(run(structuredClone(mirror))).toEqual(mirror)
  })

  it('allows the secrets that a strict account lists', () => {
    const spec = { serviceAccountName: 'strict', volumes: [{ name: 'v', secret: { secretName: 'mine' } }] }
    expect(() => run(aPod(spec))).not.toThrow()
  })

  const foreign = { valueFrom: { secretKeyRef: { name: 'theirs', key: 'k' } } }
  const tail = 'is not allowed because service account strict does not reference that secret'
  const mirrorMeta = { annotations: { 'kubernetes.io/config.mirror': 'x' } }
  const refusals: [string, AnyObject, string][] = [
    [
      'an account that is not there',
      aPod({ serviceAccountName: 'gone' }),
      'error looking up service account shop/gone: serviceaccount "gone" not found',
    ],
    [
      'a foreign secret volume',
      aPod({ serviceAccountName: 'strict', volumes: [{ name: 'v', secret: { secretName: 'theirs' } }] }),
      `volume with secret.secretName="theirs" ${tail}`,
    ],
    [
      'a foreign secret in env',
      aPod({ serviceAccountName: 'strict', containers: [{ name: 'c', env: [{ name: 'E', ...foreign }] }] }),
      `container c with envVar E referencing secret.secretName="theirs" ${tail}`,
    ],
    [
      'a foreign secret in an init container',
      aPod(
        { serviceAccountName: 'strict', initContainers: [{ name: 'i', envFrom: [{ secretRef: { name: 'theirs' } }] }] },
      ),
      `init container i with envFrom referencing secret.secretName="theirs" ${tail}`,
    ],
    [
      'a foreign pull secret',
      aPod({ serviceAccountName: 'strict', imagePullSecrets: [{ name: 'theirs' }] }),
      'imagePullSecrets[0].name="theirs" is not allowed because service account strict does not reference that ' +
        'imagePullSecret',
    ],
    [
      'a mirror pod with an account',
      aPod({ serviceAccountName: 'default' }, mirrorMeta),
      'a mirror pod may not reference service accounts',
    ],
    [
      'a mirror pod with a secret',
      aPod({ volumes: [{ name: 'v', secret: { secretName: 's' } }] }, mirrorMeta),
      'a mirror pod may not reference secrets',
    ],
    [
      'a mirror pod with a token',
      aPod({ volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] }, mirrorMeta),
      'a mirror pod may not use ServiceAccountToken volume projections',
    ],
  ]
  it.each(refusals)('refuses %s', (_, pod, why) => {
    expect(refused(() => run(pod))).toMatchObject(
      { code: 403, reason: 'Forbidden', message: `pods "web" is forbidden: ${why}` },
    )
  })

  it('checks ephemeral containers added later', () => {
    const pod = aPod(
      { serviceAccountName: 'strict', ephemeralContainers: [{ name: 'debug', env: [{ name: 'E', ...foreign }] }] },
    )
    const given: Partial<AdmissionAttributes> = {
      operation: 'UPDATE',
      subresource: 'ephemeralcontainers',
      oldObject: aPod(),
    }
    expect(refused(() => run(pod, given)).message).toBe(
      `pods "web" is forbidden: ephemeral container debug with envVar E referencing secret.secretName="theirs" ${tail}`,
    )
  })
})
