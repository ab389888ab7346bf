/**
 * Texts of types and fields, word for word as upstream's OpenAPI document has them: from the declarations of
 * kubernetes-models and @kubernetes-models/apimachinery, which keep paragraphs, what values of an enum mean, and what a
 * field of another type is for. @kubernetes/client-node, which the types are read from, has none of the three. To
 * both a quantity is a text: what it is, kubernetes-types says. All of them are development-only.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { uncommented } from './models.ts'

/** Field → text; the empty field is the type itself. */
export type Texts = Readonly<Record<string, string>>

const PACKAGES = [import.meta.resolve('kubernetes-models'), import.meta.resolve('@kubernetes-models/apimachinery')]

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const QUANTITY_FILE = import.meta.resolve('kubernetes-types/api/resource.d.ts')

/** `export type { IPod as IIoK8sApiCoreV1Pod, …`: what the type is called in the document, without its dots. */
const ALIAS = /^export type \{ \w+ as I(\w+)/m
const TYPE = /^\/\*\*\n((?: \*(?!\/)[^\n]*\n)*) \*\/\nexport (?:interface|type) /m
const MEMBER = /^ {4}\/\*\*\n((?: {5}\*(?!\/)[^\n]*\n)*) {5}\*\/\n {4}"([^"]+)"\??: /gm

export class TextSource {
  readonly #types = new Map<string, Texts>()

  constructor() {
    for (const entry of PACKAGES) {
      const folder = dirname(fileURLToPath(entry))
      for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (file.endsWith('.d.ts')) this.#read(readFileSync(join(folder, file), 'utf8'))
      }
    }
    const [, quantity] = TYPE.exec(readFileSync(fileURLToPath(QUANTITY_FILE), 'utf8')) ?? []
    this.#types.set(keyOf(QUANTITY), { '': textOf(quantity) })
  }

  /** Of a definition by its full name, such as `io.k8s.api.core.v1.Pod`; undefined when the packages lack it. */
  of(definition: string): Texts | undefined {
    return this.#types.get(keyOf(definition))
  }

  #read(declaration: string): void {
    const [, alias] = ALIAS.exec(declaration) ?? []
    if (alias === undefined) return
    const members = [...declaration.matchAll(MEMBER)].map(([, comment, name = '']) => [name, textOf(comment)] as const)
    const own = textOf(TYPE.exec(declaration)?.[1])
    this.#types.set(alias.toLowerCase(), Object.fromEntries([['', own], ...members]))
  }
}

function keyOf(definition: string): string {
  return definition.replaceAll(/[.-]/g, '').toLowerCase()
}

/** The packages escape stars and what would end a comment, and add a tag where a text says that something is deprecated. */
function textOf(comment: string | undefined): string {
  return uncommented(comment).replaceAll('\\*', '*').replaceAll('*\\/', '*/').replace(/\n@deprecated[^\n]*$/, '')
}
