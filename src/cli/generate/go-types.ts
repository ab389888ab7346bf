/**
 * Which package a type's name in Go source means: facts about fields of one package lead to types of others. Packages
 * go by the prefix of their OpenAPI definitions, `io.k8s.api.core.v1`.
 */
import type { GoPackage } from './go-source.ts'

const CORE = 'io.k8s.api.core.v1'
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

export class GoTypes {
  readonly #packages: ReadonlyMap<string, GoPackage>

  constructor(packages: ReadonlyMap<string, GoPackage>) {
    this.#packages = packages
  }

  packageOf(prefix: string): GoPackage | undefined {
    return this.#packages.get(prefix)
  }

  /** A type's package and bare name: `corev1.Container` is looked up in core, the rest where it is used. */
  locate(prefix: string, type: string): { prefix: string; name: string } {
    const dot = type.indexOf('.')
    if (dot < 0) return { prefix, name: type }
    const [alias, name] = [type.slice(0, dot), type.slice(dot + 1)]
    if (alias === 'metav1') return { prefix: META, name }
    if (!/^(api|core)?v1$/.test(alias)) return { prefix: '', name }
    return { prefix: this.#has(CORE, name) ? CORE : META, name }
  }

  #has(prefix: string, name: string): boolean {
    const found = this.#packages.get(prefix)
    return found !== undefined && (found.structs.has(name) || found.named.has(name))
  }
}
