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
    if (isEmpty(object)) return { ...object, apiVersion: target }
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

  /** What became of `object`. What would become of that on the way back is for the webhook to say. */
  keep(object: AnyObject, converted: AnyObject): void {
    this.#converted.set(keyOf(object, converted.apiVersion), converted)
  }
}

/** Of an object with nothing in it there is nothing to convert. */
function isEmpty({ apiVersion: _apiVersion, kind: _kind, metadata, ...rest }: AnyObject): boolean {
  return Object.keys(rest).length === 0 && Object.keys(metadata).length === 0
}

/** The order of fields means nothing, and is another one in what was stored. */
function keyOf({ metadata, ...rest }: AnyObject, target: string): string {
  const { name = '', namespace = '', labels = {}, annotations = {} } = metadata
  return printSorted([target, namespace, name, labels, annotations, rest])
}
