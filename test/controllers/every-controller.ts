/** THE list of controllers over the API of a test, both scopes. */
import { clusterControllers, namespaceControllers } from '../../src/controllers/controllers.ts'
import type { Controller } from '../../src/reconcile/define-controller.ts'
import type { ScopesApi } from '../support/scopes-api.ts'

export function everyController(api: ScopesApi): readonly Controller[] {
  return [
    ...clusterControllers({
      ...api.clusterPorts(),
      apiAddress: { clusterIP: '10.96.0.1', serviceRange: '10.96.0.0/12', ip: '192.0.2.1', port: 6443 },
      version: 'v1.36.0',
    }),
    ...namespaceControllers({ ...api.namespacePorts(), rootCertificates: () => 'PEM', isEnding: () => false }),
  ]
}
