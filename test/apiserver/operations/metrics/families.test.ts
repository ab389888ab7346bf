/**
 * The families of /metrics with their types, stability, labels and bounds, as k8s.io/apiserver
 * pkg/{endpoints/metrics,endpoints/filters,admission/metrics,util/flowcontrol/metrics,audit,authorization/metrics} and
 * k8s.io/component-base metrics/prometheus have them.
 */
import { expect, it } from 'vitest'
import { ApiMetrics } from '../../../../src/apiserver/operations/metrics/api-metrics.ts'
import { registeredMetrics, serverFacts } from '../../../../src/apiserver/operations/metrics/server-facts.ts'
import { MetricRegistry, mergeSnapshots } from '../../../../src/lib/metrics.ts'
import type { MetricSnapshot } from '../../../../src/lib/metrics.ts'
import { runningWork, workMetrics } from '../../../../src/reconcile/work-metrics.ts'

const { registry } = new ApiMetrics(new MetricRegistry())
workMetrics(registry)
const running = [{ controller: 'a', sinceMs: 1_000 }, { controller: 'a', sinceMs: 3_000 }]
const all = [...registry.snapshots(), ...runningWork(['a', 'b'], running, 5_000), ...serverFacts()]

const LINE = (one: MetricSnapshot): string =>
  [one.name, one.type, one.stability ?? 'ALPHA', (one.labels ?? []).join(','), boundsOf(one)].join(' ').trim()

function boundsOf({ buckets }: MetricSnapshot): string {
  return buckets === undefined ? '' : `${String(buckets[0])}…${String(buckets.at(-1))}/${String(buckets.length)}`
}

const RESOURCE = 'group,version,resource,subresource,scope,component'

it('are those of upstream, with their labels and buckets', () => {
  expect(all.map(LINE).toSorted()).toEqual(
    [
      'aggregator_unavailable_apiservice_total counter ALPHA name,reason',
      `apiserver_admission_controller_admission_duration_seconds histogram STABLE name,operation,rejected,type 0.005…2.5/6`,
      `apiserver_admission_step_admission_duration_seconds histogram STABLE operation,rejected,type 0.005…2.5/6`,
      'apiserver_audit_error_total counter ALPHA plugin',
      'apiserver_audit_event_total counter ALPHA',
      'apiserver_audit_level_total counter ALPHA level',
      'apiserver_audit_requests_rejected_total counter ALPHA',
      'apiserver_authorization_decisions_total counter ALPHA type,name,decision',
      'apiserver_conversion_webhook_duration_seconds histogram ALPHA result,failure_type 0.005…60/15',
      'apiserver_conversion_webhook_request_total counter ALPHA result,failure_type',
      'apiserver_crd_conversion_webhook_duration_seconds histogram ALPHA crd_name,from_version,to_version,succeeded 0.001…16.384/15',
      'apiserver_current_inflight_requests gauge STABLE request_kind',
      'apiserver_current_inqueue_requests gauge ALPHA request_kind',
      'apiserver_flowcontrol_current_executing_requests gauge BETA priority_level,flow_schema',
      'apiserver_flowcontrol_current_executing_seats gauge BETA priority_level,flow_schema',
      'apiserver_flowcontrol_current_inqueue_requests gauge BETA priority_level,flow_schema',
      'apiserver_flowcontrol_current_inqueue_seats gauge ALPHA priority_level,flow_schema',
      'apiserver_flowcontrol_current_limit_seats gauge ALPHA priority_level',
      'apiserver_flowcontrol_demand_seats_average gauge ALPHA priority_level',
      'apiserver_flowcontrol_demand_seats_high_watermark gauge ALPHA priority_level',
      'apiserver_flowcontrol_demand_seats_smoothed gauge ALPHA priority_level',
      'apiserver_flowcontrol_demand_seats_stdev gauge ALPHA priority_level',
      'apiserver_flowcontrol_dispatched_requests_total counter BETA priority_level,flow_schema',
      'apiserver_flowcontrol_lower_limit_seats gauge ALPHA priority_level',
      'apiserver_flowcontrol_nominal_limit_seats gauge BETA priority_level',
      'apiserver_flowcontrol_rejected_requests_total counter BETA priority_level,flow_schema,reason',
      'apiserver_flowcontrol_request_execution_seconds histogram ALPHA priority_level,flow_schema,type 0…30/13',
      'apiserver_flowcontrol_request_queue_length_after_enqueue histogram ALPHA priority_level,flow_schema 0…1000/8',
      'apiserver_flowcontrol_request_wait_duration_seconds histogram BETA priority_level,flow_schema,execute 0…30/13',
      'apiserver_flowcontrol_seat_fair_frac gauge ALPHA',
      'apiserver_flowcontrol_target_seats gauge ALPHA priority_level',
      'apiserver_flowcontrol_upper_limit_seats gauge ALPHA priority_level',
      'apiserver_flowcontrol_watch_count_samples histogram ALPHA priority_level,flow_schema 0…10000/6',
      'apiserver_flowcontrol_work_estimated_seats histogram ALPHA priority_level,flow_schema 1…100/8',
      'apiserver_impersonation_attempts_duration_seconds histogram ALPHA mode,decision 0.001…16.384/15',
      'apiserver_impersonation_attempts_total counter ALPHA mode,decision',
      'apiserver_impersonation_authorization_attempts_duration_seconds histogram ALPHA mode,decision 0.001…16.384/15',
      'apiserver_impersonation_authorization_attempts_total counter ALPHA mode,decision',
      `apiserver_longrunning_requests gauge STABLE verb,${RESOURCE}`,
      'apiserver_request_body_size_bytes histogram ALPHA group,resource,verb 50000…3050000/31',
      `apiserver_request_duration_seconds histogram STABLE verb,dry_run,${RESOURCE} 0.005…60/23`,
      'apiserver_request_filter_duration_seconds histogram ALPHA filter 0.0001…30/13',
      `apiserver_request_sli_duration_seconds histogram ALPHA verb,${RESOURCE} 0.05…60/21`,
      `apiserver_request_terminations_total counter ALPHA verb,${RESOURCE},code`,
      `apiserver_request_total counter STABLE verb,dry_run,${RESOURCE},code`,
      'apiserver_requested_deprecated_apis gauge STABLE group,version,resource,subresource,removed_release',
      `apiserver_response_sizes histogram STABLE verb,${RESOURCE} 1000…1000000000/7`,
      'apiserver_watch_events_sizes histogram ALPHA group,version,resource 1024…131072/8',
      'apiserver_watch_events_total counter ALPHA group,version,resource',
      'apiserver_watch_list_duration_seconds histogram BETA group,version,resource,scope 0.05…60/17',
      'authenticated_user_requests counter ALPHA username',
      'authentication_attempts counter ALPHA result',
      'authentication_duration_seconds histogram ALPHA result 0.001…16.384/15',
      'authentication_token_cache_active_fetch_count gauge ALPHA status',
      'authentication_token_cache_fetch_total counter ALPHA status',
      'authentication_token_cache_request_duration_seconds histogram ALPHA status 0.005…10/11',
      'authentication_token_cache_request_total counter ALPHA status',
      'authorization_attempts_total counter ALPHA result',
      'authorization_duration_seconds histogram ALPHA result 0.001…16.384/15',
      'field_validation_request_duration_seconds histogram ALPHA field_validation 0.05…60/21',
      'kubernetes_feature_enabled gauge BETA name,stage',
      'serviceaccount_valid_tokens_total counter ALPHA',
      'version_info gauge ALPHA binary,component,emulation,min_compat',
      'workqueue_adds_total counter BETA name',
      'workqueue_depth gauge BETA name',
      'workqueue_longest_running_processor_seconds gauge BETA name',
      'workqueue_queue_duration_seconds histogram BETA name 1e-8…10/10',
      'workqueue_retries_total counter BETA name',
      'workqueue_unfinished_work_seconds gauge BETA name',
      'workqueue_work_duration_seconds histogram BETA name 1e-8…10/10',
    ].toSorted(),
  )
})

const valuesOf = (snapshots: readonly MetricSnapshot[], name: string): Record<string, number> =>
  Object.fromEntries(
    (snapshots.find((one) => one.name === name)?.series ?? []).map(({ labels, value }) => [labels.join(' '), value]),
  )

it('of keys that run add up, and the longest is the longest of all objects', () => {
  const others = [{ controller: 'a', sinceMs: 2_000 }, { controller: 'b', sinceMs: 4_500 }]
  const elsewhere = runningWork(['a', 'b', 'c'], others, 5_000)
  const merged = mergeSnapshots([...runningWork(['a', 'b'], running, 5_000), ...elsewhere])
  expect(valuesOf(merged, 'workqueue_unfinished_work_seconds')).toEqual({ a: 9, b: 0.5, c: 0 })
  expect(valuesOf(merged, 'workqueue_longest_running_processor_seconds')).toEqual({ a: 4, b: 0.5, c: 0 })
})

it('are counted themselves, and say which features are on', () => {
  const counts = valuesOf([registeredMetrics(all)], 'registered_metrics_total')
  expect(counts).toMatchObject({ 'STABLE ': 8 })
  const features = valuesOf(all, 'kubernetes_feature_enabled')
  expect([features['WatchList BETA'], features['CRDValidationRatcheting '], features['ContainerStopSignals ALPHA']])
    .toEqual([1, 1, 0])
  expect(valuesOf(all, 'version_info')).toEqual({ '1.36 kube 1.36 1.35': 1 })
})
