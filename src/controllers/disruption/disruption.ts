/**
 * The disruption controller: keeps the status of PodDisruptionBudgets, from which evictions are allowed or refused
 * (kubernetes pkg/controller/disruption/disruption.go). Differs: Events come with a changed status only, so that at
 * rest nothing is written; of several budgets of one pod each is looked at.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import type { V1Pod, V1PodDisruptionBudget, V1PodDisruptionBudgetStatus } from '../../apis/generated/types.ts'
import { podDisruptionBudget } from '../../apis/policy/pod-disruption-budget/pod-disruption-budget.ts'
import { controllerOf } from '../../apimachinery/meta.ts'
import type { Labels, LabelSelector } from '../../apimachinery/selectors.ts'
import { selectorFromSpec } from '../../apimachinery/selectors.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import type { Change } from '../../store/object-store.ts'
import { failedStatus, formatGoSelector, planBudget } from './plan.ts'
import type { BudgetPlan } from './plan.ts'
import type { ReadScale } from './scales.ts'
import { findScales } from './scales.ts'

export const disruptionController = (readScale: ReadScale): Controller => defineController({
  name: 'disruption',
  eventSource: 'controllermanager',
  scope: 'namespace',
  for: podDisruptionBudget,
  watches: [{ kind: pod, keysOf: budgetsOf }],
  resyncSeconds: 600,
  async reconcile(context, key) {
    const { lister, clock } = context
    const budget = lister.get(podDisruptionBudget, key)
    if (budget === undefined) return done
    const { matches } = selectorOf(budget)
    const pods = lister.list(pod, ({ labels }) => matches(labels))
    const findScale = await findScales(context, pods.flatMap((one) => controllerOf(one) ?? []), readScale)
    let plan: BudgetPlan
    try {
      plan = planBudget(budget, pods, findScale, clock.now())
    } catch (error) {
      await fail(context, budget, error instanceof Error ? error.message : String(error))
      return done
    }
    await report(context, budget, pods, plan)
    return plan.recheckMs === undefined ? done : again(plan.recheckMs - clock.now())
  },
})

function selectorOf({ spec }: V1PodDisruptionBudget): LabelSelector {
  return selectorFromSpec(spec?.selector)
}

/** The budgets of a pod as it is and as it was. More than one cannot be honoured, which its pod is told. */
async function budgetsOf(change: Change, { lister, events }: ReconcileContext): Promise<string[]> {
  const { name, selectable, previousSelectable, type } = change
  const budgets = lister.list(podDisruptionBudget)
  const named = (labels: Labels): string[] =>
    budgets.filter((budget) => selectorOf(budget).matches(labels)).map(({ metadata }) => metadata.name ?? '')
  const now = named(selectable.labels)
  const subject = now.length > 1 && type !== 'DELETED' ? lister.get(pod, name) : undefined
  if (subject !== undefined) {
    const text = `Pod "${subject.metadata.namespace ?? ''}"/"${name}" matches multiple PodDisruptionBudgets.`
    const chosen = `  Chose "${now[0] ?? ''}" arbitrarily.`
    await events.record(subject, 'Warning', 'MultiplePodDisruptionBudgets', text + chosen)
  }
  return [...new Set([...now, ...named(previousSelectable?.labels ?? {})])]
}

async function report(
  context: ReconcileContext,
  budget: V1PodDisruptionBudget,
  pods: readonly V1Pod[],
  { status, unmanaged, notDeleted }: BudgetPlan,
): Promise<void> {
  if (!(await write(context, budget, status))) return
  const { events } = context
  if (pods.length === 0) await events.record(budget, 'Normal', 'NoPods', 'No matching pods found')
  if (unmanaged.length > 0) {
    const message =
      `Pods selected by this PodDisruptionBudget (selector: ${formatGoSelector(budget.spec?.selector)}) were found ` +
      'to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in ' +
      'undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an ' +
      'integer value.'
    await events.record(budget, 'Warning', 'UnmanagedPods', message)
  }
  const { name = '', namespace = '' } = budget.metadata
  for (const one of notDeleted) {
    // Upstream names the namespace twice, by mistake.
    const message = `Pod was expected by PDB ${namespace}/${name} to be deleted but it wasn't`
    await events.record(one, 'Warning', 'NotDeleted', message)
  }
}

async function fail(context: ReconcileContext, budget: V1PodDisruptionBudget, why: string): Promise<void> {
  if (!(await write(context, budget, failedStatus(budget, why, context.clock.now())))) return
  const message = `Failed to calculate the number of expected pods: ${why}`
  await context.events.record(budget, 'Warning', 'CalculateExpectedPodCountFailed', message)
}

/** Whether it says anything new. */
async function write(
  { client }: ReconcileContext,
  budget: V1PodDisruptionBudget,
  status: V1PodDisruptionBudgetStatus,
): Promise<boolean> {
  if (equalJson(budget.status, status)) return false
  await client.updateStatus(podDisruptionBudget, { ...budget, status })
  return true
}
