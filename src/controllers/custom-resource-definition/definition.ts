/**
 * The controller of definitions: accepts their names, establishes them, and says what is wrong otherwise. Upstream has
 * a controller for each condition; here one run decides them all and writes the status once.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import { customResourceDefinition } from '../../apis/apiextensions/custom-resource-definition.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import type { TakenNames } from './plan.ts'
import { planStatus } from './plan.ts'

/** What all definitions of a group have claimed. */
export interface GroupNames {
  taken(group: string): TakenNames
  /** The definitions of the same group as this one that wait for a name. */
  waitingBeside(name: string): readonly string[]
}

export function definitionController(names: GroupNames): Controller {
  return defineController({
    name: 'custom-resource-definition',
    scope: 'cluster',
    for: customResourceDefinition,
    // A name may have become free.
    watches: [{ kind: customResourceDefinition, keysOf: (change) => names.waitingBeside(change.name) }],
    resyncSeconds: 300,
    async reconcile({ lister, client, clock }, key) {
      const subject = lister.get(customResourceDefinition, key)
      if (subject === undefined) return done
      const status = planStatus(subject, names.taken(subject.spec.group), clock.now())
      if (equalJson(subject.status, status)) return done
      await client.updateStatus(customResourceDefinition, { ...subject, status })
      return done
    },
  })
}
