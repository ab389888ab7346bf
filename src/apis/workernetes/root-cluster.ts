/** What everybody must know of logical clusters, whatever floor it stands on. */

/** The cluster of addresses that name none; it holds the Cluster objects, and there is none for itself. */
export const ROOT_CLUSTER = 'default'

/** How long a word of the root that a cluster exists is good for: a deleted one ends within this time. */
export const CLUSTER_WORD_MS = 1_000
