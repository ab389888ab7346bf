/**
 * The cloud provider contract: what a cloud can do for a cluster, as small capabilities. A provider that lacks one
 * leaves it out. Upstream: k8s.io/cloud-provider cloud.go; the consequences of each answer are written here because
 * they are what providers get wrong. `cloudProviderSuite` in the tests is this contract as code.
 */
import type { V1LoadBalancerStatus, V1Node, V1Service } from '../apis/generated/types.ts'

export interface CloudProvider {
  /** As in a node's `spec.providerID`: `NAME://…`. */
  readonly name: string
  readonly loadBalancers?: LoadBalancers
  readonly instances?: Instances
}

export interface LoadBalancerRequest {
  /** The logical cluster: load balancers of different ones never meet. */
  readonly cluster: string
  /** Read only: what is written back to it is the caller's decision. */
  readonly service: V1Service
  /** Ready nodes that traffic may go to; empty for providers that reach pods directly. */
  readonly nodes: readonly V1Node[]
}

export interface LoadBalancers {
  /**
   * Creates or brings up to date; called again and again with the same Service, so it must be idempotent. The status
   * returned replaces the Service's. Throws to be called again with back-off; throw RetryLater to say when.
   */
  ensureLoadBalancer(request: LoadBalancerRequest): Promise<V1LoadBalancerStatus>
  /**
   * Gives back everything, also what a half-done ensure left behind. Resolves when nothing is left: the finalizer that
   * keeps the Service goes right after. Resolves too when there was nothing.
   */
  ensureLoadBalancerDeleted(request: LoadBalancerRequest): Promise<void>
}

export interface Instances {
  /** False without an error: the Node object is deleted at once. Throw when it cannot be told. */
  instanceExists(node: V1Node): Promise<boolean>
  /** True: the node is tainted `node.cloudprovider.kubernetes.io/shutdown:NoSchedule`. */
  instanceShutdown(node: V1Node): Promise<boolean>
}

/** A failure that names the time of the next try, instead of the usual back-off. */
export class RetryLater extends Error {
  readonly afterMs: number

  constructor(message: string, afterMs: number) {
    super(message)
    this.name = 'RetryLater'
    this.afterMs = afterMs
  }
}
