/** What the platform forbids, and what is known to differ: said by hand, here and nowhere else. */
import type { TestRef } from './samples/sample.ts'

export interface Limit {
  readonly what: string
  /** Absent where there is nothing that could be shown, or nothing that anybody should rely on. */
  readonly shownBy?: TestRef
}

export const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  'Streams into pods and nodes': [
    {
      what:
        '`pods/exec`, `pods/attach` and `pods/portforward` answer 405: isolates and simulated nodes have no processes ' +
        'to attach to.',
      shownBy: ['apiserver/subresources/connect.test.ts', 'is answered by the node, in JSON whatever was asked for'],
    },
    {
      what: '`nodes/proxy` answers 405: these nodes have no kubelet of their own to ask.',
      shownBy: ['apiserver/subresources/connect.test.ts', 'says that these nodes cannot be asked'],
    },
  ],
  'Who may do what': [
    {
      what:
        'There is no Node authorizer, which lets a kubelet read the Secrets, ConfigMaps, claims and volumes of the pods on ' +
        'its own node and no others: members of `system:nodes` may do what RBAC says, and upstream binds nothing to that ' +
        'group. The admission plugin NodeRestriction is here. The kubelets of the nodes that this cluster makes itself ' +
        'are members of `system:masters`.',
    },
  ],
  'Lists and watches': [
    {
      what:
        'A resourceVersion that no revision of the cluster has reached yet is refused at once (504, with the cause and ' +
        '`retryAfterSeconds: 1`), where upstream first waits three seconds for its cache: here nothing is behind that ' +
        'could catch up.',
      shownBy: ['apiserver/watching.test.ts', 'of a state from the future say so, and when to come back'],
    },
    {
      what:
        'Each namespace gives up its own revisions, five minutes after the change that followed them, and continue ' +
        'tokens five minutes after their list began; upstream gives up those of all at once, five to ten minutes ' +
        'after. What is answered then (410, with a token to go on inconsistently from) is the same.',
      shownBy: ['apiserver/reading/expiry.test.ts', 'a list at a revision from before the window gets 410'],
    },
    {
      what:
        'A watch with a negative `timeoutSeconds` ends before it says anything; upstream, as its timing has it, may say ' +
        'its first events or an error before.',
    },
  ],
  'How bodies are read': [
    {
      what:
        'JSON that an object only keeps (`data` of a ControllerRevision, parameters of devices) comes back with ' +
        'numbers as numbers: `1.0` is `1`, and keys that are whole numbers come first.',
    },
    {
      what:
        'JSON is taken up to a depth of 1,000 levels and YAML of 500, upstream to 10,000: the stack here holds no more. ' +
        'JSON that is applied may have keys beyond 1,022 characters, and quantities may be written with escapes; ' +
        'upstream refuses both.',
    },
    {
      what:
        'Times that are whole seconds (all but `MicroTime`) are cut to seconds as they are read; upstream judges an ' +
        'update with the fractions, and cuts them when it stores: a Job whose start is written half a second later ' +
        'is refused there.',
    },
    {
      what:
        'A PUT in a version that is known and not served (`resource.k8s.io/v1beta1`) is refused without being read by ' +
        'that version: which of its fields are unknown there is not told.',
    },
    {
      what:
        'Whether bytes beyond 2^63 thousandths draw the warning that they are a fraction goes by the canonical form of ' +
        'the quantity (`123456789012345670`), upstream by how it was written (`12345678901234567e1`).',
    },
    {
      what:
        'Of a body of another kind than belongs there, with a wrong field besides, the kind is told; upstream may tell ' +
        'of the field. A merge patch of a custom resource that changes kind and name is refused for its kind (422), ' +
        'there for its name (400).',
    },
    {
      what:
        'In YAML a quoted text that goes on in a line indented less than its key is refused, which go-yaml takes, and ' +
        'the characters U+2028 and U+2029 end no line.',
    },
    {
      what:
        'YAML in UTF-16 is refused. A byte that is no UTF-8 and stands outside of all texts of JSON is told of as `ï`, the ' +
        'first byte of the sign that stands for it.',
    },
  ],
  'What is written': [
    {
      what:
        'Managed fields name items of sets and keys of lists that are whole numbers beyond 2^53 with all their digits; ' +
        'upstream takes them for floats when it reads them again, and says another number from the next write on.',
    },
    {
      what:
        'Replicas of a custom resource whose schema does not know the path that its `scale` names stay where they were ' +
        'written until the object is written itself; upstream loses them when it reads the object again.',
    },
    {
      what:
        'A Scale of a custom resource that cannot be read is refused with the reason, which upstream does not come ' +
        'to say (`no kind is registered for the type v1.Scale`); protobuf for a custom resource is refused (415), where ' +
        'upstream crashes; and a patch may call a Scale one of extensions/v1beta1.',
    },
    {
      what:
        'The `internalTrafficPolicy` of a Service that is an ExternalName is kept and shown nowhere; upstream lets it ' +
        'slip out at `services/status`, and in the answer to a deletion that waits for a finalizer.',
      shownBy: ['apiserver/reading/services.test.ts', 'is shown to nobody'],
    },
    {
      what: 'The annotation of its template generation counts among the 256 KiB of annotations of a DaemonSet.',
    },
    {
      what:
        'The answer to an update that completes a deletion has empty lists as they are stored (`rules: null` of a ' +
        'ClusterRole), and `status: null` is not applied to a custom resource that has none (422). After an empty map ' +
        'was applied in one version of a custom resource, an empty JSON patch in another is a write.',
    },
  ],
  'Rules of custom resources': [
    {
      what:
        'Of a rule that cannot be parsed the first error is nearly always told as upstream tells it; which errors follow ' +
        'it can differ, as recovery there follows generated tables, and so can the place of a macro whose argument ' +
        'could not be read. Optional entries on which upstream crashes are judged here, and where it tells of an ' +
        'internal error of Go, the key or field that is missing is told.',
    },
    {
      what:
        'Of about one rule in a thousand, in which comprehensions are nested, another cost is estimated: upstream keeps the ' +
        'paths that sizes are known by where a later step of another path can be written over them.',
    },
    {
      what:
        'A literal of `google.protobuf.Timestamp` may not be further from 1970 than dates of JavaScript reach (275,760 ' +
        'years: `timestamp overflow`); one of `google.protobuf.Any` holds the well-known messages alone, and text of ' +
        'protocol buffers in an error has its single spaces, which differ from build to build there.',
    },
  ],
  'Conversion by webhook': [
    {
      what:
        'A list or a watch of a version that the webhook fails to convert gets its error (500), where upstream, whose ' +
        'cache could not be filled, answers 429 for as long.',
      shownBy: ['e2e/conversion.test.ts', 'a webhook that is in trouble (%s) is an error'],
    },
    {
      what:
        'Why a webhook at an address cannot be reached (a certificate that is expired, of another host or of an unknown ' +
        'authority, plain HTTP, nobody there) is hidden by the platform: the answer is the same (500), its message says ' +
        '`EOF`, or that the platform could not connect. `caBundle` has no effect: servers are verified by the public ' +
        "authorities, locally also by the cluster's own; within the cluster no TLS is spoken.",
      shownBy: ['objects/webhook-client.test.ts', 'one that %s says where'],
    },
    {
      what:
        'A webhook that says nothing while TLS begins has 30 s, upstream 10; and what is wrong with an answer in ' +
        'protobuf or broken gzip is told in other words, with the same code.',
    },
    {
      what:
        'What a webhook answers may have 32 MiB, and with all the `Retry-After` it asks for it has 30 s; upstream gives ' +
        'each of its eleven requests 30 s, and takes answers of any size.',
      shownBy: ['objects/webhook-client.test.ts', 'one that breaks off, or never ends, is not waited for'],
    },
  ],
  'How answers are written': [
    {
      what:
        'Messages that show a whole object (a patch that does not make one of its kind) and kubectl\'s annotation of ' +
        'what was applied last have keys of digits alone before all others; upstream has them in the order of bytes.',
    },
    {
      what: 'What columns of Tables mean (`description`) is said in words of our own.',
    },
    {
      what:
        'OpenAPI describes a Quantity in words of our own, and the status subresource of a definition not at all; ' +
        '`pods/log` has other paragraphs, and four fields of JSONSchemaProps repeat what is said of their type.',
    },
    {
      what:
        'A watch that asks for `as=PartialObjectMetadataList` is given PartialObjectMetadata, where upstream ends it ' +
        'without a word.',
    },
  ],
  Connections: [
    {
      what:
        'The local server speaks HTTP/1.1 (workerd has no server for HTTP/2): clients find that out while they ' +
        'connect, and take a connection for each watch. At the edge HTTP/2 is spoken.',
    },
    { what: 'A method that the runtime does not know (`LINK`) is answered by it (501).' },
    {
      what:
        'Steps `.` and `..` of an address (`%2e` as well) are gone before anybody looks at it, as in every URL of the ' +
        'runtime; upstream takes them for names. In those of documents (`/healthz%2Fping`) escapes stay what they are, ' +
        'and bytes that are no UTF-8 are shown as U+FFFD.',
    },
    {
      what:
        'A header that is sent more than once arrives joined by `, `: of two `Impersonate-User` both are the name, ' +
        'where upstream takes the first. What asks for a WebSocket is a GET, whatever its method.',
    },
  ],
  'APIs of other servers': [
    {
      what:
        'Addresses and queries go on to such a server as they were written; upstream decodes the path (`%2F` is a `/` ' +
        'then), and sorts and encodes the query anew. Why a connection to it failed is hidden by the platform: `EOF`, or ' +
        'that the platform could not connect. `Te` is not passed on, and `X-Kubernetes-PF-*` of an answer are ours.',
    },
    {
      what:
        'A connection to such a server is upgraded to WebSocket only: one that asks for SPDY is answered 503, as the ' +
        'platform has no bare connections between Workers.',
    },
    {
      what:
        'An APIService whose Service has a selector is reached as all Services are; one whose Service is of type ' +
        'ExternalName, over HTTPS at that host.',
      shownBy: ['e2e/aggregation/isolates.test.ts', 'is found and answers once an isolate serves it, and hears who asks'],
    },
    {
      what:
        'A server that answered is looked at again when its APIService, its Service or their endpoints change, when ' +
        'a request or a discovery document of it fails, or when a cluster that is busy looks at everything anew; not ' +
        'every half a minute. So it is the first request after it went down (503) that makes `Available` False; from ' +
        'then on it is looked at until it is back, after 5 s at first and at least once a minute.',
      shownBy: ['system/outside-api.test.ts', 'is not available while nobody answers there, which a request is told'],
    },
    {
      what:
        '`caBundle` and `insecureSkipTLSVerify` are kept and have no effect. Within the cluster the way is the ' +
        "platform's own and nobody else is on it; certificates of outside hosts are verified against public CAs " +
        "(locally also against the cluster's own), which the platform offers no way to change for a single host.",
    },
    {
      what:
        'Servers outside are shown a client certificate (`front-proxy-client`), and find its authority in ConfigMap ' +
        '`kube-system/extension-apiserver-authentication`: locally always, at the edge where the deployment has the ' +
        'binding `FRONT_PROXY`. Servers in isolates see no certificates, as no TLS reaches them: whoever else can ' +
        'reach their Service could write X-Remote-* headers as well.',
      shownBy: ['e2e/aggregation/outside.test.ts', 'is shown the certificate that the cluster says it shows'],
    },
  ],
  Health: [
    {
      what:
        "Health has those of upstream's checks and post-start hooks that have something to look at here: the store, " +
        'that the controllers of the cluster have begun, that what a cluster starts with was made. Not listed are ' +
        'loops that keep numbers (`priority-and-fairness-filter`, `storage-object-count-tracker-hook`), look after ' +
        'several servers (`peer-endpoint-reconciler-controller`, ' +
        '`start-kube-apiserver-identity-lease-garbage-collector`), or whose subject is not here ' +
        '(`aggregator-reload-proxy-client-cert`, `loopback-serving-certificate`, `shutdown`).',
      shownBy: [
        'apiserver/operations/health.test.ts',
        'tells each check in its verbose form, those of readiness to /readyz alone',
      ],
    },
  ],
  Audit: [
    {
      what:
        'The webhook is asked in batches only, and the log is never waited for (`--audit-webhook-mode`, ' +
        '`--audit-log-mode`). An unknown field of a policy is an error, which upstream only logs. At the edge the ' +
        'log has one form (JSON). What a patch sent that is no JSON is left out of its event, which upstream loses, as ' +
        'it cannot write it.',
    },
  ],
  'Priority and fairness': [
    {
      what:
        '`/debug/api_priority_and_fairness/dump_queues` has the queues in which something is; upstream shows empty ones, too.',
    },
    {
      what:
        'Seats of lists over all namespaces are estimated from the last list of that kind that was read to its end; ' +
        'until there is one they take one seat, as kinds of which upstream knows nothing. Watchers over all ' +
        'namespaces do not widen writes: another object tells them.',
      shownBy: ['apiserver/operations/flow/request-width.test.ts', 'are those of the last whole list where there is no store'],
    },
  ],
  Metrics: [
    {
      what:
        '`DELETE` of `/metrics` and `/metrics/slis` answers the metrics, which nobody resets; `HEAD` and `OPTIONS` of ' +
        'the latter have another content type than upstream. `/debug/pprof` and `/debug/flags` are not there (404): they ' +
        'are about a process of Go.',
    },
    {
      what:
        '`apiserver_response_sizes` counts what answers are before compression: those sent in one piece in characters ' +
        '(which are bytes in all but texts beyond ASCII), long lists in bytes as they pass. Logs of pods and what ' +
        'proxies pass on are not measured.',
      shownBy: [
        'apiserver/operations/way.test.ts',
        'that read have the sizes of their answers counted, refusals and streams as well',
      ],
    },
  ],
}
