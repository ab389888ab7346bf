/** A simulated node is as large as a common one; manifests may say otherwise. */
export const SIMULATED_CAPACITY = { cpu: '32', memory: '128Gi', 'ephemeral-storage': '256Gi', pods: '110' } as const
