/** Tokens among the subprotocols of a WebSocket: read by the API, and told to nobody behind it. */
import { expect, it } from 'vitest'
import { keepOfferedProtocols, readSocketProtocols } from '../../../src/objects/worker/socket-protocols.ts'

const TOKEN = `base64url.bearer.authorization.k8s.io.${btoa('hush').replaceAll('=', '')}`

it.each([
  ['a token and a protocol', `${TOKEN}, v5.channel.k8s.io`, 'Bearer hush', 'v5.channel.k8s.io'],
  ['several protocols', `a, ${TOKEN}, b`, 'Bearer hush', 'a, b'],
  ['no token', 'a, b', null, 'a, b'],
])('%s', (_, given, authorization, left) => {
  const headers = new Headers({ upgrade: 'websocket', 'sec-websocket-protocol': given })
  expect(readSocketProtocols(headers).authorization).toBe(authorization)
  keepOfferedProtocols(headers)
  expect(headers.get('sec-websocket-protocol')).toBe(left)
})

it.each([
  ['two tokens', `${TOKEN}, ${TOKEN}, a`],
  ['a token alone, which nobody could agree to', TOKEN],
  ['a token that is none', 'base64url.bearer.authorization.k8s.io.%, a'],
])('%s is refused', (_, given) => {
  const headers = new Headers({ 'sec-websocket-protocol': given })
  expect(() => readSocketProtocols(headers)).toThrow('Unauthorized')
})
