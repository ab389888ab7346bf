/** The log of a simulated container: that it is simulated, and when it started and ended. */
import type { V1ContainerState, V1Pod } from '../../../apis/generated/types.ts'
import type { LogOptions } from '../../logs/log-options.ts'
import type { LogLine } from '../../logs/log-text.ts'
import { LogPrinter, assertHasLog, selectLines } from '../../logs/log-text.ts'

export function simulatedLog(pod: V1Pod, options: LogOptions): ReadableStream<Uint8Array> {
  assertHasLog(pod, options)
  const printer = new LogPrinter(options)
  const chunks = selectLines(linesOf(pod, options), options).map((line) => printer.print(line))
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) if (chunk.length > 0) controller.enqueue(chunk)
      controller.close()
    },
  })
}

function linesOf({ metadata, spec, status }: V1Pod, { container, isPrevious }: LogOptions): LogLine[] {
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
  const { state = {}, lastState = {} } = statuses.find(({ name }) => name === container) ?? {}
  const shown: V1ContainerState = isPrevious || state.waiting !== undefined ? lastState : state
  const { running, terminated } = shown
  const startedAt = running?.startedAt ?? terminated?.startedAt ?? status?.startTime ?? ''
  const pod = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
  const who = `container ${container} of pod ${pod} on node ${spec?.nodeName ?? ''}`
  const lines = [{ atMs: Date.parse(startedAt), text: `simulated: ${who} has started; nothing really runs in it` }]
  if (terminated?.finishedAt !== undefined) {
    const text = `simulated: ${who} has ended with exit code ${String(terminated.exitCode)}`
    lines.push({ atMs: Date.parse(terminated.finishedAt), text })
  }
  return lines
}
