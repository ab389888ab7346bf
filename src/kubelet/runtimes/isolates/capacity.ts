/** Isolates share machines that are not ours to count: enough for the scheduler to spread by, not a promise. */
export const ISOLATES_CAPACITY = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '0', pods: '1000' } as const
