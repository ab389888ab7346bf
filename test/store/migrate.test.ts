/** Migrations: in order, once, whole or not at all, and never over data of a newer build. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Migration } from '../../src/store/migrate.ts'
import { madeAtFirstWrite, migrate } from '../../src/store/migrate.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'
import { refusalOf } from './suite/case-tools.ts'

const FIRST: Migration = {
  name: '0001_a',
  sql: '-- a comment; with a semicolon;\nCREATE TABLE a (x);\n\nINSERT INTO a VALUES (1);',
}
const SECOND: Migration = { name: '0002_b', sql: 'ALTER TABLE a ADD COLUMN y;\nUPDATE a SET y = x + 1;\n' }

describe('migrate', () => {
  it('runs what the data has not seen, each once and in order', () => {
    const sql = nodeSqlite()
    migrate(sql, [FIRST])
    migrate(sql, [FIRST, SECOND])
    migrate(sql, [FIRST, SECOND])
    expect(sql.all('SELECT * FROM a')).toEqual([{ x: 1, y: 2 }])
    expect(sql.all('SELECT name FROM migrations')).toEqual([{ name: '0001_a' }, { name: '0002_b' }])
  })

  it('brings data of every older version to the newest schema', () => {
    const all = migrationsOnDisk()
    const schemaOf = (steps: readonly number[]): unknown => {
      const sql = nodeSqlite()
      for (const count of [...steps, all.length]) migrate(sql, all.slice(0, count))
      return sql.all('SELECT name, sql FROM sqlite_schema ORDER BY name')
    }
    for (let older = 0; older < all.length; older += 1) expect(schemaOf([older])).toEqual(schemaOf([]))
  })

  it('refuses data of a newer version, and says what to do', () => {
    const sql = nodeSqlite()
    migrate(sql, [FIRST, SECOND])
    expect(refusalOf(() => migrate(sql, [FIRST]))?.code).toBe('newerData')
    expect(() => migrate(sql, [FIRST])).toThrow(
      'newer version (it has seen migration 0002_b); start that version, or reset',
    )
  })

  it('keeps nothing of a migration that fails, and tries it again', () => {
    const sql = nodeSqlite()
    expect(() => migrate(sql, [FIRST, { name: '0002_b', sql: 'DELETE FROM a;\nNO SQL;' }])).toThrow('syntax error')
    expect(sql.all('SELECT x FROM a')).toEqual([{ x: 1 }])
    migrate(sql, [FIRST, SECOND])
    expect(sql.all('SELECT y FROM a')).toEqual([{ y: 2 }])
  })

  it('knows in production the files that lie in the folder, under their names and in their order', () => {
    const source = readFileSync(join(import.meta.dirname, '../../src/objects/storage/migrations.ts'), 'utf8')
    const names = migrationsOnDisk().map(({ name }) => name)
    expect([...source.matchAll(/from '[./]+\/migrations\/(.+)\.sql'/g)].map(([, name]) => name)).toEqual(names)
    expect([...source.matchAll(/name: '(.+?)'/g)].map(([, name]) => name)).toEqual(names)
    names.forEach((name, index) => expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, '0')}_[a-z_]+$`)))
  })
})

describe('a database that is made by its first write', () => {
  const tablesOf = (sql: ReturnType<typeof nodeSqlite>): unknown[] => sql.all('SELECT name FROM sqlite_schema')

  it('has nothing stored while it is only read, and every read finds nothing', () => {
    const sql = nodeSqlite()
    const lazy = madeAtFirstWrite(sql, (database) => migrate(database, [FIRST]))
    expect([lazy.all('SELECT * FROM a'), [...lazy.each('SELECT * FROM a')], tablesOf(sql)]).toEqual([[], [], []])
  })

  it.each([
    ['a statement', (lazy: ReturnType<typeof madeAtFirstWrite>) => lazy.run('INSERT INTO a VALUES (2)')],
    [
      'a transaction',
      (lazy: ReturnType<typeof madeAtFirstWrite>) => lazy.transaction(() => lazy.run('INSERT INTO a VALUES (2)')),
    ],
  ])('is made by %s, is there for the next instance, and is made anew after it was emptied', (_what, write) => {
    const sql = nodeSqlite()
    const make = (database: Parameters<typeof migrate>[0]): void => migrate(database, [FIRST])
    const lazy = madeAtFirstWrite(sql, make)
    write(lazy)
    expect(madeAtFirstWrite(sql, make).all('SELECT * FROM a')).toEqual([{ x: 1 }, { x: 2 }])
    for (const table of ['a', 'migrations']) sql.run(`DROP TABLE ${table}`)
    lazy.emptied()
    expect(lazy.all('SELECT * FROM a')).toEqual([])
    write(lazy)
    expect(lazy.all('SELECT * FROM a')).toEqual([{ x: 1 }, { x: 2 }])
  })
})
