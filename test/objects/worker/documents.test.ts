/** OpenAPI with its texts, which come from an asset that is read only when a document is built. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { DefinitionIndex } from '../../../src/registry/definition-index.ts'
import { testApi } from '../../support/api.ts'
import { documentsOf } from '../../../src/objects/worker/documents.ts'

const FOLDER = new URL('../../../src/dashboard/assets', import.meta.url)

/** The files of the deployment, or none of them. */
function assets(isThere: boolean): Pick<Env, 'ASSETS'> & { readonly read: string[] } {
  const read: string[] = []
  return {
    read,
    ASSETS: {
      fetch(address) {
        const { pathname } = new URL(new Request(address).url)
        read.push(pathname)
        const text = isThere ? readFileSync(`${FOLDER.pathname}${pathname}`, 'utf8') : 'not found'
        return Promise.resolve(new Response(text, { status: isThere ? 200 : 404 }))
      },
    },
  }
}

interface Document {
  readonly components: { readonly schemas: Record<string, Schema> }
}

interface Schema {
  readonly description?: string
  readonly properties: Record<string, { readonly description?: string }>
}

const noDefinitions = (): DefinitionIndex => new DefinitionIndex(testApi('').scope.store)

async function ask(env: Pick<Env, 'ASSETS'>, path: string): Promise<Response | undefined> {
  const url = new URL(`https://test${path}`)
  // Only the assets are asked for here.
  return documentsOf(env as Env, 'default', noDefinitions)(new Request(url), url)
}

describe('descriptions', () => {
  const whole = assets(true)
  let document: Document

  // The documents of an isolate keep the first deployment that they were asked of.
  beforeAll(async () => {
    expect((await ask(whole, '/openapi/v3'))?.status).toBe(200)
    expect(whole.read).toEqual([])
    document = (await (await ask(whole, '/openapi/v3/api/v1'))?.json()) as Document
  })

  it('are in the document of a version, for types and for fields', () => {
    const { description, properties } = document.components.schemas['io.k8s.api.core.v1.PodSpec'] as Schema
    expect(description).toBe('PodSpec is a description of a pod.')
    expect(properties['containers']?.description).toMatch(/^List of containers belonging to the pod/)
  })

  it('of a field of another type are those of the type, where the field has none of its own', () => {
    const { properties } = document.components.schemas['io.k8s.api.core.v1.PodSpec'] as Schema
    expect(properties['affinity']?.description).toBe('Affinity is a group of affinity scheduling rules.')
  })

  it('are read from the one asset, and only for documents', () => {
    expect(whole.read).toEqual(['/generated/descriptions.json'])
  })
})

it('gives no document out whose texts cannot be read', async () => {
  // An isolate of its own, so to say: nothing was built in it yet.
  vi.resetModules()
  const { documentsOf: documentsOfAnother } = await import('../../../src/objects/worker/documents.ts')
  const url = new URL('https://test/openapi/v2')
  const answer = documentsOfAnother(assets(false) as unknown as Env, 'default', noDefinitions)(new Request(url), url)
  await expect(answer).rejects.toMatchObject({
    reason: 'ServiceUnavailable',
    message: 'descriptions of the API cannot be read, please try again',
  })
})
