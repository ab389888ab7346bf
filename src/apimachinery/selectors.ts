/**
 * Label and field selectors: parsed once, matched often. Both forms of a label selector, the text of a query and the
 * object in a spec, end in the same requirements, sorted by key, so that equal selectors print alike. Texts of errors
 * are upstream's (k8s.io/apimachinery pkg/labels/selector.go, pkg/fields/selector.go, pkg/apis/meta/v1/helpers.go); the
 * caller answers them as 400 with nothing added.
 */
import { parseGoInt } from '../lib/go-number.ts'
import { ascending } from '../lib/order.ts'
import { ownValue } from '../lib/own-value.ts'
import { formatFieldErrors, invalid, type FieldError } from './field-path.ts'
import { isQualifiedName, isValidLabelValue } from './names.ts'
import { SelectorError, SelectorParser, type ParsedRequirement, type SelectorOperator } from './selector-parser.ts'

export { SelectorError } from './selector-parser.ts'

export type Labels = Readonly<Record<string, string>>

/** metav1.LabelSelector. */
export interface LabelSelectorSpec {
  matchLabels?: Record<string, string>
  matchExpressions?: LabelSelectorExpression[]
}

export interface LabelSelectorExpression {
  key: string
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
  operator: string
  values?: string[]
}

export type LabelRequirement = ParsedRequirement

export interface LabelSelector {
  /** Selects everything. */
  readonly isEmpty: boolean
  /** Selects nothing whatever: the selector of a missing object. */
  readonly matchesNothing: boolean
  readonly requirements: readonly LabelRequirement[]
  matches(labels: Labels | undefined): boolean
  /** The canonical text, which parses to an equal selector. */
  toString(): string
}

const NO_LABELS: Labels = {}

/** Not checked: validation did that. */
export function matchesRequirement({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = ownValue(labels, key)
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value)
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'gt':
    case 'lt':
      return value !== undefined && isBeyond(operator, value, values[0] ?? '')
  }
}

function isBeyond(operator: 'gt' | 'lt', value: string, bound: string): boolean {
  const [left, right] = [parseGoInt(value), parseGoInt(bound)]
  if (left === undefined || right === undefined) return false
  return operator === 'gt' ? left > right : left < right
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.toSorted().join(',')})`
    case 'gt':
      return `${key}>${values.join(',')}`
    case 'lt':
      return `${key}<${values.join(',')}`
    default:
      return `${key}${operator}${values.join(',')}`
  }
}

function labelSelector(requirements: readonly LabelRequirement[]): LabelSelector {
  const sorted = requirements.toSorted((left, right) => ascending(left.key, right.key))
  return {
    isEmpty: sorted.length === 0,
    matchesNothing: false,
    requirements: sorted,
    matches: (labels = NO_LABELS) => sorted.every((requirement) => matchesRequirement(requirement, labels)),
    toString: () => sorted.map(formatRequirement).join(','),
  }
}

export const EVERYTHING: LabelSelector = labelSelector([])

export const NOTHING: LabelSelector = {
  isEmpty: false,
  matchesNothing: true,
  requirements: [],
  matches: () => false,
  toString: () => '',
}

function keyErrors(key: string, field: string): FieldError[] {
  const messages = isQualifiedName(key)
  return messages.length === 0 ? [] : [invalid(field, key, messages.join('; '))]
}

/** Upstream's NewRequirement: @throws SelectorError with all field errors together. */
function checkedRequirement({ key, operator, values }: LabelRequirement): LabelRequirement {
  const errors = keyErrors(key, 'key')
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    errors.push(invalid('values', values, "for 'in', 'notin' operators, values set can't be empty"))
  }
  if ((operator === 'exists' || operator === '!') && values.length > 0) {
    errors.push(invalid('values', values, 'values set must be empty for exists and does not exist'))
  }
  for (const [index, value] of values.entries()) {
    const field = `values[${String(index)}]`
    if ((operator === 'gt' || operator === 'lt') && parseGoInt(value) === undefined) {
      errors.push(invalid(field, value, "for 'Gt', 'Lt' operators, the value must be an integer"))
    }
    const messages = isValidLabelValue(value)
    if (messages.length > 0) errors.push(invalid(`${field}[${key}]`, value, messages.join('; ')))
  }
  if (errors.length > 0) throw new SelectorError(formatFieldErrors(errors))
  return { key, operator, values }
}

function checkKey(key: string): void {
  const errors = keyErrors(key, '')
  if (errors.length > 0) throw new SelectorError(formatFieldErrors(errors))
}

/** `app=web,tier in (a,b),!canary`. @throws SelectorError */
export function parseLabelSelector(text: string): LabelSelector {
  if (text === '') return EVERYTHING
  return labelSelector(new SelectorParser(text, checkKey).parse(checkedRequirement))
}

/** A plain map, as ReplicationControllers and Services have. Not checked: validation did that. */
export function selectorFromMap(labels: Labels | undefined): LabelSelector {
  return labelSelector(
    Object.entries(labels ?? {}).map(([key, value]): LabelRequirement => ({ key, operator: '=', values: [value] })),
  )
}

const OPERATORS: ReadonlyMap<string, SelectorOperator> = new Map([
  ['In', 'in'], ['NotIn', 'notin'], ['Exists', 'exists'], ['DoesNotExist', '!'],
])

/** The selector of a spec: none at all selects nothing, an empty one everything. @throws SelectorError */
export function selectorFromSpec(spec: LabelSelectorSpec | null | undefined): LabelSelector {
  if (spec === undefined || spec === null) return NOTHING
  const requirements = Object.entries(spec.matchLabels ?? {}).map(([key, value]) =>
    checkedRequirement({ key, operator: '=', values: [value] }))
  for (const { key, operator, values = [] } of spec.matchExpressions ?? []) {
    const known = OPERATORS.get(operator)
    if (known === undefined) {
      throw new SelectorError(`${JSON.stringify(operator)} is not a valid label selector operator`)
    }
    requirements.push(checkedRequirement({ key, operator: known, values }))
  }
  return labelSelector(requirements)
}

/** The text of a spec's selector, empty for one that selects everything or is missing. */
export function formatLabelSelector(spec: LabelSelectorSpec | null | undefined): string {
  return selectorFromSpec(spec).toString()
}

export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

export interface FieldSelector {
  readonly isEmpty: boolean
  readonly requirements: readonly FieldRequirement[]
  /** The fields asked about, for the caller to refuse: `field label not supported: X`. */
  readonly fields: readonly string[]
  /** A field that is missing counts as empty text. */
  matches(fields: Labels): boolean
  /** The one value that `field` must have, if the selector says so. */
  requirement(field: string): string | undefined
  toString(): string
}

/** Splits at commas that no backslash escapes; the backslashes stay. */
function splitTerms(text: string): string[] {
  const terms: string[] = []
  let start = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === ',') {
      terms.push(text.slice(start, index))
      start = index + 1
    }
  }
  terms.push(text.slice(start))
  return terms
}

function unescapeValue(text: string): string {
  let value = ''
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (character === ',' || character === '=') {
      const code = String(character.charCodeAt(0))
      throw new SelectorError(`invalid field selector: unescaped character in value: ${code}`)
    }
    if (character !== '\\') {
      value += character
      continue
    }
    index++
    const escaped = text.charAt(index)
    if (escaped !== '\\' && escaped !== ',' && escaped !== '=') {
      throw new SelectorError(`invalid field selector: invalid escape sequence: \\${escaped}`)
    }
    value += escaped
  }
  return value
}

function escapeValue(value: string): string {
  return value.replaceAll(/[\\,=]/g, (character) => `\\${character}`)
}

function parseTerm(selector: string, term: string): FieldRequirement {
  const match = /!=|==|=/.exec(term)
  if (match === null) throw new SelectorError(`invalid selector: '${selector}'; can't understand '${term}'`)
  const value = unescapeValue(term.slice(match.index + match[0].length))
  return { field: term.slice(0, match.index), operator: match[0] === '!=' ? '!=' : '=', value }
}

/** `metadata.name=web,status.phase!=Running`; commas, equals signs and backslashes escaped. @throws SelectorError */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = splitTerms(text).filter((term) => term !== '').toSorted()
  // A term of neither field nor value asks for nothing.
  return fieldSelector(terms.map((term) => parseTerm(text, term)).filter(({ field, value }) => field + value !== ''))
}

export function fieldSelector(requirements: readonly FieldRequirement[]): FieldSelector {
  const exact = new Map<string, string>()
  for (const { field, operator, value } of requirements) {
    if (operator === '=' && !exact.has(field)) exact.set(field, value)
  }
  return {
    isEmpty: requirements.length === 0,
    requirements,
    fields: [...new Set(requirements.map(({ field }) => field))],
    matches: (fields) => requirements.every(({ field, operator, value }) =>
      ((ownValue(fields, field) ?? '') === value) === (operator === '=')),
    requirement: (field) => exact.get(field),
    toString: () =>
      requirements.map(({ field, operator, value }) => `${field}${operator}${escapeValue(value)}`).join(','),
  }
}
