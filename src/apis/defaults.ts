/** All defaults of built-in kinds, by type. One table a group; a type is in one of them only. */
import { appsDefaults } from './apps/defaults.ts'
import { admissionregistrationDefaults } from './admissionregistration/defaults.ts'
import { autoscalingDefaults } from './autoscaling/defaults.ts'
import { batchDefaults } from './batch/defaults.ts'
import { coreDefaults } from './core/defaults.ts'
import { podDefaults } from './core/pod/defaults.ts'
import type { DefaultTable } from './defaulting.ts'
import { smallGroupDefaults } from './small-group-defaults.ts'

export const DEFAULTS: DefaultTable = {
  ...admissionregistrationDefaults,
  ...appsDefaults,
  ...autoscalingDefaults,
  ...batchDefaults,
  ...coreDefaults,
  ...podDefaults,
  ...smallGroupDefaults,
}
