/**
 * Gives each namespace its `default` ServiceAccount (kubernetes pkg/controller/serviceaccount/
 * serviceaccounts_controller.go). Runs when a namespace's object starts on an empty store, and whenever it is deleted.
 * A namespace on its way out is left alone: even a create that is refused there would take revisions, and so keep the
 * namespace in the index of due work for good.
 */
import { serviceAccount } from '../../apis/core/service-account/service-account.ts'
import { hasReason, isWithoutNamespace } from '../../apimachinery/status-error.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'

const DEFAULT = 'default'

export function serviceAccountController(isEnding: () => boolean): Controller {
  return defineController({
    name: 'service-account',
    scope: 'namespace',
    for: serviceAccount,
    startKeys: [DEFAULT],
    resyncSeconds: 600,
    async reconcile({ lister, client, namespace }, key) {
      if (key !== DEFAULT || lister.get(serviceAccount, DEFAULT) !== undefined || isEnding()) return done
      try {
        await client.create(serviceAccount, {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: DEFAULT, namespace },
        })
      } catch (error) {
        if (!hasReason(error, 'AlreadyExists') && !isWithoutNamespace(error)) throw error
      }
      return done
    },
  })
}
