/**
 * Defaults of autoscaling/v1 and v2. Upstream: kubernetes/kubernetes pkg/apis/autoscaling/v1/defaults.go and
 * pkg/apis/autoscaling/v2/defaults.go.
 */
import { givenEmpty, keepGivenEmpty } from '../../apimachinery/schema/given-empty.ts'
import type { DefaultTable, Fields } from '../defaulting.ts'

const CPU_UTILIZATION_PERCENT = 80
const PERIOD_SECONDS = 15

/** What a HorizontalPodAutoscaler without metrics looks at. */
export function defaultMetrics(): unknown[] {
  return [
    {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: CPU_UTILIZATION_PERCENT } },
    },
  ]
}

/** Given rules win field by field over these; only a behavior that is there is filled. */
function scaleUpRules(): Fields {
  return {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: PERIOD_SECONDS },
      { type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS },
    ],
  }
}

function scaleDownRules(): Fields {
  return { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS }] }
}

/** Upstream copies a given list of policies over these even if there is nothing in it, and then refuses that. */
function rulesWith(rules: Fields, given: Fields | undefined): Fields {
  const { policies, ...others } = rules
  const isGivenNone = givenEmpty(given, 'policies') !== undefined
  return keepGivenEmpty({ ...others, ...(!isGivenNone && { policies }), ...given }, given)
}

export const autoscalingDefaults: DefaultTable = {
  V1HorizontalPodAutoscalerSpec: { fields: { minReplicas: 1 } },
  V2HorizontalPodAutoscalerSpec: { fields: { minReplicas: 1, metrics: defaultMetrics } },
  // SetDefaults_HorizontalPodAutoscalerBehavior
  V2HorizontalPodAutoscalerBehavior: {
    rule(owner) {
      owner['scaleUp'] = rulesWith(scaleUpRules(), owner['scaleUp'] as Fields | undefined)
      owner['scaleDown'] = rulesWith(scaleDownRules(), owner['scaleDown'] as Fields | undefined)
    },
  },
}
