/** Logical clusters are made in the root cluster only: there is no cluster inside of another one. Ours alone. */
import type { AdmissionPlugin } from '../plugin.ts'
import { refusal } from '../refuse.ts'

export function clusterPlacement(isRoot: boolean): AdmissionPlugin {
  return {
    name: 'ClusterPlacement',
    handles: ({ operation, definition }) =>
      !isRoot && operation === 'CREATE' && definition.group === 'workernetes.dev' && definition.kind === 'Cluster',
    admit(attributes) {
      const where = 'make it in the root cluster, with a server address that ends before /clusters/'
      throw refusal(attributes, `logical clusters cannot be made inside of a logical cluster; ${where}`)
    },
  }
}
