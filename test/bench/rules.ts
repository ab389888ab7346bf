/** CEL: what a rule of medium size costs, when it is compiled and each time it is asked, in this process. */
import { celEnvironment } from '../../src/apis/cel-environment.ts'
import { PER_CALL_COST_LIMIT } from '../../src/cel/library/kubernetes/environment.ts'
import { declaredList, declaredMap, declaredObject, declaredType } from '../../src/cel/types/declared-type.ts'
import type { DeclaredType } from '../../src/cel/types/declared-type.ts'
import { DYN, INT, STRING } from '../../src/cel/types/type.ts'
import { cpuUsOf } from './cpu-time.ts'

export interface RuleFigures {
  /** Microseconds of CPU. */
  readonly compileUs: number
  readonly evaluateUs: number
}

const object = (name: string, fields: Readonly<Record<string, DeclaredType>>): DeclaredType =>
  declaredObject(name, Object.entries(fields).map(([field, type]) => [field, { property: field, type }]))

const [int, string, dyn] = [declaredType(INT), declaredType(STRING), declaredType(DYN)]
const PORT = object('Port', { containerPort: int, name: string })
const RESOURCES = object('Resources', { limits: declaredMap(dyn) })
const CONTAINER = object('Container', {
  name: string, image: string, ports: declaredList(PORT), resources: RESOURCES,
})
const SELF = object('Workload', {
  spec: object('Spec', { replicas: int, strategy: string, containers: declaredList(CONTAINER) }),
  metadata: object('Meta', { name: string, labels: declaredMap(string) }),
})

const RULE = `self.spec.replicas >= 1 && self.spec.replicas <= 100 && self.spec.strategy in ['Recreate', 'RollingUpdate'] &&
self.metadata.name.startsWith('web-') && 'app' in self.metadata.labels && self.metadata.labels['app'] == 'web' &&
self.spec.containers.all(c, has(c.resources.limits) && c.image.matches('^registry[.]example[.]com/[a-z/]+:[a-z0-9.]+$')
  && (!has(c.ports) || c.ports.all(p, p.containerPort > 1024)))`

const container = (name: string): object => ({
  name,
  image: `registry.example.com/team/${name}:1.2.3`,
  ports: [{ containerPort: 8080, name: 'http' }, { containerPort: 9090, name: 'metrics' }],
  resources: { limits: { cpu: '500m', memory: '256Mi' } },
})
const WORKLOAD = {
  spec: { replicas: 3, strategy: 'RollingUpdate', containers: ['web', 'proxy', 'agent'].map(container) },
  metadata: { name: 'web-frontend', labels: { app: 'web', tier: 'front' } },
}

export function measureRules(): RuleFigures {
  const environment = celEnvironment().extend({ variables: { self: SELF } })
  const { program, problem } = environment.compile(RULE)
  if (program === undefined) throw new Error(problem.message)
  const evaluate = (): unknown => program.evaluate({ self: WORKLOAD }, { costLimit: PER_CALL_COST_LIMIT }).value
  if (evaluate() !== true) throw new Error('the rule does not hold')
  return { compileUs: cpuUsOf(() => environment.compile(RULE)), evaluateUs: cpuUsOf(evaluate) }
}
