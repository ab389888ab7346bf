/** The audit log's file: lines, rotation, and a disk that is full. */
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { AuditLog } from '../../../src/local/audit/audit-log.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let folder = ''
beforeEach(() => (folder = temporaryFolder('audit-log')))

it('is rotated at its size, and keeps so many', () => {
  let nowMs = Date.UTC(2026, 0, 1)
  const path = join(folder, 'logs/audit.log')
  const log = new AuditLog({ path, maxSizeBytes: 10, maxBackups: 2, now: () => nowMs, complain: () => undefined })
  for (const line of ['one', 'two', 'three', 'four', 'five', 'six', 'seven']) {
    log.write(line)
    nowMs += 1_000
  }
  const names = readdirSync(join(folder, 'logs'))
  const contents = names.map((name) => [name, readFileSync(join(folder, 'logs', name), 'utf8')])
  expect(contents).toEqual([
    ['audit-2026-01-01T00-00-03.000.log', 'three\n'],
    ['audit-2026-01-01T00-00-05.000.log', 'four\nfive\n'],
    ['audit.log', 'six\nseven\n'],
  ])
})

it('goes on where a former server stopped', () => {
  const path = join(folder, 'audit.log')
  const options = { path, maxSizeBytes: 1_000, maxBackups: 0, now: () => 0, complain: () => undefined }
  new AuditLog(options).write('one')
  new AuditLog(options).write('two')
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
})

it('says once a minute that events are lost', () => {
  const complaints: string[] = []
  let nowMs = 0
  const path = join(folder, 'logs/audit.log')
  const complain = (text: string) => complaints.push(text)
  const log = new AuditLog({ path, maxSizeBytes: 1_000, maxBackups: 0, now: () => nowMs, complain })
  rmSync(join(folder, 'logs'), { recursive: true })
  for (let second = 0; second < 62; second++, nowMs += 1_000) log.write('one')
  expect(complaints.map((text) => text.replace(/:.*/, ''))).toEqual([
    '1 audit events could not be written',
    '60 audit events could not be written',
  ])
})
