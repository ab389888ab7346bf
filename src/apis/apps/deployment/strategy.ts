/**
 * How Deployment objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/deployment/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Deployment } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { validateDeployment, validateDeploymentStatusUpdate, validateDeploymentUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1Deployment>('V1Deployment', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
})

export const deploymentStrategy: Strategy<V1Deployment> = {
  ...base,
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  status: { ...base.status, validateUpdate: validateDeploymentStatusUpdate },
}
