/** THE list of cloud providers: name → how it is made from the deployment's settings. */
import type { Clock } from '../lib/clock.ts'
import { edgeProvider } from './edge.ts'
import type { CloudProvider } from './provider.ts'
import { webhookProvider } from './webhook/webhook.ts'

export interface CloudSettings {
  /** `edge` or `webhook`. */
  readonly name: string
  /** For `webhook`. */
  readonly url: string
  readonly secret: string
  readonly clock: Clock
  readonly fetch: typeof fetch
  hostOf(cluster: string, namespace: string, name: string): string
}

const PROVIDERS: Readonly<Record<string, (settings: CloudSettings) => CloudProvider>> = {
  edge: ({ hostOf }) => edgeProvider(hostOf),
  webhook: webhookProvider,
}

/** Throws when there is no provider of that name: a deployment with a wrong setting should not look as if it worked. */
export function cloudProvider(settings: CloudSettings): CloudProvider {
  const make = PROVIDERS[settings.name]
  if (make === undefined) {
    throw new Error(`CLOUD_PROVIDER is "${settings.name}"; known are ${Object.keys(PROVIDERS).join(', ')}`)
  }
  return make(settings)
}
