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
      what:
        'A log of a pod answers 405 where the node is there and its kubelet is none of ours. What is said of a request ' +
        'that a proxy passed on (204) is said before it goes there: audit and metrics do not know its answer. Of HTML that ' +
        'comes back only the links are written anew, of upstream whole tags (in small letters).',
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
    {
      what:
        'What allowed somebody to act as others last, and is tried first the next time, each namespace remembers for ' +
        'itself, upstream for all: a refusal can name another way of impersonation, and so can the audit.',
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
    {
      what:
        'A continue token that is used at another path than its own shows that as of the last revision of the namespace ' +
        'it comes from; upstream as of the cluster\'s.',
    },
    {
      what:
        'How many objects follow a page of a list over all namespaces (`remainingItemCount`) is told where no more than ' +
        '128 namespaces have to be asked for it, which would be woken for a number that is a hint; a list that is cut ' +
        'off before more of them may end with an empty page.',
      shownBy: ['apiserver/reading/listing-over-all.test.ts', 'does not count more namespaces than one request may well ask'],
    },
  ],
  'How bodies are read': [
    {
      what:
        'JSON that an object only keeps (`data` of a ControllerRevision, parameters of devices) is stored as JSON shows it: ' +
        'without blanks, and with `<`, `>` and `&` as escapes. So it is shown in protobuf, too, and patches of what was ' +
        'written otherwise leave it the same, which upstream takes for a change (of a ControllerRevision it refuses it). ' +
        'A number in it that no double holds is refused (400), where upstream crashes, and bytes in it that are no UTF-8 ' +
        'become U+FFFD.',
      shownBy: ['apiserver/wire/raw-json.test.ts', 'is kept without blanks, and with escapes of what HTML would read'],
    },
    {
      what:
        'JSON is taken up to a depth of 1,000 levels and YAML of 500, upstream to 10,000: the stack here holds no more.',
    },
    {
      what:
        'Of one object 10,000 mistakes are told, and no further ones where those come to 4 Mi characters; upstream ' +
        'tells all.',
      shownBy: ['apiserver/wire/hostile-bodies.test.ts', 'each with all of a list'],
    },
    {
      what:
        '`-0.0` in such JSON is 0 where it was written in YAML, or a map was made of it.',
    },
    {
      what:
        'Raw JSON in protobuf that is none, and a number that is no form of an `IntOrString`, are refused as they are ' +
        'read; upstream keeps them until something looks at them.',
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
        'A quantity with an exponent beyond 300, or of more than 256 characters, is refused, since calculating with it ' +
        'holds up everybody else: upstream takes `1e999`, and hangs on `1e2147483648`. Around a quantity upstream trims ' +
        'U+2028, which is refused here.',
    },
    {
      what:
        'A second byte order mark at the beginning of YAML is a character of the text; go-yaml loses the first character ' +
        'of later lines to it. A key that holds U+0085 is printed in YAML, at which upstream fails.',
    },
  ],
  'What is written': [
    {
      what:
        'Of the conflicts of an apply, and of its values that are of another type, about a million characters are told: of ' +
        'a deep object all of them may be more than an answer can have.',
    },
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
        'Protobuf for a custom resource, or for its Scale, is refused (415), where upstream crashes.',
    },
    {
      what:
        'An eviction that is refused for its options leaves no condition on the pod; upstream has written it by then.',
    },
    {
      what:
        'After an empty map was applied in one version of a custom resource, an empty JSON patch in another is a write.',
    },
    {
      what:
        'Numbers beyond 1e18 in sets stand in another order in managed fields.',
    },
  ],
  'Rules of custom resources': [
    {
      what:
        'Optional entries on which upstream crashes are judged here, and where it tells of an internal error of Go, the ' +
        'key or field that is missing is told.',
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
    {
      what:
        'A text whose pattern takes more than twenty million steps, with those of the object before it, does not match it; ' +
        'upstream waits for it. Of what is wrong with a resource or a definition about a million characters are told, and ' +
        'one whose defaults come to more than sixteen million is refused as one that is too large to be stored.',
    },
    {
      what:
        'A rule whose macros repeat what they are called on to more than 200,000 nodes (`optMap` behind `optMap`), or whose ' +
        'types have more than a thousand types in them, does not compile; upstream works on it until it has no memory.',
    },
    {
      what:
        'A rule that goes over a large value again and again pays for it, where upstream charges 1 for the size of a text, ' +
        'for a list behind another or for lists that are equal, however long they are, and has the clock end it.',
    },
    {
      what:
        'What a call costs that fails at run time differs by a few units.',
    },
    {
      what:
        'Two versions of a definition whose schemas differ in how a number is written alone (`default: 1` and `1.0`) count ' +
        'as one schema: what is wrong stands at `spec.validation`.',
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
        'A webhook that says nothing while TLS begins has 30 s, upstream 10. An answer in protobuf is refused (500), ' +
        'and upstream reads it. The platform unpacks gzip and Brotli before anybody sees them, and does not say what ' +
        'in them is broken; upstream reads gzip alone, also where it is called `GZIP`, and says what.',
    },
    {
      what:
        'What a webhook answers may have 32 MiB, and with all the `Retry-After` it asks for it has 30 s; upstream gives ' +
        'each of its eleven requests 30 s, and takes answers of any size.',
      shownBy: ['objects/webhook-client.test.ts', 'one that breaks off, or never ends, is not waited for'],
    },
    {
      what:
        'In what a webhook answers, bytes that are no UTF-8 are told of as U+FFFD, JSON that is too deep as cut off, and ' +
        'what is within `result.details` is not judged by its types.',
    },
  ],
  'How answers are written': [
    {
      what: 'What columns of Tables mean (`description`) is said in words of our own.',
    },
    {
      what:
        'A JSONPath of a column that comes to more than 100,000 values (`..*..*`) finds none, where upstream goes on for ' +
        'as long as there is memory.',
    },
    {
      what:
        'The index of OpenAPI version 3 is told again (200) to who has it as of the same second; upstream says that it is ' +
        'known (304), even if a definition came in between.',
    },
    {
      what:
        'Extensions of OpenAPI in protobuf that are more than sixteen levels deep, or have a key of more than a line or ' +
        '128 bytes, are JSON, which is YAML as well: upstream has blocks, whose indentation grows with the depth.',
      shownBy: ['apimachinery/wire/print-nodes.test.ts', 'stays JSON where indentation would be most of it'],
    },
  ],
  Connections: [
    {
      what:
        'The local server speaks HTTP/1.1 (workerd has no server for HTTP/2): clients find that out while they ' +
        'connect, and take a connection for each watch. At the edge HTTP/2 is spoken.',
    },
    {
      what:
        'A connection on which nothing is asked for 15 s is closed by the local server (workerd gives no way to change ' +
        'that), upstream keeps it for at least 75.',
    },
    { what: 'A method that the runtime does not know (`LINK`) is answered by it (501).' },
    {
      what:
        'Steps `.` and `..` of an address (`%2e` as well) are gone before anybody looks at it, as in every URL of the ' +
        'runtime; upstream takes them for names. In those of documents (`/healthz%2Fping`) escapes stay what they are, ' +
        'and bytes that are no UTF-8 are shown as U+FFFD. The runtime refuses those (400, `invalid URI`) that hold bytes ' +
        'beyond ASCII, `<`, `>`, or `"` in the query, without escaping them.',
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
        'Why a connection to such a server failed is hidden by the platform: `EOF`, or that the platform could not ' +
        'connect. `Te` and `Trailer` are not passed on, no compression is asked for in our own name, and a request ' +
        'without a body has a `Content-Length` of 0. An answer that does not say what it is stays so, where upstream ' +
        'guesses, and links in its HTML stay what they are, where upstream puts the address of that server before them.',
    },
    {
      what:
        'Documents of OpenAPI are those of such a server as it wrote them, their fields in its order; of a server that ' +
        'knows version 2 alone there is none in version 3, which upstream makes of it.',
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
    {
      what:
        'A request for a WebSocket is one whether its `Connection` says so or not, as those of Workers have no such ' +
        'header.',
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
        'Batches for the webhook go one at a time, after 1 s instead of 30 (a batch waits in memory), so that there is ' +
        'nothing to throttle; the log is written a line at a time in every mode. At the edge it has one form (JSON), and ' +
        'nobody can tell whether it was written. What a patch sent that is no JSON is left out of its event, which ' +
        'upstream loses, as it cannot write it.',
    },
  ],
  'Priority and fairness': [
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
        '`DELETE` of `/metrics` lets counters and histograms begin anew, and keeps gauges, which upstream leaves out ' +
        'until they are set again. `/debug/pprof` and `/debug/flags` are not there (404): they are about a process of Go.',
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
