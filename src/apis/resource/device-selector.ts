/**
 * Selectors of devices: CEL expressions, which must compile and not cost too much. The expression language, which most
 * objects never need, is loaded before the turn in which they are judged.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validateSelector.
 */
import { childPath, required, tooLong, type FieldError } from '../../apimachinery/field-path.ts'
import { byteLength } from '../../apimachinery/names.ts'
import type { V1DeviceSelector } from '../generated/types.ts'
import type { validateExpression } from './selector-expression.ts'
import { validateList } from './lists.ts'

const MAX_SELECTORS = 32
const MAX_EXPRESSION_LENGTH = 10 * 1024

let language: typeof validateExpression | undefined

export async function loadSelectors(): Promise<void> {
  language ??= (await import('./selector-expression.ts')).validateExpression
}

function validateSelector({ cel }: V1DeviceSelector, at: string): FieldError[] {
  const celAt = childPath(at, 'cel')
  if (cel === undefined) return [required(celAt)]
  const expressionAt = childPath(celAt, 'expression')
  if (byteLength(cel.expression) > MAX_EXPRESSION_LENGTH) return [tooLong(expressionAt, MAX_EXPRESSION_LENGTH)]
  if (language === undefined) throw new Error('selectors are judged before their language is loaded')
  return language(cel.expression, expressionAt)
}

export function validateSelectors(selectors: readonly V1DeviceSelector[], at: string): FieldError[] {
  return validateList(selectors, MAX_SELECTORS, validateSelector, childPath(at, 'selectors'))
}
