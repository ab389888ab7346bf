/** Folders that a file of tests may fill as it likes: they are gone after its last test, whatever became of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const made: string[] = []

// What is said to come after first comes last: a file that imports this has ended its servers by then.
afterAll(() => {
  // A process that was just killed may still be writing: that is waited for.
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
})

/** A new one, empty. `title` tells whose it is, should the tests themselves be killed. */
export function temporaryFolder(title: string): string {
  const path = mkdtempSync(join(tmpdir(), `workernetes-${title}-`))
  made.push(path)
  return path
}
