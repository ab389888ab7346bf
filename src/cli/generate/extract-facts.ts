/**
 * Extracts bare facts from upstream's material and writes the tables that are committed:
 *
 *   node src/cli/generate/extract-facts.ts OPENAPI_V2_JSON GO_SOURCES
 *
 * OPENAPI_V2_JSON is the server's /openapi/v2 document; GO_SOURCES a folder with check-outs of k8s.io/api,
 * apimachinery, apiextensions-apiserver and kube-aggregator under those names. Only GA types are taken. No
 * description, comment or other sentence of the material ends up in the output: names, types, keys and verbs only.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { goFieldFacts } from './field-facts.ts'
import { readGoPackage } from './go-source.ts'
import type { GoPackage } from './go-source.ts'
import { kindFacts, mergeFactLines, structureFacts } from './openapi-facts.ts'
import type { OpenApiDocument } from './openapi-facts.ts'
import { modelNames } from './model-names.ts'
import { goValueFacts } from './value-facts.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** Where the packages of an OpenAPI definition's prefix live below GO_SOURCES. */
function packageFolder(definition: string): string {
  const parts = definition.split('.')
  if (definition.startsWith('io.k8s.api.')) return join('api', ...parts.slice(3, -1))
  return join(parts[2] ?? '', ...parts.slice(3, -1))
}

function loadPackages(goSources: string, definitions: Iterable<string>): Map<string, GoPackage> {
  const packages = new Map<string, GoPackage>()
  for (const definition of definitions) {
    const prefix = definition.slice(0, definition.lastIndexOf('.'))
    if (packages.has(prefix)) continue
    const folder = join(goSources, packageFolder(definition))
    const files = readdirSync(folder).filter((file) => /^types\w*\.go$/.test(file) && !file.includes('swagger'))
    packages.set(prefix, readGoPackage(files.map((file) => readFileSync(join(folder, file), 'utf8'))))
  }
  return packages
}

/** One entry to a line, sorted: such a table can be read and its changes reviewed. */
function writeTable(path: string, table: Record<string, unknown>): void {
  const lines = Object.keys(table)
    .toSorted()
    .map((key) => `  ${JSON.stringify(key)}: ${JSON.stringify(table[key])}`)
  writeFileSync(join(ROOT, path), `{\n${lines.join(',\n')}\n}\n`)
  console.log(`${path}: ${String(lines.length)} entries`)
}

const [openApiPath, goSources] = process.argv.slice(2)
if (openApiPath === undefined || goSources === undefined) {
  console.error('usage: node src/cli/generate/extract-facts.ts OPENAPI_V2_JSON GO_SOURCES')
  process.exit(2)
}
const openApi = JSON.parse(readFileSync(openApiPath, 'utf8')) as OpenApiDocument
const names = modelNames(Object.keys(openApi.definitions))
const packages = loadPackages(goSources, names.keys())
writeTable('src/apis/facts/field-facts.json', goFieldFacts(packages, names))
writeTable('src/apiserver/openapi/definitions/value-facts.json', goValueFacts(packages, names))
writeTable('src/apis/facts/merge-facts.json', mergeFactLines(openApi, names))
writeTable('test/fixtures/kind-facts.json', kindFacts(openApi))
writeTable('test/fixtures/kind-facts-structure.json', structureFacts(openApi, names))
