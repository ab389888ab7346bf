/**
 * What is served below objects: subresource name → handler. Which kinds have which, and with which verbs, is declared
 * with the kind.
 */
import type { RequestContext } from '../request-context.ts'
import { answerBinding } from './binding.ts'
import { answerEviction } from './eviction.ts'
import { answerFinalize } from './finalize.ts'
import { answerLog } from './log.ts'
import { answerResize } from './resize.ts'
import { answerScale } from './scale.ts'
import { answerPart } from './part.ts'
import { answerProxy } from './connect/proxy.ts'
import { answerStream } from './connect/streams.ts'
import { answerToken } from './token.ts'

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
