/**
 * The house rules that no linter knows, as tests: floors, names, sizes, words. Each rule runs on the repository and
 * on an offender, so a rule that stopped finding anything fails too.
 */
import { describe, expect, it } from 'vitest'
import { cycles, deadFiles, floorViolations, platformViolations } from './tidy/floors.ts'
import { readSourceTree, sourceFile } from './tidy/source-tree.ts'
import type { SourceTree } from './tidy/source-tree.ts'
import * as style from './tidy/style.ts'

const tree = readSourceTree(`${import.meta.dirname}/..`)

interface Rule {
  readonly says: string
  readonly check: (tree: SourceTree) => string[]
  /** One check that finds several things runs on the repository once. */
  readonly isRepeated?: true
  /** A tree of its own that breaks the rule once: path → text. */
  readonly offender: Readonly<Record<string, string>>
}

const importing = (specifier: string): string => `/** A file. */\nimport { a } from '${specifier}'\n`
const MANY = Object.fromEntries(
  Array.from({ length: 19 }, (_, index) => [`src/lib/file-${String(index)}.ts`, '/** */']),
)

const RULES: readonly Rule[] = [
  {
    says: 'imports go down the floors',
    check: ({ files }) => floorViolations(files),
    offender: { 'src/lib/clock.ts': importing('../store/log.ts'), 'src/store/log.ts': '' },
  },
  {
    says: 'folders of one floor do not import each other',
    isRepeated: true,
    check: ({ files }) => floorViolations(files),
    offender: { 'src/scheduler/queue.ts': importing('../kubelet/life.ts'), 'src/kubelet/life.ts': '' },
  },
  {
    says: 'every folder of src has a floor',
    isRepeated: true,
    check: ({ files }) => floorViolations(files),
    offender: { 'src/stuff/thing.ts': '/** */' },
  },
  {
    says: 'only the top floor imports platforms',
    check: ({ files }) => platformViolations(files),
    offender: { 'src/store/log.ts': importing('node:fs') },
  },
  {
    says: 'time and chance are parameters below the top floor',
    isRepeated: true,
    check: ({ files }) => platformViolations(files),
    offender: { 'src/store/log.ts': 'const now = Date.now()' },
  },
  {
    says: 'imports make no cycles',
    check: ({ files }) => cycles(files),
    offender: { 'src/lib/a.ts': importing('./b.ts'), 'src/lib/b.ts': importing('./a.ts') },
  },
  {
    says: 'every file of src is reached from an entry',
    check: ({ files }) => deadFiles(files),
    offender: { 'src/worker.ts': '/** */', 'src/lib/forgotten.ts': '/** */' },
  },
  {
    says: 'no file is longer than 500 lines',
    check: ({ files }) => style.oversizeFiles(files),
    offender: { 'src/lib/long.ts': '\n'.repeat(501) },
  },
  {
    says: 'no line is longer than 120 characters',
    check: ({ files }) => style.longLines(files),
    offender: { 'test/lib/wide.test.ts': 'x'.repeat(121) },
  },
  {
    says: 'no folder shows more than 18 entries',
    check: (given) => style.crowdedFolders(given),
    offender: MANY,
  },
  {
    says: 'the top level stays small',
    check: (given) => style.strangersAtTop(given),
    offender: { 'vitest.config.ts': '' },
  },
  {
    says: 'every file of src opens with a comment',
    check: ({ files }) => style.missingHeaders(files),
    offender: { 'src/lib/bare.ts': 'export const a = 1' },
  },
  {
    says: 'files and exported functions have telling names',
    check: ({ files }) => style.badNames(files),
    offender: { 'src/lib/string-utils.ts': '/** */' },
  },
  {
    says: 'no exported function is named by a synonym',
    isRepeated: true,
    check: ({ files }) => style.badNames(files),
    offender: { 'src/lib/row.ts': '/** */\nexport function upsertRow() {}' },
  },
  {
    says: 'nothing names a workplace or a package registry, and promises name their issue',
    check: ({ files }) => style.bannedText(files),
    offender: { 'docs/guide.md': `see /${'work'}/shared` },
  },
  {
    says: 'there are no barrels',
    check: ({ files }) => style.barrels(files),
    offender: { 'src/lib/all.ts': "/** */\nexport * from './clock.ts'\n" },
  },
  {
    says: 'zod is imported whole',
    check: ({ files }) => style.wholeZod(files),
    offender: { 'src/env.ts': `import { z } from ${"'zod'"}` },
  },
]

function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const folders = new Map<string, string[]>()
  for (const path of Object.keys(files)) {
    const folder = path.split('/').slice(0, -1).join('/')
    folders.set(folder, [...(folders.get(folder) ?? []), path.slice(folder === '' ? 0 : folder.length + 1)])
  }
  return { files: Object.entries(files).map(([path, text]) => sourceFile(path, text)), folders }
}

describe('the repository', () => {
  it.each(RULES.filter((rule) => rule.isRepeated === undefined))('$says', ({ check }) => {
    // As text: one finding a line, none of them cut short.
    expect(check(tree).join('\n')).toBe('')
  })
})

describe('an offender is found where', () => {
  it.each(RULES)('$says', ({ check, offender }) => {
    expect(check(treeOf(offender))).toHaveLength(1)
  })
})
