import { expect, it } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { Registrants } from '../../src/store/registrants.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'

it('registrants are kept once each, by owner, until the owner is forgotten', () => {
  const sql = nodeSqlite()
  migrate(sql, migrationsOnDisk())
  const registrants = new Registrants(sql)
  for (const namespace of ['b', 'a', 'b']) registrants.register('one', namespace)
  registrants.register('other', 'a')
  expect([registrants.of('one'), registrants.of('nobody'), registrants.uids()]).toEqual([
    ['a', 'b'],
    [],
    ['one', 'other'],
  ])
  registrants.forget('one')
  expect([registrants.of('one'), registrants.uids()]).toEqual([[], ['other']])
})
