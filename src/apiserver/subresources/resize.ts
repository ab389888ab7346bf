/**
 * `pods/resize`: as any endpoint that changes a part of its object, but that the pod's node is asked for beforehand,
 * which the refusal of what does not fit there needs.
 */
import { cloneDecoded } from '../../apimachinery/schema/given-empty.ts'
import type { V1Node, V1Pod } from '../../apis/generated/types.ts'
import { checkResize } from '../../admission/plugins/pod-resize.ts'
import { parseObject } from '../../registry/object-text.ts'
import { updateObject } from '../../registry/update.ts'
import type { WriteContext } from '../../registry/write-context.ts'
import { getOne, readStored } from '../handlers/reads.ts'
import { answerObject } from '../answer.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import type { ReadPatch } from '../writing/patch-body.ts'
import { readPatch } from '../writing/patch-body.ts'
import { tracked } from '../writing/tracking.ts'
import { inTurn } from '../writing/turn.ts'
import { checkPlace, readObject } from '../writing/written-object.ts'

export async function answerResize(context: RequestContext): Promise<Response> {
  const { host, definition, info } = context
  if (info.verb === 'get') return getOne(context)
  const { change, caller, isApply } = info.verb === 'patch' ? await readPatch(context) : await readWhole(context)
  const owned = isApply ? change : tracked(host, caller, targetOf(context), change)
  const { spec } = parseObject(readStored(host, definition, info.name).text) as V1Pod
  const nodeName = spec?.nodeName ?? ''
  const node = nodeName === '' ? undefined : ((await host.calls.node(nodeName)) as V1Node | undefined)
  const result = await inTurn(host, caller, targetOf(context), info.verb, (turn) =>
    updateObject(withNode(turn, node), info.name, owned, { allowsCreate: false }),
  )
  return answerObject(definition, result.text, answerOptions(context, 200))
}

async function readWhole(context: RequestContext): Promise<ReadPatch> {
  const { object, caller } = await readObject(context)
  checkPlace(context, object)
  return { change: () => cloneDecoded(object), caller, isApply: false }
}

function withNode(turn: WriteContext, node: V1Node | undefined): WriteContext {
  return {
    ...turn,
    review(operation, next, previous) {
      turn.review(operation, next, previous)
      if (next !== undefined && previous !== undefined) checkResize(next, previous, node)
    },
  }
}
