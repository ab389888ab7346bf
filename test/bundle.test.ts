/**
 * What is deployed stays small: the start-up module decides how fast an isolate starts, the whole how fast it is
 * deployed.
 */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bundlesOf } from '../src/local/bundle.ts'

const START_UP_LIMIT_BYTES = 1024 * 1024
const WHOLE_LIMIT_BYTES = 3 * 1024 * 1024

const ENTRIES = ['src/worker.ts', 'src/objects/pod-worker.ts', 'src/edge.ts'] as const

const bundles = await bundlesOf(ENTRIES, () => undefined)
const sizes = bundles.map((bundle, index) => {
  const files = bundle.modules.map((name) => join(bundle.folder, name))
  const gzipped = files.map((path) => gzipSync(readFileSync(path)).length)
  const rawBytes = files.reduce((sum, path) => sum + statSync(path).size, 0)
  const wholeBytes = gzipped.reduce((sum, size) => sum + size, 0)
  return { entry: ENTRIES[index], startUpBytes: gzipped[0] ?? 0, wholeBytes, rawBytes }
})

describe.each(sizes)('the bundle of $entry', ({ startUpBytes, wholeBytes, rawBytes }) => {
  it('starts from at most 1 MB gzip', () => {
    expect(startUpBytes).toBeGreaterThan(0)
    expect(startUpBytes).toBeLessThanOrEqual(START_UP_LIMIT_BYTES)
  })

  it('is at most 3 MB gzip with all that is loaded later', () => {
    expect(rawBytes).toBeGreaterThan(wholeBytes)
    expect(wholeBytes).toBeLessThanOrEqual(WHOLE_LIMIT_BYTES)
  })
})
