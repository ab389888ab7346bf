/**
 * Publishes the certificate authority of the API in every namespace, as pods mount it beside their token
 * (kubernetes pkg/controller/certificates/rootcacertpublisher/publisher.go).
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import { configMap } from '../../apis/core/config-map/config-map.ts'
import { hasReason, isWithoutNamespace } from '../../apimachinery/status-error.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'

export const ROOT_CA_NAME = 'kube-root-ca.crt'

const DESCRIPTION_ANNOTATION = 'kubernetes.io/description'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the ' +
  'internal service IP or kubernetes.default.svc. ' +
  'No other usage is guaranteed across distributions of Kubernetes clusters.'

/** `certificates`: the authority as PEM; empty where the API has a public certificate. */
export function rootCaController(certificates: () => string, isEnding: () => boolean): Controller {
  return defineController({
    name: 'root-ca',
    scope: 'namespace',
    for: configMap,
    startKeys: [ROOT_CA_NAME],
    resyncSeconds: 600,
    async reconcile({ lister, client, namespace }, key) {
      // As for the ServiceAccount: nothing is tried in a namespace that is on its way out.
      if (key !== ROOT_CA_NAME || isEnding()) return done
      const data = { 'ca.crt': certificates() }
      const found = lister.get(configMap, ROOT_CA_NAME)
      try {
        if (found === undefined) {
          const metadata = { name: ROOT_CA_NAME, namespace, annotations: { [DESCRIPTION_ANNOTATION]: DESCRIPTION } }
          await client.create(configMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
        } else if (!equalJson(found.data, data)) {
          const annotations = { ...found.metadata.annotations, [DESCRIPTION_ANNOTATION]: DESCRIPTION }
          await client.update(configMap, { ...found, metadata: { ...found.metadata, annotations }, data })
        }
      } catch (error) {
        if (!hasReason(error, 'AlreadyExists') && !isWithoutNamespace(error)) throw error
      }
      return done
    },
  })
}
