import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { printYaml } from '../../src/apimachinery/wire/print-yaml.ts'
import { readYaml } from '../../src/apimachinery/wire/yaml.ts'
import { mergeKubeconfig, writeKubeconfig } from '../../src/local/kubeconfig.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ENTRY = { name: 'workernetes', address: 'https://127.0.0.1:6443', authority: 'PEM', token: 'secret' }
const OURS = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'workernetes', cluster: { server: ENTRY.address, 'certificate-authority-data': 'UEVN' } }],
  users: [{ name: 'workernetes', user: { token: 'secret' } }],
  contexts: [{ name: 'workernetes', context: { cluster: 'workernetes', user: 'workernetes' } }],
  'current-context': 'workernetes',
}
const OTHER = {
  apiVersion: 'v1',
  kind: 'Config',
  preferences: { colors: true },
  clusters: [{ name: 'work', cluster: { server: 'https://work:6443' } }],
  users: [{ name: 'me', user: { exec: { command: 'login' } } }],
  contexts: [{ name: 'work', context: { cluster: 'work', user: 'me', namespace: 'team' } }],
  'current-context': 'work',
}

const path = (): string => join(temporaryFolder('kubeconfig'), 'nested/config')
const read = (file: string): unknown => readYaml(readFileSync(file, 'utf8'))

function withText(text: string): string {
  const file = join(temporaryFolder('kubeconfig'), 'config')
  writeFileSync(file, text)
  return file
}

describe('writing a kubeconfig', () => {
  it('makes the folder and a file for its owner only', async () => {
    const file = path()
    await writeKubeconfig(file, ENTRY)
    expect(read(file)).toEqual(OURS)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('replaces one of our own', async () => {
    const file = path()
    await writeKubeconfig(file, { ...ENTRY, token: 'older' })
    await writeKubeconfig(file, ENTRY)
    expect(read(file)).toEqual(OURS)
  })

  it('refuses to overwrite other clusters, and says how to keep them', async () => {
    const file = withText(printYaml(OTHER))
    await expect(writeKubeconfig(file, ENTRY)).rejects.toThrow(/add --merge to keep them/)
    expect(read(file)).toEqual(OTHER)
  })
})

describe('merging into a kubeconfig', () => {
  it('keeps everything else, adds ours, and makes it the current context', async () => {
    const file = withText(printYaml(OTHER))
    await mergeKubeconfig(file, ENTRY)
    expect(read(file)).toEqual({
      ...OTHER,
      clusters: [...OTHER.clusters, ...OURS.clusters],
      users: [...OTHER.users, ...OURS.users],
      contexts: [...OTHER.contexts, ...OURS.contexts],
      'current-context': 'workernetes',
    })
  })

  it('merges twice into the same', async () => {
    const file = withText(printYaml(OTHER))
    await mergeKubeconfig(file, { ...ENTRY, token: 'older' })
    await mergeKubeconfig(file, { ...ENTRY, token: 'older' })
    const once = read(file)
    await mergeKubeconfig(file, { ...ENTRY, token: 'older' })
    expect(read(file)).toEqual(once)
  })

  it.each([
    ['an empty file', ''],
    ['no file', undefined],
    [
      'null lists, as kubectl writes them',
      'apiVersion: v1\nkind: Config\nclusters: null\nusers: null\ncontexts: null\n',
    ],
  ])('takes %s as nothing', async (_, text) => {
    const file = text === undefined ? path() : withText(text)
    await mergeKubeconfig(file, ENTRY)
    expect(read(file)).toEqual(OURS)
  })

  it.each([
    ['what is not YAML', 'a: [b'],
    ['what is no mapping', '- a\n- b\n'],
  ])('refuses %s and leaves it', async (_, text) => {
    const file = withText(text)
    await expect(mergeKubeconfig(file, ENTRY)).rejects.toThrow(/choose another: --kubeconfig FILE/)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})
