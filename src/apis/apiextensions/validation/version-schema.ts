/**
 * The schema of a version: structural, with defaults that fit, and then everything else that is asked of it. Upstream:
 * k8s.io/apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go,
 * validateCustomResourceDefinitionValidation.
 */
import { addErrors, forbidden, invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import type { SchemaTools } from '../../../apimachinery/structural/custom-resource.ts'
import type { JsonSchema } from '../../../apimachinery/structural/json-schema.ts'
import { compileStructural } from '../../../apimachinery/structural/structural-schema.ts'
import type { V1CustomResourceValidation } from '../../generated/types.ts'
import { validateDefaults, type RuleCheck } from './defaults.ts'
import { goFieldsOf, printedSchema } from './internal-values.ts'
import type { Requirements } from './requirements.ts'
import { validateSchema, type RuleContext } from './schema.ts'
import { unsupportedIn, validateStructural } from './structural.ts'

/** What judges rules (x-kubernetes-validations), which needs the expression language. */
export interface RuleJudge {
  /** For the rules of a schema; its `finish` tells what all of them together cost too much. */
  contextOf(schema: JsonSchema, options: RuleOptions): RuleContext & { finish(field: string): FieldError[] }
  /** Of a value that is a default. */
  readonly checkDefault: RuleCheck
}

export interface RuleOptions {
  /** The schema is as it was: what one rule costs is not held against it. */
  readonly isUnchanged: boolean
  readonly knownExpressions: ReadonlySet<string>
}

export interface SchemaContext {
  readonly tools: SchemaTools
  /** undefined where expressions are not judged. */
  readonly rules: RuleJudge | undefined
  readonly requirements: Requirements
  readonly version: string
  readonly hasStatus: boolean
}

/** What may stand at the root when the status is a subresource, so that its schema can be taken out. */
const ROOT_FIELDS = [
  'Description', 'Type', 'Format', 'Title', 'Maximum', 'ExclusiveMaximum', 'Minimum', 'ExclusiveMinimum', 'MaxLength',
  'MinLength', 'Pattern', 'MaxItems', 'MinItems', 'UniqueItems', 'MultipleOf', 'Required', 'Items', 'Properties',
  'ExternalDocs', 'Example', 'XPreserveUnknownFields', 'XValidations',
]

export function validateVersionSchema(
  validation: V1CustomResourceValidation | undefined,
  at: string,
  context: SchemaContext,
): FieldError[] {
  const schema: JsonSchema | undefined = validation?.openAPIV3Schema
  if (schema === undefined) return []
  const { requirements } = context
  const field = `${at}.openAPIV3Schema`
  const unsupported = requirements.structuralSchema ? unsupportedIn(schema) : undefined
  const isJudged = requirements.structuralSchema && unsupported === undefined
  const structural = isJudged ? validateStructure(schema, field, context) : []
  // What is told of the root shows defaults as they were judged.
  const errors = context.hasStatus ? validateRoot(schema, field) : []
  if (schema.nullable === true) errors.push(forbidden(`${field}.nullable`, 'nullable cannot be true at the root'))
  addErrors(errors, structural)
  const rules = isJudged && structural.length === 0 ? context.rules?.contextOf(schema, ruleOptions(context)) : undefined
  const options = {
    requiresKnownTypes: requirements.knownTypes,
    requiresAtomicSets: requirements.atomicSets,
    requiresPresentKeys: requirements.presentKeys,
  }
  addErrors(errors, validateSchema(schema, field, options, rules))
  // The rest of what makes a schema unfit says the same in other words.
  if (errors.length === 0 && unsupported !== undefined) errors.push(invalid(field, '', unsupported))
  return [...errors, ...(rules?.finish(field) ?? [])]
}

function ruleOptions({ requirements, version }: SchemaContext): RuleOptions {
  const { knownExpressions } = requirements
  return { isUnchanged: requirements.unchangedVersions.includes(version), knownExpressions }
}

function validateStructure(schema: JsonSchema, field: string, context: SchemaContext): FieldError[] {
  const { tools, rules, requirements } = context
  const errors = validateStructural(schema, field, tools.compilePattern)
  if (errors.length > 0) return errors
  return validateDefaults(compileStructural(schema), field, {
    tools,
    requiresPruned: requirements.prunedDefaults,
    checkRules: rules?.checkDefault ?? (() => []),
  })
}

function validateRoot(schema: JsonSchema, field: string): FieldError[] {
  for (const name of goFieldsOf(schema)) {
    if (name === 'Type') {
      if (schema.type === 'object') continue
      const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
      return [invalid(`${field}.type`, schema.type, why)]
    }
    if (ROOT_FIELDS.includes(name)) continue
    const allowed = `only [${ROOT_FIELDS.join(' ')}] fields are allowed`
    const why = `${allowed} at the root of the schema if the status subresource is enabled`
    return [invalid(field, printedSchema(schema), why)]
  }
  return []
}
