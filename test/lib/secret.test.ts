/** Secrets are compared whole. */
import { expect, it } from 'vitest'
import { isSameSecret } from '../../src/lib/crypto/secret.ts'

it.each([
  ['the same', 'hush', 'hush', true],
  ['another', 'hash', 'hush', false],
  ['its beginning', 'hus', 'hush', false],
  ['more than it', 'hushhush', 'hush', false],
  ['it and what adds nothing', 'hush\0', 'hush', false],
  ['nothing, where there is one', '', 'hush', false],
  ['nothing, where there is none', '', '', false],
  ['something, where there is none', 'hush', '', false],
])('%s', (_, given, secret, isSame) => {
  expect(isSameSecret(given, secret)).toBe(isSame)
})
