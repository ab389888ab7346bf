/**
 * Extracts the protobuf field numbers of the GA types as bare facts: `node src/cli/generate/extract-protobuf.ts FIELDS_JSON`,
 * where FIELDS_JSON maps message → field → [number, type, "repeated"?]. Writes src/apis/facts/protobuf-facts.json.
 */
import { readFileSync, writeFileSync } from 'node:fs'

/** Long package names → those that src/apimachinery/wire/protobuf.ts reads. */
const PREFIXES: readonly (readonly [string, string])[] = [
  ['k8s.io.apimachinery.pkg.apis.meta.v1.', 'meta.v1.'],
  ['k8s.io.apimachinery.pkg.api.resource.', ''],
  ['k8s.io.apimachinery.pkg.runtime.', ''],
  ['k8s.io.apimachinery.pkg.util.intstr.', ''],
  ['k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.', 'apiextensions.'],
  ['k8s.io.kube_aggregator.pkg.apis.apiregistration.', 'apiregistration.'],
  ['k8s.io.api.', ''],
]

/** gogo-protobuf spells a leading initialism its own way; JSON is right. */
const JSON_NAMES: Readonly<Record<string, string>> = { aPIGroup: 'apiGroup', uID: 'uid' }

type Fields = Record<string, readonly [number: number, type: string, repeated?: 'repeated']>

function shorten(type: string): string {
  for (const [prefix, short] of PREFIXES) if (type.includes(prefix)) return type.replace(prefix, short)
  return type
}

const [source] = process.argv.slice(2)
if (source === undefined) throw new Error('usage: extract-protobuf.ts FIELDS_JSON')
const messages = JSON.parse(readFileSync(source, 'utf8')) as Record<string, Fields>
const facts: Record<string, string> = {}
for (const [message, fields] of Object.entries(messages)) {
  if (/\.v\d+(alpha|beta)\d+\./.test(message)) continue
  facts[shorten(message)] = Object.entries(fields)
    .map(
      ([field, [number, type, repeated]]) =>
        `${JSON_NAMES[field] ?? field} ${String(number)} ${shorten(type)}${repeated === undefined ? '' : '*'}`,
    )
    .join(';')
}
const path = `${import.meta.dirname}/../../apis/facts/protobuf-facts.json`
writeFileSync(path, `${JSON.stringify(facts, undefined, 1)}\n`)
console.log(`${String(Object.keys(facts).length)} messages written to ${path}`)
