/**
 * Reads the models of @kubernetes/client-node, which are generated from the API's own OpenAPI document: one record a GA
 * type, with wire names. The package is development-only; nothing of it is loaded by the server.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface ModelField {
  /** Name on the wire: `continue`, not `_continue`. */
  readonly name: string
  /** Type as the package writes it: `string`, `Array<V1Container>`, `{ [key: string]: string; }`, `any`, …. */
  readonly type: string
  readonly format: string
  readonly isRequired: boolean
  readonly description: string
}

export interface Model {
  readonly name: string
  readonly description: string
  readonly fields: readonly ModelField[]
}

interface AttributeType {
  readonly name: string
  readonly baseName: string
  readonly type: string
  readonly format: string
}

const PRE_RELEASE = /V\d+(alpha|beta)\d+/
const NOT_MODELS = new Set(['ObjectSerializer', 'all'])

export async function readModels(): Promise<Model[]> {
  const folder = join(dirname(fileURLToPath(import.meta.resolve('@kubernetes/client-node'))), 'gen/models')
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.d.ts'))
    .map((file) => file.slice(0, -'.d.ts'.length))
    .filter((name) => !PRE_RELEASE.test(name) && !NOT_MODELS.has(name))
  return Promise.all(names.toSorted().map((name) => readModel(folder, name)))
}

async function readModel(folder: string, name: string): Promise<Model> {
  const loaded = (await import(pathToFileURL(join(folder, `${name}.js`)).href)) as Record<
    string,
    { attributeTypeMap: readonly AttributeType[] }
  >
  const attributes = loaded[name]?.attributeTypeMap ?? []
  const { description, members } = readDeclaration(readFileSync(join(folder, `${name}.d.ts`), 'utf8'))
  const fields = attributes.map(({ name: memberName, baseName, type, format }) => ({
    name: baseName,
    type,
    format,
    isRequired: members.get(memberName)?.isRequired ?? false,
    description: members.get(memberName)?.description ?? '',
  }))
  return { name, description, fields }
}

interface Member {
  readonly isRequired: boolean
  readonly description: string
}

const CLASS = /^(?:\/\*\*\n((?:\*[^\n]*\n)*)\*\/\n)?export declare class/m
const MEMBER = /^(?: {4}\/\*\*\n((?: {4}\*(?!\/)[^\n]*\n)*) {4}\*\/\n)? {4}'([^']+)'(\??): /gm

/** What only the declaration file tells: descriptions, and which members must be there. */
function readDeclaration(text: string): { description: string; members: Map<string, Member> } {
  const members = new Map<string, Member>()
  for (const [, comment, name, optional] of text.matchAll(MEMBER)) {
    if (name !== undefined) members.set(name, { isRequired: optional !== '?', description: commentText(comment) })
  }
  return { description: commentText(CLASS.exec(text)?.[1]), members }
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  '#39': "'",
  '#x27': "'",
  '#x60': '`',
  '#x3D': '=',
}

/** A comment's text without its stars. */
export function uncommented(comment = ''): string {
  return comment.replaceAll(/^\s*\*[^\S\n]?/gm, '').trim()
}

/** A comment's text as the package's generator writes it, without stars, entities and escaped quotes. */
export function commentText(comment?: string): string {
  return uncommented(comment)
    .replaceAll(/&(#?\w+);/g, (all, name: string) => ENTITIES[name] ?? all)
    .replaceAll(/\\(["'])/g, '$1')
}
