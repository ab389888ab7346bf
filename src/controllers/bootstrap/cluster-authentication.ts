/**
 * ConfigMap kube-system/extension-apiserver-authentication: what a server of other APIs believes requests by, once it
 * has seen the certificate of whoever passes them on (kubernetes
 * pkg/controlplane/controller/clusterauthenticationtrust). What others have added stays: it is the union. Nothing is
 * written where no certificate is shown, as upstream does without its flags.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import { hasReason, isWithoutNamespace } from '../../apimachinery/status-error.ts'
import { configMap } from '../../apis/core/config-map/config-map.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'

const NAME = 'extension-apiserver-authentication'
export const AUTHENTICATION_NAMESPACE = 'kube-system'

/** Whose client certificate is shown to servers outside. */
export interface FrontProxy {
  /** The authority that signed it, as PEM. */
  readonly authority: string
  /** Common names that it may have. */
  readonly names: readonly string[]
}

type Data = Readonly<Record<string, string>>

/** It acts as the server itself, whose loopback client does this upstream. */
export function clusterAuthenticationController(proxy: FrontProxy): Controller {
  return defineController({
    name: 'cluster-authentication',
    actsAs: 'bootstrap',
    scope: 'namespace',
    for: configMap,
    startKeys: [NAME],
    resyncSeconds: 600,
    async reconcile({ lister, client, namespace }) {
      const found = lister.get(configMap, NAME)
      const data = authenticationData(found?.data ?? {}, proxy)
      try {
        if (found === undefined) {
          const metadata = { name: NAME, namespace }
          await client.create(configMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
        } else if (!equalJson(found.data, data)) {
          await client.update(configMap, { ...found, data })
        }
      } catch (error) {
        if (!hasReason(error, 'AlreadyExists') && !isWithoutNamespace(error)) throw error
      }
      return done
    },
  })
}

/** @throws SyntaxError where a list that is there is none */
export function authenticationData(existing: Data, { authority, names }: FrontProxy): Data {
  const list = (key: string, required: readonly string[]): string => {
    const known = JSON.parse(existing[key] ?? '[]') as readonly string[]
    return JSON.stringify([...new Set([...known, ...required])])
  }
  const clients = existing['client-ca-file'] ?? ''
  return {
    ...(clients === '' ? {} : { 'client-ca-file': clients }),
    'requestheader-username-headers': list('requestheader-username-headers', ['X-Remote-User']),
    'requestheader-uid-headers': list('requestheader-uid-headers', ['X-Remote-Uid']),
    'requestheader-group-headers': list('requestheader-group-headers', ['X-Remote-Group']),
    'requestheader-extra-headers-prefix': list('requestheader-extra-headers-prefix', ['X-Remote-Extra-']),
    'requestheader-client-ca-file': certificatesIn(existing['requestheader-client-ca-file'] ?? '', authority),
    'requestheader-allowed-names': list('requestheader-allowed-names', names),
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/** Each certificate of these texts once. */
function certificatesIn(...texts: readonly string[]): string {
  const found = texts.flatMap((text) => text.match(CERTIFICATE) ?? [])
  return [...new Set(found)].map((one) => `${one}\n`).join('')
}
