/**
 * Extracts the names of OpenAPI definitions and the fields that they require, and writes the table that is committed:
 *
 *   node src/cli/generate/extract-definitions.ts OPENAPI_V2_JSON
 *
 * OPENAPI_V2_JSON is the server's /openapi/v2 document. A line is a package; a word is a generated model, after a colon
 * its required fields. Only GA types are taken, and names only.
 */
import { byKey } from '../../lib/order.ts'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { modelNames } from './model-names.ts'

interface RequiringDocument {
  readonly definitions: Readonly<Record<string, { readonly required?: readonly string[] }>>
}

const TARGET = join(import.meta.dirname, '../../apiserver/openapi/definitions/definitions.json')

const [openApiPath] = process.argv.slice(2)
if (openApiPath === undefined) {
  console.error('usage: node src/cli/generate/extract-definitions.ts OPENAPI_V2_JSON')
  process.exit(2)
}
const { definitions } = JSON.parse(readFileSync(openApiPath, 'utf8')) as RequiringDocument
const packages = new Map<string, string[]>()
for (const [definition, model] of modelNames(Object.keys(definitions))) {
  const name = definition.slice(0, definition.lastIndexOf('.'))
  const required = definitions[definition]?.required ?? []
  const words = packages.get(name) ?? []
  words.push(required.length === 0 ? model : `${model}:${required.join(',')}`)
  packages.set(name, words)
}
const lines = [...packages]
  .toSorted(byKey)
  .map(([name, words]) => `  ${JSON.stringify(name)}: ${JSON.stringify(words.toSorted().join(' '))}`)
writeFileSync(TARGET, `{\n${lines.join(',\n')}\n}\n`)
console.log(`${TARGET}: ${String(lines.length)} packages`)
