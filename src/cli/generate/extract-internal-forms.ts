/**
 * Extracts how upstream prints its internal types in validation errors, as bare facts: field names, their order and
 * what stands for a field that is not set.
 *
 *   node src/cli/generate/extract-internal-forms.ts GO_SOURCES
 *
 * GO_SOURCES is a folder with check-outs of k8s.io/kubernetes and k8s.io/api under the names kubernetes and api. Writes
 * src/apis/facts/internal-forms.json; src/apis/validation/internal-form.ts says how its words are read.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonNameOf } from '../../apis/validation/internal-form.ts'
import { readGoPackage, type GoPackage } from './go-source.ts'

/** Types that errors print whole; what they hold follows from them. */
const ROOTS: Readonly<Record<string, readonly string[]>> = {
  apps: ['DaemonSetUpdateStrategy', 'DeploymentStrategy', 'StatefulSetUpdateStrategy'],
  autoscaling: ['HorizontalPodAutoscalerBehavior'],
  batch: ['PodFailurePolicy', 'SuccessPolicy', 'UncountedTerminatedPods'],
  core: [
    'EphemeralContainer', 'EventSource', 'HostIP', 'LocalObjectReference', 'NodeAddress', 'ObjectReference', 'PodIP',
    'PersistentVolumeSource', 'PodResourceClaim', 'PodTemplateSpec', 'ServicePort', 'Taint', 'VolumeNodeAffinity',
  ],
  flowcontrol: ['FlowSchemaSpec', 'PriorityLevelConfigurationSpec'],
  networking: ['ParentReference', 'ServiceCIDRSpec'],
  policy: ['PodDisruptionBudgetSpec'],
  rbac: ['RoleRef'],
  resource: ['AllocationResult', 'DeviceAttribute', 'ResourceClaimSpec', 'ResourceClaimTemplateSpec'],
  storage: ['CSINodeDriver', 'VolumeAttachmentSpec'],
}

interface Declared {
  /** '' for an embedded struct. */
  readonly name: string
  readonly wrap: '' | '*' | '[]' | 'map'
  readonly type: string
}

interface InternalPackage {
  readonly structs: ReadonlyMap<string, readonly Declared[]>
  readonly named: ReadonlyMap<string, string>
}

const FIELD = /^\t(?:(\w+)\s+)?(\*|\[\]|map\[[^\]]+\])?\*?([\w.]+)(?:\s*\/\/.*)?$/

function readInternal(source: string): InternalPackage {
  const structs = new Map<string, Declared[]>()
  const named = new Map<string, string>()
  let current: Declared[] | undefined
  for (const line of source.split('\n')) {
    const opened = /^type (\w+) struct \{$/.exec(line)?.[1]
    const alias = /^type (\w+) (string|map\[\S+)/.exec(line)
    const field = FIELD.exec(line)
    if (opened !== undefined) structs.set(opened, (current = []))
    else if (line === '}') current = undefined
    else if (current !== undefined && field !== null) {
      const [, name = '', wrap = '', type = ''] = field
      current.push({ name, wrap: wrap.startsWith('map') ? 'map' : (wrap as Declared['wrap']), type })
    } else if (alias !== null) named.set(alias[1] ?? '', alias[2] ?? '')
  }
  return { structs, named }
}

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: extract-internal-forms.ts GO_SOURCES')
const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8')
const internals = new Map(
  Object.keys(ROOTS).map((group) => [group, readInternal(read('kubernetes/pkg/apis', group, 'types.go'))]),
)
const wire = new Map(
  Object.keys(ROOTS).map((group) => [group, readGoPackage([read('api', group, 'v1/types.go')])] as const),
)
const facts: Record<string, string> = {}

/** What is printed where nothing was sent, or which type follows. */
function codeOf(group: string, { wrap, type }: Declared): string {
  const [owner, name] = /^(?:api|core)\./.test(type) ? ['core', type.replace(/^\w+\./, '')] : [group, type]
  const isStruct = internals.get(owner)?.structs.has(name) === true
  if (isStruct) {
    extract(owner, name)
    const how = { '': '', '*': '?', '[]': '*', map: '?' }[wrap]
    return `${name}${how}`
  }
  if (wrap !== '' || internals.get(owner)?.named.get(name)?.startsWith('map') === true) return 'null'
  if (type === 'runtime.RawExtension') return 'null'
  if (type === 'bool') return 'false'
  if (/^u?int\d*$/.test(type) || type === 'intstr.IntOrString') return '0'
  return type === 'resource.Quantity' ? '"0"' : '""'
}

function tagsOf(group: string, struct: string): ReadonlyMap<string, string> {
  const source: GoPackage | undefined = wire.get(group)
  const tags = new Map<string, string>()
  for (const { name, declared, type } of source?.structs.get(struct) ?? []) {
    if (name === '') for (const [inner, tag] of tagsOf(group, type)) tags.set(inner, tag)
    else tags.set(declared, name)
  }
  return tags
}

function extract(group: string, struct: string): void {
  if (facts[struct] !== undefined) return
  facts[struct] = ''
  const tags = tagsOf(group, struct)
  facts[struct] = (internals.get(group)?.structs.get(struct) ?? [])
    .map((field) => {
      if (field.type === 'metav1.ObjectMeta') return '+ObjectMeta'
      const code = codeOf(group, field)
      if (field.name === '') return `+${code}`
      const tag = tags.get(field.name) ?? jsonNameOf(field.name)
      return `${field.name}${tag === jsonNameOf(field.name) ? '' : `=${tag}`}:${code}`
    })
    .join(' ')
}

for (const [group, structs] of Object.entries(ROOTS)) for (const struct of structs) extract(group, struct)
const lines = Object.keys(facts)
  .toSorted()
  .map((struct) => `  ${JSON.stringify(struct)}: ${JSON.stringify(facts[struct])}`)
const path = join(import.meta.dirname, '../../apis/facts/internal-forms.json')
writeFileSync(path, `{\n${lines.join(',\n')}\n}\n`)
console.log(`${String(lines.length)} types written to ${path}`)
