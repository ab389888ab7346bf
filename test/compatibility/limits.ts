/** What the platform forbids, and what differs on purpose: said by hand, here and nowhere else. */
import type { TestRef } from './samples/sample.ts'

export interface Limit {
  readonly what: string
  /** Absent where the platform leaves nothing that could be shown. */
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
  'Lists and watches': [
    {
      what:
        'A resourceVersion that no revision of the cluster has reached yet is refused at once (504, with the cause and ' +
        '`retryAfterSeconds: 1`), where upstream first waits three seconds for its cache, and lets a watch without ' +
        'initial events wait in silence: here nothing is behind that could catch up.',
      shownBy: ['apiserver/watching.test.ts', 'of a revision from the future say so, and when to come back'],
    },
    {
      what:
        'Each namespace gives up its own revisions, five minutes after the change that followed them; upstream gives ' +
        'up those of all at once, five to ten minutes after. What is answered then (410, with a token to go on ' +
        'inconsistently from) is the same.',
      shownBy: ['apiserver/reading/expiry.test.ts', 'a list at a revision from before the window gets 410'],
    },
  ],
  'How answers are written': [
    {
      what: 'What columns of Tables mean (`description`) is said in words of our own.',
    },
    {
      what:
        'An apply to the scale of a custom resource works also where upstream fails (500), such as when nobody owns the ' +
        'number of replicas yet.',
    },
  ],
  'APIs of other servers': [
    {
      what:
        'An APIService whose Service has a selector is reached as all Services are; one whose Service is of type ' +
        'ExternalName, over HTTPS at that host.',
      shownBy: ['e2e/aggregation.test.ts', 'is found and answers once an isolate serves it, and hears who asks'],
    },
    {
      what:
        'A server that answered is looked at again when its APIService changes or a cluster that is busy looks at ' +
        'everything anew, not every half a minute: until then requests alone tell that it is down (503).',
      shownBy: ['system/outside-api.test.ts', 'is not available while nobody answers there, which a request is told'],
    },
    {
      what:
        '`caBundle` and `insecureSkipTLSVerify` are kept and have no effect. Within the cluster the way is the ' +
        "platform's own and nobody else is on it; certificates of outside hosts are verified against public CAs, which " +
        'the platform offers no way to change.',
    },
    {
      what:
        'No client certificate is shown (`requestheader-client-ca-file`), so a server cannot verify that X-Remote-* ' +
        'headers come from the API: whoever else reaches its Service could write them as well.',
    },
  ],
  Health: [
    {
      what:
        'Health has the checks `ping`, `log`, `etcd` (the store), `etcd-readiness`, `autoregister-completion`, and ' +
        'those post-start hooks whose objects a cluster starts with. Checks of informers, of loops that run by ' +
        'themselves and of a shutdown have nothing to look at here, and are not listed.',
      shownBy: [
        'apiserver/operations/health.test.ts',
        'tells each check in its verbose form, those of readiness to /readyz alone',
      ],
    },
  ],
  Audit: [
    {
      what:
        'The log has one form (JSON), and the webhook is asked in batches only. An unknown field of a policy is an ' +
        'error, which upstream only logs.',
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
