/**
 * The repository's files as plain data, for the rules of test/tidy/: paths, text, and what each file imports. Reads
 * text only, without a compiler, so that the whole tree costs milliseconds.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export interface SourceImport {
  /** As written: `../store/log.ts`, `node:fs`, `zod`. */
  readonly specifier: string
  /** The path in the repository when it is relative, undefined for packages. */
  readonly path: string | undefined
  /** Erased before running: cannot make a cycle that matters. */
  readonly isTypeOnly: boolean
}

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly imports: readonly SourceImport[]
}

const IMPORTS = [
  /^(?:import|export)\s+(type\s)?[^'"`;]*?\sfrom\s+'([^']+)'/gm,
  /^import\s+()'([^']+)'/gm,
  /\bimport\(\s*()'([^']+)'\s*\)/g,
] as const

export function sourceFile(path: string, text: string): SourceFile {
  const imports: SourceImport[] = []
  if (/\.(ts|tsx|mjs)$/.test(path)) {
    for (const pattern of IMPORTS) {
      for (const [, type, specifier = ''] of text.matchAll(pattern)) {
        const isRelative = specifier.startsWith('.')
        imports.push({
          specifier,
          path: isRelative ? normalize(join(dirname(path), specifier)) : undefined,
          isTypeOnly: type !== undefined && type !== '',
        })
      }
    }
  }
  return { path, text, imports }
}

/** Never read: installed, generated, or state. */
const SKIPPED = new Set([
  'node_modules',
  '.git',
  '.workernetes',
  '.wrangler',
  'src/apis/generated',
  'src/dashboard/assets/generated',
  'test/.cache',
  'bench-results',
  'dist',
])

const READ = /\.(ts|tsx|mjs|json|toml|md|sql|yaml|yml)$|^\.ci\/run$|^\.npmrc$|^LICENSE$/

/** Every file that the rules look at, and every folder's entries (also of files that are not read). */
export interface SourceTree {
  readonly files: readonly SourceFile[]
  readonly folders: ReadonlyMap<string, readonly string[]>
}

export function readSourceTree(root: string): SourceTree {
  const files: SourceFile[] = []
  const folders = new Map<string, readonly string[]>()
  const visit = (folder: string): void => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true })
    const kept = entries.filter((entry) => !SKIPPED.has(folder === '' ? entry.name : `${folder}/${entry.name}`))
    folders.set(
      folder,
      kept.map((entry) => entry.name),
    )
    for (const entry of kept) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) visit(path)
      else if (READ.test(path)) files.push(sourceFile(path, readFileSync(join(root, path), 'utf8')))
    }
  }
  visit('')
  return { files, folders }
}
