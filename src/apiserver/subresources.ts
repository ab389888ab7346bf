/**
 * What is served below objects: subresource name → handler. Which kinds have which, and with which verbs, is declared
 * with the kind.
 */
import type { RequestContext } from './request-context.ts'
import { answerBinding } from './subresources/binding.ts'
import { answerEviction } from './subresources/eviction.ts'
import { answerFinalize } from './subresources/finalize.ts'
import { answerLog } from './subresources/log.ts'
import { answerResize } from './subresources/resize.ts'
import { answerScale } from './subresources/scale.ts'
import { answerPart } from './subresources/part.ts'
import { answerProxy } from './subresources/connect/proxy.ts'
import { answerStream } from './subresources/connect/streams.ts'
import { answerToken } from './subresources/token.ts'

export const SUBRESOURCES: Readonly<Record<string, (context: RequestContext) => Response | Promise<Response>>> = {
  approval: answerPart,
  attach: answerStream,
  binding: answerBinding,
  ephemeralcontainers: answerPart,
  eviction: answerEviction,
  exec: answerStream,
  finalize: answerFinalize,
  log: answerLog,
  portforward: answerStream,
  proxy: answerProxy,
  resize: answerResize,
  scale: answerScale,
  status: answerPart,
  token: answerToken,
}
