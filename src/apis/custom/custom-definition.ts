/**
 * A CustomResourceDefinition as those see it who serve its resources: a kind for each served version, made from the
 * definition's text. Schemas stay text until a version is first written to or its objects need pruning: of a thousand
 * definitions few are. Nothing here changes; a changed definition is another one.
 */
import { parseJson } from '../../lib/exact-json.ts'
import type { KindDefinition } from '../define-kind.ts'
import type { V1CustomResourceDefinition, V1CustomResourceDefinitionVersion } from '../generated/types.ts'
import type { CompileSchema } from './custom-schema.ts'
import { Conversion } from './conversion.ts'
import { customKind } from './custom-kind.ts'

export interface CustomDefinition {
  readonly name: string
  readonly uid: string
  /** The definition's own resourceVersion. */
  readonly revision: number
  readonly group: string
  /** Characters of the definition's text: what it weighs. */
  readonly size: number
  /** The versions that are served or stored. */
  readonly kinds: readonly KindDefinition[]
}

/** `text`: a stored definition. */
export function parseDefinition(text: string, compile: CompileSchema): CustomDefinition {
  const definition = parseJson(text) as V1CustomResourceDefinition
  const { metadata, spec } = definition
  const storage = spec.versions.find((version) => version.storage) ?? spec.versions[0]
  if (storage === undefined) throw new Error(`the definition ${metadata.name ?? ''} has no versions`)
  const kindOf = kindsOf(definition, storage, new LazySchemas(text, compile))
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    revision: Number(metadata.resourceVersion ?? '0'),
    group: spec.group,
    size: text.length,
    kinds: spec.versions.filter((version) => isReachable(version)).map(kindOf),
  }
}

/** Served, or what objects are stored in. */
function isReachable({ served, storage }: V1CustomResourceDefinitionVersion): boolean {
  return served || storage
}

type KindOf = (version: V1CustomResourceDefinitionVersion) => KindDefinition

/** The kinds of all versions, which know one another; for one request, where its objects are converted by webhook. */
function kindsOf(
  definition: V1CustomResourceDefinition,
  storage: V1CustomResourceDefinitionVersion,
  schemas: LazySchemas,
  isForRequest = false,
): KindOf {
  const { strategy = 'None', webhook } = definition.spec.conversion ?? {}
  const conversion =
    strategy === 'Webhook' && webhook !== undefined
      ? new Conversion(definition.metadata.name ?? '', webhook)
      : undefined
  const kinds = new Map<string, KindDefinition>()
  const kindOf: KindOf = (version) => {
    const known = kinds.get(version.name)
    if (known !== undefined) return known
    const forRequest = (): KindDefinition => kindsOf(definition, storage, schemas, true)(version)
    const kind = customKind(definition, version, {
      schemas,
      conversion,
      storedKind: () => kindOf(storage),
      inVersion(name) {
        const found = definition.spec.versions.find((one) => one.name === name)
        return found === undefined ? undefined : kindOf(found)
      },
      ...(conversion === undefined || isForRequest ? {} : { forRequest }),
    })
    kinds.set(version.name, kind)
    return kind
  }
  return kindOf
}

/** The schemas of a definition's versions, each compiled when first asked for. */
class LazySchemas {
  readonly #text: string
  readonly #compile: CompileSchema
  readonly #compiled = new Map<string, ReturnType<CompileSchema>>()

  constructor(text: string, compile: CompileSchema) {
    this.#text = text
    this.#compile = compile
  }

  of(version: string): ReturnType<CompileSchema> {
    let schema = this.#compiled.get(version)
    if (schema === undefined) {
      const { spec } = parseJson(this.#text) as V1CustomResourceDefinition
      const own = spec.versions.find(({ name }) => name === version)
      schema = this.#compile(own?.schema?.openAPIV3Schema, { isPreserving: spec.preserveUnknownFields === true })
      this.#compiled.set(version, schema)
    }
    return schema
  }
}
