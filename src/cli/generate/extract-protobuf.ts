/**
 * Extracts how the GA types travel in protobuf as bare facts:
 *
 *   node src/cli/generate/extract-protobuf.ts FIELDS_JSON GO_SOURCES
 *
 * FIELDS_JSON maps message → field → [number, type, "repeated"?]; GO_SOURCES is as extract-facts.ts has it, and tells
 * what JSON calls each field and which are pointers. Writes src/apis/facts/protobuf-facts.json; the form of a line is
 * in protobuf-facts.ts beside it.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGoPackage } from './go-source.ts'
import type { GoField, GoPackage } from './go-source.ts'

/** Long package names → the short ones of the facts, and where the Go source of each package's types is. */
const PACKAGES: readonly (readonly [prefix: string, short: string, folder: string])[] = [
  ['k8s.io.apimachinery.pkg.apis.meta.', 'meta.', 'apimachinery/pkg/apis/meta'],
  ['k8s.io.apimachinery.pkg.api.resource.', '', 'apimachinery/pkg/api/resource'],
  ['k8s.io.apimachinery.pkg.runtime.', '', 'apimachinery/pkg/runtime'],
  ['k8s.io.apimachinery.pkg.util.intstr.', '', 'apimachinery/pkg/util/intstr'],
  [
    'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.',
    'apiextensions.',
    'apiextensions-apiserver/pkg/apis/apiextensions',
  ],
  ['k8s.io.kube_aggregator.pkg.apis.apiregistration.', 'apiregistration.', 'kube-aggregator/pkg/apis/apiregistration'],
  ['k8s.io.api.', '', 'api'],
]

type Fields = Record<string, readonly [number: number, type: string, repeated?: 'repeated']>

function shorten(type: string): string {
  for (const [prefix, short] of PACKAGES) if (type.includes(prefix)) return type.replace(prefix, short)
  return type
}

const packages = new Map<string, GoPackage>()

/** The declaration of a message's Go type: its package's folder is what stands before the last dot. */
function goFields(goSources: string, message: string): readonly GoField[] {
  const found = PACKAGES.find(([prefix]) => message.startsWith(prefix))
  if (found === undefined) return []
  const [prefix, , folder] = found
  const path = message.slice(prefix.length).split('.')
  const name = path.pop() ?? ''
  const home = join(goSources, folder, ...path)
  let declared = packages.get(home)
  if (declared === undefined) {
    const files = existsSync(home) ? readdirSync(home).filter((file) => /^(types|watch)\w*\.go$/.test(file)) : []
    declared = readGoPackage(files.map((file) => readFileSync(join(home, file), 'utf8')))
    packages.set(home, declared)
  }
  return declared.structs.get(name) ?? []
}

function factLine(message: string, fields: Fields, declared: readonly GoField[]): string {
  return Object.entries(fields)
    .toSorted(([, [one]], [, [other]]) => one - other)
    .map(([field, [number, type, repeated]]) => {
      const go = declared.find(({ protobufNumber }) => protobufNumber === number)
      if (declared.length > 0 && go === undefined) console.warn(`${message}.${field} is no field of the Go type`)
      // JSON of these is one field or the other, so they have no JSON tags to be read by.
      const isAlternative = /\.JSONSchemaPropsOr\w+$/.test(message) && field === 'schema'
      // A slice with a name is a message that may be nil.
      const isSlice = repeated === undefined && /\.(?:Verbs|ExtraValue)$/.test(type) && !type.startsWith('map')
      const isPointer = go?.isPointer === true || isAlternative || isSlice
      const marks =
        (repeated === undefined ? '' : '*') + (isPointer ? '?' : '') + (go?.name === '' ? '^' : '')
      const name = go === undefined || go.name === '' ? field : go.name
      // What is embedded is called as its type; of a quantity upstream reads the message by hand.
      const embedded = go?.type.slice(go.type.lastIndexOf('.') + 1)
      const declaredName = go?.declared === '' ? embedded : go?.declared
      const goName = message.endsWith('.Quantity') ? 'String_' : declaredName
      const isOther = goName !== undefined && goName !== name.charAt(0).toUpperCase() + name.slice(1)
      return `${name} ${String(number)} ${shorten(type)}${marks}${isOther ? ` ${goName}` : ''}`
    })
    .join(';')
}

const [source, goSources] = process.argv.slice(2)
if (source === undefined || goSources === undefined) {
  throw new Error('usage: extract-protobuf.ts FIELDS_JSON GO_SOURCES')
}
const messages = JSON.parse(readFileSync(source, 'utf8')) as Record<string, Fields>
const facts: Record<string, string> = {}
for (const [message, fields] of Object.entries(messages)) {
  if (/\.v\d+(alpha|beta)\d+\./.test(message)) continue
  const declared = goFields(goSources, message)
  if (declared.length === 0) console.warn(`${message} has no Go type`)
  facts[shorten(message)] = factLine(message, fields, declared)
}
const path = `${import.meta.dirname}/../../apis/facts/protobuf-facts.json`
writeFileSync(path, `${JSON.stringify(facts, undefined, 1)}\n`)
console.log(`${String(Object.keys(facts).length)} messages written to ${path}`)
