/**
 * Requests that follow from limits, and what a pod asks for as a whole where it says so for some resources only.
 * Upstream: kubernetes/kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_Pod, defaultHugePagePodLimits,
 * defaultPodRequests.
 */
import type { V1PodSpec } from '../../generated/types.ts'
import { itemsOf } from '../../validation/rules.ts'
import { aggregateResources, isPodLevelResource, type Resources } from './aggregate-resources.ts'

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-')
}

/** What is in the one and not in the other, of the resources that a pod can have as a whole. */
function addMissing(to: Resources, from: Resources, isWanted: (name: string) => boolean): Resources {
  const wanted = Object.entries(from).filter(([name]) => isPodLevelResource(name) && isWanted(name))
  return { ...Object.fromEntries(wanted), ...to }
}

function fillWhole(spec: V1PodSpec): void {
  const { resources } = spec
  if (resources === undefined) return
  const { limits = {}, requests = {} } = resources
  if (Object.keys(limits).length + Object.keys(requests).length === 0) return
  // Huge pages cannot be had beyond what is asked for: one number says both.
  const isNotAsked = (name: string): boolean => isHugePages(name) && requests[name] === undefined
  const filled = addMissing(limits, aggregateResources(spec, 'limits'), isNotAsked)
  if (Object.keys(filled).length > 0) resources.limits = filled
  if (Object.keys(filled).length === 0) return
  const asked = addMissing(requests, aggregateResources(spec, 'requests'), (name) => !isHugePages(name))
  const all = addMissing(asked, filled, () => true)
  if (Object.keys(all).length > 0) resources.requests = all
}

/** Mutates the spec of a pod; that of a template stays as it is. */
export function fillResources(spec: V1PodSpec): void {
  for (const { resources } of [...itemsOf(spec.containers), ...(spec.initContainers ?? [])]) {
    if (resources?.limits !== undefined) resources.requests = { ...resources.limits, ...resources.requests }
  }
  fillWhole(spec)
}
