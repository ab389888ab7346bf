/**
 * Debian's Python client (python3-kubernetes) against the running system: what its users do with core objects, apps,
 * watches and kinds of their own (story.py). Where there is no such package the tests say so and pass over.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../../support/cluster.ts'
import { pythonClient } from './python-client.ts'

const STORY = join(import.meta.dirname, 'story.py')
const run = await pythonClient()
const why = run === undefined ? ' (skipped: there is no Python with python3-kubernetes here)' : ''

describe.skipIf(run === undefined)(`python3-kubernetes${why}`, () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await Cluster.start()
  })
  afterAll(async () => cluster.stop())

  it.each(['core', 'apps', 'watching', 'custom'])('tells the story of %s', async (story) => {
    expect(await run?.([STORY, cluster.kubeconfig, story])).toMatch(/^ok$/m)
  })
})
