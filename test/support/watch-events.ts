/** Reads a watch's stream in a test: as many events as are wanted, then lets go of it. */
import type { Json } from './api.ts'

export interface WatchEvent {
  readonly type: string
  readonly object: Json
}

export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<string> | undefined
  #text = ''

  constructor(response: Response) {
    this.#reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  }

  /** The next event; undefined when the stream has ended. */
  async next(): Promise<WatchEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n')
      if (end >= 0) {
        const line = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 1)
        // An empty line is the sign of life of a watch without bookmarks.
        if (line !== '') return JSON.parse(line) as WatchEvent
        continue
      }
      const chunk = await this.#reader?.read()
      if (chunk?.value === undefined) return undefined
      this.#text += chunk.value
    }
  }

  async take(count: number): Promise<WatchEvent[]> {
    const events: WatchEvent[] = []
    while (events.length < count) {
      const event = await this.next()
      if (event === undefined) break
      events.push(event)
    }
    return events
  }

  async close(): Promise<void> {
    await this.#reader?.cancel()
  }
}

/** `ADDED one` */
export function say({ type, object }: WatchEvent): string {
  const { name, resourceVersion } = (object['metadata'] ?? {}) as { name?: string; resourceVersion?: string }
  return `${type} ${name ?? String(resourceVersion)}`
}
