/**
 * What Nodes said in annotations before 1.10: their taints, and which controllers' pods they would rather not have.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateNodeSpecificAnnotations.
 * Differs: an avoided controller that does not say whether it is one is refused, where upstream panics.
 */
import { childPath, indexPath, invalid, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { isJsonObject } from '../../../apimachinery/patch/json-value.ts'
import type { V1Node, V1Taint } from '../../generated/types.ts'
import {
  AnnotationError, mismatch, readAnnotationJson, readAnnotationList, type GoStruct,
} from '../annotation-json.ts'

const TAINTS = 'scheduler.alpha.kubernetes.io/taints'
const AVOIDED_PODS = 'scheduler.alpha.kubernetes.io/preferAvoidPods'
const AT = 'metadata.annotations'
const TAINT: GoStruct = {
  type: 'Taint',
  fields: { Key: 'string', Value: 'string', Effect: 'core.TaintEffect', TimeAdded: 'metav1.Time' },
}

function reading(at: string, annotation: string, judge: () => FieldError[]): FieldError[] {
  try {
    return judge()
  } catch (error) {
    if (!(error instanceof AnnotationError)) throw error
    return [invalid(at, annotation, error.message)]
  }
}

function validateAvoidedPods(text: string): FieldError[] {
  const avoided = readAnnotationJson(text)
  if (avoided !== null && !isJsonObject(avoided)) throw mismatch(avoided, 'value', 'v1.AvoidPods')
  const entries = avoided?.['preferAvoidPods'] ?? []
  if (!Array.isArray(entries)) {
    throw mismatch(entries, 'struct field AvoidPods.preferAvoidPods', '[]v1.PreferAvoidPodsEntry')
  }
  return entries.flatMap((entry: unknown, index) => {
    const at = childPath(indexPath(childPath(AT, AVOIDED_PODS), index), 'PodSignature')
    const signature = isJsonObject(entry) ? entry['podSignature'] : undefined
    const controller = isJsonObject(signature) ? signature['podController'] : undefined
    if (!isJsonObject(controller)) return [required(at)]
    if (controller['controller'] === true) return []
    return [invalid(childPath(at, 'PodController', 'Controller'), false, 'must point to a controller')]
  })
}

/** `validateTaints` judges taints, wherever they stand. */
export function validateNodeAnnotations(
  { metadata: { annotations = {} } }: V1Node,
  validateTaints: (taints: readonly V1Taint[], at: string) => FieldError[],
): FieldError[] {
  const { [TAINTS]: taints = '', [AVOIDED_PODS]: avoided = '' } = annotations
  const errors = taints === '' ? [] : reading(AT, TAINTS, () => {
    const list = readAnnotationList(taints, TAINT)
    return validateTaints(list as unknown as V1Taint[], childPath(AT, TAINTS))
  })
  if (avoided === '') return errors
  return [...errors, ...reading(childPath(AT, 'AvoidPods'), AVOIDED_PODS, () => validateAvoidedPods(avoided))]
}
