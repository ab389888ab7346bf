/** Copies of the store's sources with one line changed, in test/.cache, and their modules. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

const SOURCES = join(import.meta.dirname, '../../src')

/** The store, and the floor that it stands on. */
const COPIED = ['store', 'lib']
const CACHE = join(import.meta.dirname, `../.cache/mutations-${String(process.pid)}`)

export interface Mutation {
  readonly title: string
  readonly file: string
  /** Exactly one place in the file. */
  readonly from: string
  readonly to: string
}

let copies = 0

/** What the named modules export together; undefined: from an unchanged copy. */
export async function mutatedModules(mutation: Mutation | undefined, names: readonly string[]): Promise<object> {
  copies += 1
  for (const floor of COPIED) cpSync(join(SOURCES, floor), join(CACHE, String(copies), floor), { recursive: true })
  const folder = join(CACHE, String(copies), 'store')
  if (mutation !== undefined) {
    const path = join(folder, `${mutation.file}.ts`)
    const parts = readFileSync(path, 'utf8').split(mutation.from)
    expect(parts.length, `places of "${mutation.from}" in ${mutation.file}.ts`).toBe(2)
    writeFileSync(path, parts.join(mutation.to))
  }
  const loaded: object[] = []
  for (const name of names) loaded.push((await import(/* @vite-ignore */ join(folder, `${name}.ts`))) as object)
  return Object.assign({}, ...loaded) as object
}

export function removeCopies(): void {
  rmSync(CACHE, { recursive: true, force: true })
}
