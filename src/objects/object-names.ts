/**
 * Names of Durable Objects: `cluster/namespace`, and `cluster/` for the cluster scope. The one place where they are
 * built and taken apart; a namespace's and a cluster's name have no slash.
 */
export interface ScopeName {
  readonly cluster: string
  /** '' for the cluster scope. */
  readonly namespace: string
}

export function scopeObjectName({ cluster, namespace }: ScopeName): string {
  return `${cluster}/${namespace}`
}

export function parseScopeObjectName(name: string): ScopeName {
  const slash = name.indexOf('/')
  if (slash < 1) throw new Error(`not the name of a scope's object: ${name}`)
  return { cluster: name.slice(0, slash), namespace: name.slice(slash + 1) }
}

/** The sequencer's, the scheduler's and the cloud loops' objects are named after their logical cluster. */
export function clusterObjectName(cluster: string): string {
  return cluster
}

/** A pod on a serverless node. A new pod of the same name is another object. */
export function podObjectName(cluster: string, namespace: string, name: string, uid: string): string {
  return `${cluster}/${namespace}/${name}/${uid}`
}
