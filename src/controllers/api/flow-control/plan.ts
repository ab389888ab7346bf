/**
 * What becomes of the flow schemas and priority levels that every cluster has, and what a schema's status says
 * (kubernetes pkg/registry/flowcontrol/ensurer/strategy.go; k8s.io/apiserver pkg/util/flowcontrol/apf_controller.go).
 * Pure.
 */
import { equalJson } from '../../../apimachinery/patch/json-value.ts'
import { AUTOUPDATE_SPEC, EXEMPT } from '../../../apis/flowcontrol/bootstrap-objects.ts'
import type {
  V1FlowSchema,
  V1FlowSchemaCondition,
  V1PriorityLevelConfiguration,
} from '../../../apis/generated/types.ts'
import { formatTime } from '../../../apimachinery/meta.ts'

export type FlowObject = V1FlowSchema | V1PriorityLevelConfiguration

/** Go's strconv.ParseBool. */
function parseFlag(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined
}

/** The object as it should be; undefined when it is. A suggested one belongs to whoever changed its spec. */
export function revised<T extends FlowObject>(existing: T, expected: T, isMandatory: boolean): T | undefined {
  const flag = parseFlag(existing.metadata.annotations?.[AUTOUPDATE_SPEC])
  const isOurs = isMandatory || (flag ?? existing.metadata.generation === 1)
  const spec = isOurs ? specOf(existing, expected) : existing.spec
  if (flag === isOurs && equalJson(spec, existing.spec)) return undefined
  const annotations = { ...existing.metadata.annotations, [AUTOUPDATE_SPEC]: String(isOurs) }
  return { ...existing, spec, metadata: { ...existing.metadata, annotations } }
}

/** Shares of the exempt level are the administrator's. */
function specOf(existing: FlowObject, expected: FlowObject): object | undefined {
  const spec: object = existing.spec ?? {}
  const isShared = expected.metadata.name === EXEMPT && 'exempt' in spec
  return isShared ? { ...expected.spec, exempt: spec.exempt } : expected.spec
}

/** One of a former release, kept by the server and meant no longer. */
export function isForsaken({ metadata }: FlowObject, names: ReadonlySet<string>): boolean {
  return !names.has(metadata.name ?? '') && parseFlag(metadata.annotations?.[AUTOUPDATE_SPEC]) === true
}

/** The condition as it should be; undefined when it is. */
export function danglingOf(schema: V1FlowSchema, isThere: boolean, nowMs: number): V1FlowSchemaCondition | undefined {
  const level = schema.spec?.priorityLevelConfiguration.name ?? ''
  const what = `This FlowSchema references the PriorityLevelConfiguration object named "${level}"`
  const said = isThere
    ? { status: 'False', reason: 'Found', message: `${what} and it exists` }
    : { status: 'True', reason: 'NotFound', message: `${what} but there is no such object` }
  const before = schema.status?.conditions?.find(({ type }) => type === 'Dangling')
  const lastTransitionTime = before?.status === said.status ? before.lastTransitionTime : formatTime(nowMs)
  const next: V1FlowSchemaCondition = {
    type: 'Dangling',
    ...said,
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
  }
  return equalJson(before, next) ? undefined : next
}
