/** Texts of parameters have their lines back, which the package that they are read from has not. */
import { expect, it } from 'vitest'
import { readParameters } from '../../src/cli/generate/parameters.ts'

it.each([
  ['ListOptions', 'shardSelector', 'supported paths:\n  - object.metadata.uid\n  - object.metadata.namespace\n\nhexStart'],
  ['ListOptions', 'shardSelector', 'Examples:\n  2-shard split:\n    shard 0: shardRange('],
  ['ListOptions', 'sendInitialEvents', '"Bookmark" event  will be sent.'],
  ['PodLogOptions', 'insecureSkipTLSVerifyBackend', 'connecting to.  This will make'],
  ['DeleteOptions', 'orphanDependents', "finalizer will be added to/removed from the object's finalizers list"],
])('of %s, %s', (type, name, text) => {
  expect(readParameters()[type]?.[name]).toContain(text)
})
