import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  clearDataFolder,
  dataFolderAt,
  lockDataFolder,
  prepareDataFolder,
  runningIn,
  unlockDataFolder,
  updateLock,
} from '../../src/local/data-folder.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MIGRATIONS = ['0001_create_log.sql', '0002_more.sql']
const ABOUT = { address: 'https://127.0.0.1:1', httpPort: 2, kubeconfig: '/k', server: 'workerd', children: [] }

const folderIn = (...names: string[]) => dataFolderAt(join(temporaryFolder('data'), ...names))

describe('a data folder', () => {
  it('is made for its owner only', () => {
    const folder = folderIn('deep', 'data')
    prepareDataFolder(folder, MIGRATIONS)
    expect(statSync(folder.path).mode & 0o777).toBe(0o700)
    expect(existsSync(folder.objects)).toBe(true)
  })

  it('is used again by the same and by a later version', () => {
    const folder = folderIn('data')
    prepareDataFolder(folder, MIGRATIONS.slice(0, 1))
    prepareDataFolder(folder, MIGRATIONS)
    expect(() => prepareDataFolder(folder, MIGRATIONS)).not.toThrow()
  })

  it('refuses data of a newer version, naming what it does not know', () => {
    const folder = folderIn('data')
    prepareDataFolder(folder, [...MIGRATIONS, '0003_future.sql'])
    expect(() => prepareDataFolder(folder, MIGRATIONS)).toThrow(
      /written by a newer version \(migration 0003_future\.sql\)/,
    )
  })

  it('refuses a newer layout', () => {
    const folder = folderIn('data')
    prepareDataFolder(folder, MIGRATIONS)
    writeFileSync(join(folder.path, 'version.json'), '{"format":99,"migrations":[]}')
    expect(() => prepareDataFolder(folder, MIGRATIONS)).toThrow(/newer version \(format 99\); update workernetes/)
  })

  it('says which folder cannot be used, and which option chooses another', () => {
    const file = join(temporaryFolder('data'), 'file')
    writeFileSync(file, '')
    const folder = dataFolderAt(join(file, 'data'))
    expect(() => prepareDataFolder(folder, MIGRATIONS)).toThrow(
      /cannot use the data folder .*file\/data \(ENOTDIR\).*--data DIR/,
    )
  })
})

describe('the lock of a data folder', () => {
  it('names who has it', () => {
    const folder = folderIn()
    lockDataFolder(folder, ABOUT)
    expect(runningIn(folder)).toMatchObject({ ...ABOUT, pid: process.pid })
    expect(() => lockDataFolder(folder, ABOUT)).toThrow(
      `${folder.path} is in use by process ${String(process.pid)} (https://127.0.0.1:1); stop it with "down"`,
    )
  })

  it('is taken over from a process that is gone', () => {
    const folder = folderIn()
    // No system gives out this pid.
    writeFileSync(join(folder.path, 'lock.json'), JSON.stringify({ ...ABOUT, pid: 99_999_999, mark: '1' }))
    expect(runningIn(folder)).toBeUndefined()
    lockDataFolder(folder, ABOUT)
    expect(runningIn(folder)?.pid).toBe(process.pid)
  })

  it('is not held by a later process that got the same pid', () => {
    const folder = folderIn()
    writeFileSync(join(folder.path, 'lock.json'), JSON.stringify({ ...ABOUT, pid: process.pid, mark: 'another start' }))
    expect(runningIn(folder)).toBeUndefined()
  })

  it('survives being cut off while it was written', () => {
    const folder = folderIn()
    writeFileSync(join(folder.path, 'lock.json'), '{"pid":')
    lockDataFolder(folder, ABOUT)
    expect(runningIn(folder)?.pid).toBe(process.pid)
  })

  it('is completed and given back', () => {
    const folder = folderIn()
    lockDataFolder(folder, ABOUT)
    updateLock(folder, { children: [7] })
    expect(runningIn(folder)?.children).toEqual([7])
    unlockDataFolder(folder)
    expect(runningIn(folder)).toBeUndefined()
  })
})

describe('clearing a data folder', () => {
  it('keeps the credentials and the kubeconfig unless everything is to go', () => {
    const folder = folderIn()
    prepareDataFolder(folder, MIGRATIONS)
    writeFileSync(folder.kubeconfig, 'kept')
    clearDataFolder(folder, false)
    expect(existsSync(folder.objects)).toBe(false)
    expect(readFileSync(folder.kubeconfig, 'utf8')).toBe('kept')
    clearDataFolder(folder, true)
    expect(existsSync(folder.kubeconfig)).toBe(false)
  })
})
