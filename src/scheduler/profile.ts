/** The default profile: how much each plugin's score counts (upstream: apis/config/v1/default_plugins.go). */
import type { WeightedPlugin } from './framework.ts'
import { PLUGINS } from './plugins.ts'

export const DEFAULT_SCHEDULER_NAME = 'default-scheduler'

const WEIGHTS: Readonly<Record<string, number>> = {
  TaintToleration: 3,
  NodeAffinity: 2,
  NodeResourcesFit: 1,
  NodeResourcesBalancedAllocation: 1,
  PodTopologySpread: 2,
}

export const DEFAULT_PROFILE: readonly WeightedPlugin[] = PLUGINS.map((plugin) => ({
  plugin,
  weight: WEIGHTS[plugin.name] ?? 0,
}))
