/** How the cleanup of a definition reaches its instances, which live in the namespaces' own objects. */

/** A definition by its uid, and its resource as the store names it. */
export interface InstancesOf {
  readonly uid: string
  readonly resource: string
}

export interface RemainingInstances {
  readonly count: number
  /** Why instances could not be deleted. */
  readonly errors: readonly string[]
}

export interface Instances {
  /**
   * Closes the definition in every namespace that ever made an instance (`isNamespaced`), or in the cluster scope, and
   * deletes what there is. Asked again until none remain.
   */
  deleteAll(definition: InstancesOf, isNamespaced: boolean): Promise<RemainingInstances>
}
