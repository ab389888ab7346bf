/** What every namespace gets by itself: its default ServiceAccount and the API's certificate authority. */
import { describe, expect, it } from 'vitest'
import { configMap } from '../../../src/apis/core/config-map/config-map.ts'
import { serviceAccount } from '../../../src/apis/core/service-account/service-account.ts'
import { rootCaController } from '../../../src/controllers/namespace/root-ca.ts'
import { serviceAccountController } from '../../../src/controllers/namespace/service-account.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'

let certificates = 'PEM'
const aWorld = (isEnding = (): boolean => false): ControllersWorld =>
  new ControllersWorld([serviceAccountController(isEnding), rootCaController(() => certificates, isEnding)])
const account = { namespace: 'ns', name: 'default' }
const authority = { namespace: 'ns', name: 'kube-root-ca.crt' }

describe('a new namespace', () => {
  it('gets both, and gets them back', async () => {
    const world = aWorld()
    await world.settle()
    await world.api.get(serviceAccount, account)
    await world.api.delete(serviceAccount, account)
    await world.api.delete(configMap, authority)
    await world.settle()
    await world.api.get(serviceAccount, account)
    expect((await world.api.get(configMap, authority)).data).toEqual({ 'ca.crt': 'PEM' })
  })

  it('has a changed authority put right, and a new one published at the resync', async () => {
    const world = aWorld()
    await world.settle()
    await world.api.patch(configMap, authority, 'merge', { data: { 'ca.crt': 'forged' } })
    await world.settle()
    expect((await world.api.get(configMap, authority)).data).toEqual({ 'ca.crt': 'PEM' })
    certificates = 'NEW'
    world.driver('ns').resync()
    await world.settle()
    certificates = 'PEM'
    expect((await world.api.get(configMap, authority)).data).toEqual({ 'ca.crt': 'NEW' })
  })

  it('that is on its way out is not written to, which would keep it in the index of due work', async () => {
    let isEnding = false
    const world = aWorld(() => isEnding)
    await world.settle()
    isEnding = true
    await world.api.delete(serviceAccount, account)
    await world.api.delete(configMap, authority)
    world.driver('ns').resync()
    await world.settle()
    expect((await world.api.list(serviceAccount, { namespace: 'ns' })).items).toEqual([])
    expect((await world.api.list(configMap, { namespace: 'ns' })).items).toEqual([])
  })

  it('that is on its way out is not insisted upon', async () => {
    const world = aWorld()
    await world.api.ready
    await world.api.deleteContent('ns', 'uid-of-ns', 'rest')
    await world.advance(60_000)
    expect([world.errors, world.driver('ns').nextDueMs()]).toEqual([[], undefined])
  })
})
