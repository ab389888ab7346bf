/** What servers of other APIs are told to believe (pkg/controlplane/controller/clusterauthenticationtrust). */
import { describe, expect, it } from 'vitest'
import { configMap } from '../../../src/apis/core/config-map/config-map.ts'
import {
  authenticationData, clusterAuthenticationController,
} from '../../../src/controllers/bootstrap/cluster-authentication.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'

const pem = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
const PROXY = { authority: pem('b3Vycw=='), names: ['front-proxy-client'] }
const NAME = { namespace: 'ns', name: 'extension-apiserver-authentication' }

const WANTED = {
  'requestheader-username-headers': '["X-Remote-User"]',
  'requestheader-uid-headers': '["X-Remote-Uid"]',
  'requestheader-group-headers': '["X-Remote-Group"]',
  'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  'requestheader-client-ca-file': PROXY.authority,
  'requestheader-allowed-names': '["front-proxy-client"]',
}

describe('what servers of other APIs believe', () => {
  it('is published, and published again when it was taken away', async () => {
    const world = new ControllersWorld([clusterAuthenticationController(PROXY)])
    await world.settle()
    expect((await world.api.get(configMap, NAME)).data).toEqual(WANTED)
    await world.api.delete(configMap, NAME)
    await world.settle()
    expect((await world.api.get(configMap, NAME)).data).toEqual(WANTED)
  })

  it('keeps what others have added, each thing once', () => {
    const theirs = {
      'client-ca-file': pem('Y2xpZW50cw=='),
      'requestheader-allowed-names': '["other","front-proxy-client"]',
      'requestheader-client-ca-file': pem('dGhlaXJz') + PROXY.authority,
      surplus: 'goes',
    }
    expect(authenticationData(theirs, PROXY)).toEqual({
      ...WANTED,
      'client-ca-file': pem('Y2xpZW50cw=='),
      'requestheader-allowed-names': '["other","front-proxy-client"]',
      'requestheader-client-ca-file': pem('dGhlaXJz') + PROXY.authority,
    })
  })

  it('is not guessed where a list cannot be read', () => {
    expect(() => authenticationData({ 'requestheader-allowed-names': 'other' }, PROXY)).toThrow(SyntaxError)
  })
})
