/**
 * How OpenAPI calls our types: `io.k8s.api.core.v1.Pod` for the generated model V1Pod, `dev.workernetes.v1.Cluster` for
 * our own. Names and required fields come from a table of bare facts (src/cli/generate/extract-definitions.ts).
 */
import type { GroupVersionKind } from '../../../apimachinery/meta.ts'
import table from './definitions.json' with { type: 'json' }

interface Definition {
  readonly name: string
  readonly required: readonly string[]
}

const OWN_PACKAGE = 'dev.workernetes.v1'
/** `CoreV1Event` is Event of core; the group is there only where two share the name. */
const MODEL = /^(?:[A-Z][a-z]+)?V\d+([A-Z]\w*)$/

/** The body of PATCH has a definition, but no model; what /version answers has no version. */
const OTHERS: readonly (readonly [string, Definition])[] = [
  ['V1Patch', { name: 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch', required: [] }],
  ['VersionInfo', {
    name: 'io.k8s.apimachinery.pkg.version.Info',
    required: [
      'major', 'minor', 'gitVersion', 'gitCommit', 'gitTreeState', 'buildDate', 'goVersion', 'compiler', 'platform',
    ],
  }],
]
const definitions = new Map<string, Definition>(OTHERS)
const models = new Map<string, string>()
for (const [packageName, words] of Object.entries<string>(table)) {
  for (const word of words.split(' ')) {
    const [model = '', required = ''] = word.split(':')
    const name = `${packageName}.${MODEL.exec(model)?.[1] ?? model}`
    definitions.set(model, { name, required: required === '' ? [] : required.split(',') })
    models.set(name, model)
  }
}

export function definitionName(model: string): string {
  // Models of custom resources are named as their definitions are.
  return definitions.get(model)?.name ?? (model.includes('.') ? model : `${OWN_PACKAGE}.${model}`)
}

export function requiredFields(model: string): readonly string[] {
  return definitions.get(model)?.required ?? []
}

/** The model of a kind that is known by name only, such as autoscaling/v1 Scale; undefined for kinds without one. */
export function modelOfKind({ group, version, kind }: GroupVersionKind): string | undefined {
  const [name = ''] = group.split('.')
  return models.get(`io.k8s.api.${name === '' ? 'core' : name}.${version}.${kind}`)
}

/** The model of a kind's list, in the package of the kind's own model; a name without a model where there is none. */
export function listModelOf(model: string, listKind: string): string {
  const name = definitionName(model)
  const listName = `${name.slice(0, name.lastIndexOf('.'))}.${listKind}`
  return models.get(listName) ?? (model.includes('.') ? listName : listKind)
}
