/**
 * Rules about single files, their names and their folders (the house's sizes, words and openings). Whatever a linter
 * can tell by syntax (function length, any, non-null assertions) is in test/oxlint.json instead.
 */
import { basename } from 'node:path'
import type { SourceFile, SourceTree } from './source-tree.ts'

const MAX_FILE_LINES = 500
const MAX_LINE_CHARACTERS = 120
const MAX_FOLDER_ENTRIES = 18

/** Texts of the wire, SQL and markup stay whole, so that they can be searched for. */
const WHOLE_TEXT = /(['"`/])(?:(?!\1).){50,}|^ *<|^ {2}[.a-z].*\{.*\}$/

/** Folders that list things by the outside world's names, with the reason why a sub-folder would not help. */
const WIDE_FOLDERS = new Map([
  ['', 'the top level is checked name by name'],
  ['src', 'one entry per folder of the floors'],
  ['src/apis', 'one folder per API group'],
  ['test', 'mirrors src'],
  ['docs/decisions', 'one file per decision, numbered'],
  ['migrations', 'one file per migration, numbered'],
])

const TOP_LEVEL = new Set([
  ...['.ci', '.git', '.gitignore', '.npmrc', '.workernetes', '.wrangler', 'bench-results', 'dist', 'node_modules'],
  ...['docs', 'examples', 'migrations', 'src', 'test'],
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'package-lock.json', 'tsconfig.json', 'wrangler.toml'],
])

const isCode = (file: SourceFile): boolean => /^(src|test)\/.*\.(ts|tsx|mjs)$/.test(file.path)
const isSource = (file: SourceFile): boolean => isCode(file) && file.path.startsWith('src/')

export function oversizeFiles(files: readonly SourceFile[]): string[] {
  return files.filter(isCode).flatMap((file) => {
    const lines = file.text.split('\n').length - 1
    if (lines <= MAX_FILE_LINES) return []
    return [
      `${file.path}: ${String(lines)} lines, at most ${String(MAX_FILE_LINES)}; split it by what changes together`,
    ]
  })
}

export function longLines(files: readonly SourceFile[]): string[] {
  return files.filter(isCode).flatMap((file) =>
    file.text.split('\n').flatMap((line, index) => {
      if (line.length <= MAX_LINE_CHARACTERS || WHOLE_TEXT.test(line)) return []
      const size = `${String(line.length)} characters, at most ${String(MAX_LINE_CHARACTERS)}`
      return [`${file.path}:${String(index + 1)}: ${size}; break the line`]
    }),
  )
}

export function crowdedFolders(tree: SourceTree): string[] {
  return [...tree.folders].flatMap(([folder, entries]) => {
    if (entries.length <= MAX_FOLDER_ENTRIES || WIDE_FOLDERS.has(folder)) return []
    return [`${folder}/: ${String(entries.length)} entries, at most ${String(MAX_FOLDER_ENTRIES)}; sub-folders by noun`]
  })
}

export function strangersAtTop(tree: SourceTree): string[] {
  return (tree.folders.get('') ?? [])
    .filter((name) => !TOP_LEVEL.has(name) && !name.endsWith('.log'))
    .map((name) => `${name}: not at the top level; configuration of tests and lint goes under test/`)
}

export function missingHeaders(files: readonly SourceFile[]): string[] {
  return files
    .filter(isSource)
    .filter((file) => !/^(#![^\n]*\n)?\/\*\*/.test(file.text))
    .map(
      (file) => `${file.path}: open it with a /** comment: what it is for, what it keeps true, what it must not know`,
    )
}

const VERBS = ['fetch', 'upsert', 'sync', 'handle', 'process', 'manage'] as const
const EMPTY_NOUNS = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager'])
const EMPTY_FILES = new Set(['types.ts', 'index.ts', 'index.mjs'])
const EXPORTED_VERB = new RegExp(`^export (?:async )?(?:function\\*?|const) ((?:${VERBS.join('|')})[A-Z]\\w*)`, 'gm')

export function badNames(files: readonly SourceFile[]): string[] {
  const findings: string[] = []
  for (const file of files.filter(isCode)) {
    const name = basename(file.path)
    const words = name.replace(/(\.test|\.suite)?\.(ts|tsx|mjs)$/, '').split('-')
    if (EMPTY_FILES.has(name)) findings.push(`${file.path}: no barrels and no ${name}; a type lives with its owner`)
    if (words.some((word) => EMPTY_NOUNS.has(word))) findings.push(`${file.path}: says nothing; name what it is`)
    const verb = VERBS.find((banned) => banned === words[0])
    if (verb !== undefined)
      findings.push(`${file.path}: "${verb}" can mean anything; name the file after what it gives`)
    if (/[^a-z0-9.-]/.test(name)) findings.push(`${file.path}: name it in kebab-case after its main export`)
    for (const [, exported = ''] of file.text.matchAll(EXPORTED_VERB)) {
      findings.push(`${file.path}: ${exported}: use a verb of the field (src/README.md), not a synonym`)
    }
  }
  return findings
}

/** Split, so that this file does not find itself. */
const BANNED_TEXT: readonly (readonly [RegExp, string])[] = [
  [new RegExp('/' + 'work/'), 'a path of one workplace; nothing here depends on a machine'],
  [new RegExp('issues' + ' show'), 'a tool of one workplace'],
  [new RegExp('\\.mir' + 'ror/|\\.lib' + 'rary/'), 'a path of one workplace'],
  [
    new RegExp('regis' + 'try\\.(npmjs|yarnpkg)|npm\\.pkg\\.git' + 'hub'),
    "a package registry's host; npm knows its own",
  ],
]
/** Split for the same reason. */
const PROMISE = new RegExp('\\b(TO' + 'DO|FIX' + 'ME)\\b(?!.*#\\d)')

export function bannedText(files: readonly SourceFile[]): string[] {
  const findings: string[] = []
  for (const file of files) {
    for (const [index, line] of file.text.split('\n').entries()) {
      const at = `${file.path}:${String(index + 1)}`
      for (const [pattern, why] of BANNED_TEXT) if (pattern.test(line)) findings.push(`${at}: ${why}`)
      if (isCode(file) && PROMISE.test(line))
        findings.push(`${at}: a promise without an issue (#123); do it or file it`)
    }
  }
  return findings
}

const REEXPORT = /^export (type )?(\*|\{)[^'"]*from '/gm
/** Durable Object classes must be exported by the entry: the platform finds them by name there. */
const REEXPORTERS = new Set(['src/edge.ts', 'src/worker.ts', 'src/objects/pod-worker.ts'])

export function barrels(files: readonly SourceFile[]): string[] {
  return files.filter(isSource).flatMap((file) => {
    if (REEXPORTERS.has(file.path) || file.path.startsWith('src/testing/')) return []
    const stars = [...file.text.matchAll(REEXPORT)].filter(([, , what]) => what === '*').length
    const exportsOfItsOwn = /^export (async |abstract )?(function|class|const|interface|type \w|let)/m.test(file.text)
    const reexports = file.text.search(REEXPORT) >= 0
    if (stars === 0 && (!reexports || exportsOfItsOwn)) return []
    return [`${file.path}: a barrel; import from the file that owns the name`]
  })
}

export function wholeZod(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => isCode(file) && new RegExp("^import (type )?\\{[^}]*\\} from '" + "zod'", 'm').test(file.text))
    .map((file) => `${file.path}: write import * as z from 'zod': the named import quadruples the bundle`)
}
