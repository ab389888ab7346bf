/**
 * Writes src/apis/generated/: types and structure of all GA types, from @kubernetes/client-node and the committed facts;
 * and their descriptions, from kubernetes-models, which no start-up needs, as an asset of the deployment. Run when
 * needed by start, test and deploy; its output is never committed.
 *
 *   node src/cli/generate/generate.ts            write what is missing or stale
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { descriptionsText, structureText, typesText } from './generated-text.ts'
import type { FieldFactTable } from './generated-text.ts'
import { readModels } from './models.ts'
import { readParameters } from './parameters.ts'
import { TextSource } from './texts.ts'

const APIS = join(import.meta.dirname, '../../apis')

const models = await readModels()
const facts = JSON.parse(readFileSync(join(APIS, 'facts/field-facts.json'), 'utf8')) as FieldFactTable
const folder = join(APIS, 'generated')
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'types.ts'), typesText(models))
writeFileSync(join(folder, 'structure.ts'), structureText(models, facts))
const assets = join(import.meta.dirname, '../../dashboard/assets/generated')
mkdirSync(assets, { recursive: true })
writeFileSync(join(assets, 'descriptions.json'), descriptionsText(models, new TextSource(), readParameters()))
console.log(`src/apis/generated: ${String(models.length)} types`)
