/**
 * The annotation that stands for a field of older versions: how often the template of a DaemonSet has changed. It is
 * there whenever a DaemonSet is shown in this version, so whoever makes one owns it (kubernetes/kubernetes
 * pkg/apis/apps/v1/conversion.go, Convert_apps_DaemonSet_To_v1_DaemonSet).
 */
import type { Fields } from '../../defaulting.ts'
import type { V1DaemonSet } from '../../generated/types.ts'

export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

export function startTemplateGeneration(owner: Fields): void {
  const { metadata } = owner as unknown as V1DaemonSet
  if (metadata.annotations?.[TEMPLATE_GENERATION] !== undefined) return
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: '0' }
}
