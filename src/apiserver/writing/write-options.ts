/**
 * The options of create, update and patch in the query (CreateOptions, UpdateOptions, PatchOptions of meta.k8s.io/v1),
 * checked as k8s.io/apimachinery pkg/apis/meta/v1/validation does: all errors at once, under the options' own name.
 */
import { forbidden, judgeOne, notSupportedText, required } from '../../apimachinery/field-path.ts'
import type { FieldError } from '../../apimachinery/field-path.ts'
import { validateFieldManager } from '../../apimachinery/metadata-validation.ts'
import { parseBoolean } from '../../apimachinery/query-values.ts'
import { invalidError } from '../../apimachinery/status-error.ts'

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

export interface WriteOptions {
  readonly isDryRun: boolean
  readonly fieldValidation: FieldValidation
  /** '': not said, and the User-Agent names the manager. */
  readonly fieldManager: string
  /** Of an apply: takes what others own. */
  readonly isForced: boolean
}

const UNSAID: WriteOptions = { isDryRun: false, fieldValidation: 'Warn', fieldManager: '', isForced: false }

const KINDS: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
}

const FIELD_VALIDATIONS = ['Ignore', 'Strict', 'Warn'] as const

/** The options of a request of `verb`; an apply is a patch that has its own rules. @throws ApiStatusError 422 */
export function parseWriteOptions(verb: string, query: URLSearchParams, isApply = false): WriteOptions {
  if (query.size === 0 && !isApply) return UNSAID
  const fieldManager = query.get('fieldManager') ?? ''
  const dryRun = query.getAll('dryRun')
  const validation = query.get('fieldValidation') ?? ''
  const fieldValidation = validation === '' ? 'Warn' : FIELD_VALIDATIONS.find((name) => name === validation)
  const errors = judgeOne(() => [
    ...(isApply && fieldManager === '' ? [required('fieldManager', 'is required for apply patch')] : []),
    ...(verb === 'patch' && !isApply && query.has('force')
      ? [forbidden('force', 'may not be specified for non-apply patch')]
      : []),
    ...validateFieldManager(fieldManager, 'fieldManager'),
    ...dryRunErrors(dryRun),
    ...(fieldValidation === undefined
      ? [notSupportedText('fieldValidation', validation, ['', ...FIELD_VALIDATIONS])]
      : []),
  ])
  if (errors.length > 0 || fieldValidation === undefined) {
    throw invalidError({ group: 'meta.k8s.io', kind: KINDS[verb] ?? 'CreateOptions' }, '', errors)
  }
  const isForced = parseBoolean(query.get('force')) ?? false
  return { isDryRun: dryRun.length > 0, fieldValidation, fieldManager, isForced }
}

/** `All` is the only value there is; the empty text is none. */
export function dryRunErrors(values: readonly unknown[]): FieldError[] {
  return values.every((value) => value === 'All') ? [] : [notSupportedText('dryRun', values, ['All'])]
}
