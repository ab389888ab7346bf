/**
 * The text of an audit policy, YAML or JSON, checked with upstream's words (k8s.io/apiserver pkg/apis/audit/validation,
 * pkg/audit/policy/reader.go): what it does not know is warned of and left out, anything else that is wrong is an
 * error. Differs: all errors come at once, each with the line of its field.
 */
import { isJsonObject } from '../../../apimachinery/patch/json-value.ts'
import type { FieldError } from '../../../apimachinery/field-path.ts'
import {
  childPath, formatFieldError, indexPath, invalid, notSupported, required, typeInvalid,
} from '../../../apimachinery/field-path.ts'
import { isDns1123Subdomain } from '../../../apimachinery/names.ts'
import { linesOfYaml } from '../../../apimachinery/wire/yaml-lines.ts'
import { YamlError, readYaml } from '../../../apimachinery/wire/yaml.ts'
import type { AuditPolicy } from './policy.ts'
import { LEVELS, STAGES } from './policy.ts'

export class AuditPolicyError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('; '))
    this.name = 'AuditPolicyError'
  }
}

type Fields = Readonly<Record<string, unknown>>

const TEXTS = 'texts'
const FLAG = 'flag'
const POLICY_FIELDS = {
  apiVersion: 'text', kind: 'text', metadata: 'any', rules: 'rules', omitStages: TEXTS, omitManagedFields: FLAG,
} as const
const RULE_FIELDS = {
  level: 'text', users: TEXTS, userGroups: TEXTS, verbs: TEXTS, resources: 'resources', namespaces: TEXTS,
  nonResourceURLs: TEXTS, omitStages: TEXTS, omitManagedFields: FLAG,
} as const
const RESOURCE_FIELDS = { group: 'text', resources: TEXTS, resourceNames: TEXTS } as const

/** `warn`: of fields that are unknown or said twice. @throws AuditPolicyError */
export function readAuditPolicy(text: string, warn: (text: string) => void): AuditPolicy {
  const complaints: string[] = []
  let value: unknown
  try {
    value = readYaml(text, (complaint) => complaints.push(complaint))
  } catch (error) {
    if (error instanceof YamlError) throw new AuditPolicyError([error.message])
    throw error
  }
  if (!isJsonObject(value)) throw new AuditPolicyError(['line 1: the file holds no object of kind Policy'])
  const errors = checkPolicy(value)
  complaints.push(...unknownFields(value))
  if (errors.length === 0) {
    if (complaints.length > 0) warn(`${LENIENT}: strict decoding error: ${complaints.join(', ')}`)
    // Checked field by field.
    return value as unknown as AuditPolicy
  }
  const lines = linesOfYaml(text)
  const located = (error: FieldError) => `line ${String(lineOf(lines, error.field))}: ${formatFieldError(error)}`
  throw new AuditPolicyError(errors.map(located))
}

const LENIENT = 'Audit policy contains errors, falling back to lenient decoding'

function unknownFields(policy: Fields): string[] {
  const unknown = (value: unknown, known: object, at: string): string[] =>
    Object.keys(isJsonObject(value) ? value : {})
      .filter((name) => !Object.hasOwn(known, name))
      .map((name) => childPath(at, name))
  const found = [
    ...unknown(policy, POLICY_FIELDS, ''),
    ...listOf(policy['rules']).flatMap((rule, index) => {
      const at = indexPath('rules', index)
      const resources = isJsonObject(rule) ? listOf(rule['resources']) : []
      const inResources = resources.flatMap((one, place) =>
        unknown(one, RESOURCE_FIELDS, indexPath(childPath(at, 'resources'), place)))
      return [...unknown(rule, RULE_FIELDS, at), ...inResources]
    }),
  ]
  return found.map((field) => `unknown field "${field}"`)
}

/** A field that is not there is looked for where it should be. */
function lineOf(lines: ReadonlyMap<string, number>, field: string): number {
  for (let path = field; path !== ''; path = path.replace(/(?:\.[^.[]*|\[\d+\]|^[^.[]*)$/, '')) {
    const line = lines.get(path)
    if (line !== undefined) return line
  }
  return 1
}

function checkPolicy(value: Fields): FieldError[] {
  const errors: FieldError[] = []
  for (const [field, wanted] of [['apiVersion', 'audit.k8s.io/v1'], ['kind', 'Policy']] as const) {
    if (value[field] !== wanted) errors.push(notSupported(field, value[field] ?? '', [wanted]))
  }
  errors.push(...checkFields(value, POLICY_FIELDS, ''))
  errors.push(...checkStages(value['omitStages'], 'omitStages'))
  const rules = listOf(value['rules'])
  if (rules.length === 0) errors.push(required('rules', 'loaded illegal policy with 0 rules'))
  return [...errors, ...rules.flatMap((rule, index) => checkRule(rule, indexPath('rules', index)))]
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** JSON types of fields. */
function checkFields(value: Fields, known: Readonly<Record<string, string>>, at: string): FieldError[] {
  return Object.entries(value).flatMap(([name, field]) => {
    const path = childPath(at, name)
    const type = known[name]
    if (type === undefined || field === null || hasType(field, type)) return []
    return [typeInvalid(path, field, `must be ${WANTED[type] ?? 'a list'}`)]
  })
}

const WANTED: Readonly<Record<string, string>> = { text: 'a text', flag: 'true or false', texts: 'a list of texts' }

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string'
    case 'flag':
      return typeof value === 'boolean'
    case 'texts':
      return Array.isArray(value) && value.every((one) => typeof one === 'string')
    case 'any':
      return true
    default:
      return Array.isArray(value)
  }
}

function checkStages(stages: unknown, at: string): FieldError[] {
  const why = `allowed stages are ${STAGES.join(',')}`
  return listOf(stages).flatMap((stage, index) =>
    (STAGES as readonly unknown[]).includes(stage) ? [] : [invalid(indexPath(at, index), stage, why)],
  )
}

function checkRule(rule: unknown, at: string): FieldError[] {
  if (!isJsonObject(rule)) return [typeInvalid(at, rule, 'must be an object')]
  const errors = checkFields(rule, RULE_FIELDS, at)
  const levelAt = childPath(at, 'level')
  const { level = '', nonResourceURLs, resources, namespaces, omitStages } = rule
  if (level === '') errors.push(required(levelAt))
  else if (!(LEVELS as readonly unknown[]).includes(level)) errors.push(notSupported(levelAt, level, LEVELS))
  const urlsAt = childPath(at, 'nonResourceURLs')
  errors.push(...listOf(nonResourceURLs).flatMap((url, index) => checkPath(url, indexPath(urlsAt, index))))
  const resourcesAt = childPath(at, 'resources')
  errors.push(...listOf(resources).flatMap((one, index) => checkResources(one, resourcesAt, index)))
  errors.push(...checkStages(omitStages, childPath(at, 'omitStages')))
  if (listOf(nonResourceURLs).length > 0 && listOf(resources).length + listOf(namespaces).length > 0) {
    const why = 'rules cannot apply to both regular resources and non-resource URLs'
    errors.push(invalid(urlsAt, nonResourceURLs, why))
  }
  return errors
}

function checkPath(url: unknown, at: string): FieldError[] {
  if (url === '*' || typeof url !== 'string') return []
  const errors: FieldError[] = []
  if (!url.startsWith('/')) errors.push(invalid(at, url, "non-resource URL rules must begin with a '/' character"))
  if (url.slice(0, -1).includes('*')) {
    errors.push(invalid(at, url, "non-resource URL wildcards '*' must be the final character of the rule"))
  }
  return errors
}

/** Upstream leaves the index out of these paths. */
function checkResources(value: unknown, at: string, index: number): FieldError[] {
  if (!isJsonObject(value)) return [typeInvalid(indexPath(at, index), value, 'must be an object')]
  const errors = checkFields(value, RESOURCE_FIELDS, indexPath(at, index))
  const { group, resources, resourceNames } = value
  const messages = typeof group === 'string' && group !== '' && group !== '*' ? isDns1123Subdomain(group) : []
  if (messages.length > 0) errors.push(invalid(childPath(at, 'group'), group, messages.join(',')))
  if (listOf(resourceNames).length > 0 && listOf(resources).length === 0) {
    errors.push(
      invalid(childPath(at, 'resourceNames'), resourceNames, 'using resourceNames requires at least one resource'),
    )
  }
  return errors
}
