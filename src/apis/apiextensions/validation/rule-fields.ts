/** What is asked of a rule (x-kubernetes-validations) before anybody reads its expression. Upstream: as schema.ts. */
import { childPath, invalid, notSupported, required, type FieldError } from '../../../apimachinery/field-path.ts'
import type { JsonSchema, ValidationRule } from '../../../apimachinery/structural/json-schema.ts'
import { followFieldPath } from './paths.ts'
import { unsupportedIn } from './structural.ts'

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']
const LINE_BREAK = /[\n\r]/

export function validateRuleFields(rule: ValidationRule, schema: JsonSchema, field: string): FieldError[] {
  const at = (name: string): string => childPath(field, name)
  const { message = '', messageExpression = '', reason, fieldPath = '' } = rule
  const errors = validateMessage(rule, at)
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(required(at('messageExpression'), 'messageExpression must be non-empty if specified'))
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(at('reason'), reason, REASONS))
  if (fieldPath === '') return errors
  if (fieldPath.trim() === '') errors.push(invalid(at('fieldPath'), fieldPath, 'must be non-empty if specified'))
  if (LINE_BREAK.test(fieldPath)) errors.push(invalid(at('fieldPath'), fieldPath, 'must not contain line breaks'))
  const isKnowable = unsupportedIn(schema) === undefined
  if (isKnowable && typeof followFieldPath(fieldPath, schema, true) === 'string') {
    errors.push(invalid(at('fieldPath'), fieldPath, 'must be a valid path'))
  }
  return errors

  function validateMessage({ rule: expression }: ValidationRule, at: (name: string) => string): FieldError[] {
    const trimmed = message.trim()
    if (expression.trim() === '') return [required(at('rule'), 'rule is not specified')]
    if (message !== '' && trimmed === '') return [invalid(at('message'), message, 'must be non-empty if specified')]
    if (LINE_BREAK.test(trimmed)) return [invalid(at('message'), message, 'must not contain line breaks')]
    if (!LINE_BREAK.test(expression.trim()) || trimmed !== '') return []
    return [required(at('message'), 'message must be specified if rule contains line breaks')]
  }
}
