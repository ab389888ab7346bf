/**
 * Turns models into the files of src/apis/generated/: TypeScript interfaces, the compact structure that the schema
 * walker reads, and descriptions for OpenAPI. Pure: models and facts in, text out.
 */
import { definitionName } from '../../apiserver/openapi/definitions/definition-names.ts'
import { LEAF_NAMES } from '../../apiserver/openapi/definitions/leaves.ts'
import type { Model, ModelField } from './models.ts'
import type { TextSource, Texts } from './texts.ts'

const HEADER = '// Written by src/cli/generate/generate.ts; not committed. Do not edit.\n'

/** Models that src/apimachinery/meta.ts declares by hand, because every floor knows them. */
const META_TYPES: Readonly<Record<string, string>> = {
  V1ObjectMeta: 'ObjectMeta',
  V1OwnerReference: 'OwnerReference',
  V1ManagedFieldsEntry: 'ManagedFieldsEntry',
  V1ListMeta: 'ListMeta',
}

const ARRAY = /^Array<(.+)>$/
const MAP = /^\{ \[key: string\]: (.+); \}$/

/** `types.ts` */
export function typesText(models: readonly Model[]): string {
  const imports = [...new Set(Object.values(META_TYPES)), 'KubeObject'].toSorted().join(', ')
  const aliases = Object.entries(META_TYPES).map(([model, type]) => `export type ${model} = ${type}\n`)
  const interfaces = models.filter(({ name }) => META_TYPES[name] === undefined).map(interfaceText)
  const importLine = `import type { ${imports} } from '../../apimachinery/meta.ts'`
  return `${HEADER}${importLine}\n\n${aliases.join('')}\n${interfaces.join('\n')}`
}

function interfaceText({ name, fields }: Model): string {
  const isRoot =
    fields.some((field) => field.name === 'metadata' && field.type === 'V1ObjectMeta') &&
    fields.some((field) => field.name === 'kind')
  const own = isRoot ? fields.filter((field) => !['apiVersion', 'kind', 'metadata'].includes(field.name)) : fields
  const lines = own.map(
    (field) => `  ${propertyName(field.name)}${field.isRequired ? '' : '?'}: ${typeText(field.type)}\n`,
  )
  return `export interface ${name}${isRoot ? ' extends KubeObject' : ''} {\n${lines.join('')}}\n`
}

function propertyName(name: string): string {
  return /^\w+$/.test(name) ? name : `'${name}'`
}

function typeText(type: string): string {
  const item = ARRAY.exec(type)?.[1]
  if (item !== undefined) {
    const text = typeText(item)
    return /^\w+$/.test(text) ? `${text}[]` : `(${text})[]`
  }
  const value = MAP.exec(type)?.[1]
  if (value !== undefined) return `Record<string, ${typeText(value)}>`
  if (type === 'Date' || type === 'V1MicroTime') return 'string'
  if (type === 'IntOrString') return 'number | string'
  return type === 'any' ? 'unknown' : type
}

/** name, presence, shape, Go type: see field-facts.ts. */
const FACT = /^([^?!~:=]+)([?!~]?)(?::([^=]+))?(?:=(.+))?$/

/** Fields that the package calls anything: they hold a schema, or else a boolean or a list of schemas; or nothing. */
const EITHER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  V1JSONSchemaProps: {
    additionalItems: 'additionalItems?:b|V1JSONSchemaProps',
    additionalProperties: 'additionalProperties?:b|V1JSONSchemaProps',
    items: 'items?:a|V1JSONSchemaProps',
  },
  V1CustomResourceSubresources: { status: 'status?:V1CustomResourceSubresourceStatus' },
}

/** Types without fields, which the package leaves out. */
const EMPTY = ['V1CustomResourceSubresourceStatus']

const EMPTY_MODELS: readonly Model[] = EMPTY.map((name) => ({ name, description: '', fields: [] }))

export type FieldFactTable = Readonly<Record<string, string>>

/**
 * `structure.ts`: model → one word a field, `name` `presence` `:shape` `=goType`, where shape is a letter, a model's
 * name, or either of them below `[]` (list) and `{}` (map); no shape means text. Fields are in the order in which Go
 * prints them. Read by apimachinery/schema/schema.ts.
 */
export function structureText(models: readonly Model[], facts: FieldFactTable): string {
  const lines = models.map(({ name, fields }) => {
    const words = new Map((facts[name] ?? '').split(' ').map((word) => [FACT.exec(word)?.[1] ?? '', FACT.exec(word)]))
    const order = [...words.keys()]
    const line = fields
      .toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name))
      .map((field) => EITHER[name]?.[field.name] ?? structureWord(field, words.get(field.name)))
      .join(' ')
    return `  ${name}: ${JSON.stringify(line)},\n`
  })
  for (const name of EMPTY) lines.push(`  ${name}: '',\n`)
  return `${HEADER}export const STRUCTURE: Readonly<Record<string, string>> = {\n${lines.join('')}}\n`
}

function structureWord(field: ModelField, fact: RegExpExecArray | null | undefined): string {
  const shape = fact?.[3] ?? shapeOf(field)
  const isComposite = !shape.startsWith('[]') && !shape.startsWith('{}') && !/^[silfdbyr]$/.test(shape)
  const presence = fact?.[2] ?? (isComposite ? '?' : '')
  const goType = fact?.[4]
  return `${field.name}${presence}${shape === 's' ? '' : `:${shape}`}${goType === undefined ? '' : `=${goType}`}`
}

function shapeOf({ type, format }: Pick<ModelField, 'type' | 'format'>): string {
  const item = ARRAY.exec(type)?.[1]
  if (item !== undefined) return `[]${shapeOf({ type: item, format })}`
  const value = MAP.exec(type)?.[1]
  if (value !== undefined) return `{}${shapeOf({ type: value, format })}`
  switch (type) {
    case 'string':
      return format === 'byte' ? 'y' : 's'
    case 'number':
      return format === 'int64' ? 'l' : format === 'double' ? 'd' : 'i'
    case 'boolean':
      return 'b'
    case 'Date':
      return 't'
    case 'V1MicroTime':
      return 'm'
    case 'IntOrString':
      return 'x'
    case 'any':
    case 'object':
      return 'a'
    default:
      return type
  }
}

/**
 * `descriptions.json`: model → field → description, '' being the model itself; definitions that are no models by their
 * names; and parameters by their options.
 */
export function descriptionsText(
  models: readonly Model[],
  source: TextSource,
  parameters: Readonly<Record<string, Texts>>,
): string {
  const leafTexts = new Set(LEAF_NAMES.map((name) => source.of(name)?.['']))
  const ofModels = [...models, ...EMPTY_MODELS].map(({ name, description, fields }) => {
    const found = source.of(definitionName(name)) ?? {}
    const texts = fields.map((field) => {
      // Where a field has no text, client-node has its type's.
      const own = leafTexts.has(field.description) ? '' : field.description
      return [field.name, found[field.name] ?? own] as const
    })
    return [name, Object.fromEntries([['', found[''] ?? description], ...texts])] as const
  })
  const ofLeaves = LEAF_NAMES.flatMap((name) => {
    const text = source.of(name)?.[''] ?? ''
    return text === '' ? [] : [[name, { '': text }] as const]
  })
  return `${JSON.stringify({ ...Object.fromEntries([...ofModels, ...ofLeaves]), ...parameters })}\n`
}
