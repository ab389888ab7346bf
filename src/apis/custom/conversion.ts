/**
 * Conversion of custom resources between versions by webhook, seen from where there is no time to wait: what has been
 * converted for a request is at hand, and what has not is asked for by throwing. Whoever can wait calls the webhook
 * (apiserver/conversion) and begins anew. Conversion is the same for the same object, whatever revision it is at: the
 * webhook may change labels, annotations and everything beside metadata, and nothing else.
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { cloneJson, printSorted } from '../../apimachinery/patch/json-value.ts'
import type { V1WebhookConversion } from '../generated/types.ts'

/** Objects that are to be converted before the request can go on. */
export class ConversionNeeded extends Error {
  readonly conversion: Conversion
  readonly objects: readonly AnyObject[]
  /** `example.com/v2` */
  readonly target: string

  constructor(conversion: Conversion, objects: readonly AnyObject[], target: string) {
    super('objects have to be converted by a webhook')
    this.conversion = conversion
    this.objects = objects
    this.target = target
  }
}

/** What one request has had converted, of one definition. */
export class Conversion {
  /** The definition's name. */
  readonly name: string
  readonly webhook: V1WebhookConversion
  readonly #converted = new Map<string, AnyObject>()

  constructor(name: string, webhook: V1WebhookConversion) {
    this.name = name
    this.webhook = webhook
  }

  /** `object` in the version `target`. The caller owns it. @throws ConversionNeeded */
  converted(object: AnyObject, target: string): AnyObject {
    if (object.apiVersion === target) return object
    const found = this.#converted.get(keyOf(object, target))
    if (found === undefined) throw new ConversionNeeded(this, [object], target)
    const labels = found.metadata.labels ?? undefined
    const annotations = found.metadata.annotations ?? undefined
    const { labels: _labels, annotations: _annotations, ...metadata } = object.metadata
    const copy = cloneJson(found)
    copy.metadata = {
      ...metadata,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    }
    return copy
  }

  /** What became of `object`; and, as nothing is lost, what becomes of that on the way back. */
  keep(object: AnyObject, converted: AnyObject): void {
    this.#converted.set(keyOf(object, converted.apiVersion), converted)
    this.#converted.set(keyOf(converted, object.apiVersion), object)
  }
}

/** The order of fields means nothing, and is another one in what was stored. */
function keyOf({ metadata, ...rest }: AnyObject, target: string): string {
  const { name = '', namespace = '', labels = {}, annotations = {} } = metadata
  return printSorted([target, namespace, name, labels, annotations, rest])
}
