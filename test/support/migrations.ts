/** The migrations as they lie in the folder, for stores on node:sqlite. Production imports them as text modules. */
import { readFileSync, readdirSync } from 'node:fs'
import type { Migration } from '../../src/store/migrate.ts'

const FOLDER = new URL('../../migrations/', import.meta.url)

export const MIGRATIONS: readonly Migration[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .map((file) => ({ name: file.slice(0, -'.sql'.length), sql: readFileSync(new URL(file, FOLDER), 'utf8') }))
