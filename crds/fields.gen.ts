// Generated from crds/*.yaml by `npm run generate`. Do not edit.

/** Every field by its shape path (`spec.versions[].endpoint`), and what it is for. */
export const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Feed: {
    apiVersion: 'Always `ssmd.io/v1alpha1`.',
    kind: 'Always `Feed`.',
    metadata: '',
    'metadata.name': '',
    'metadata.namespace': '',
    'metadata.labels': '',
    'metadata.annotations': '',
    'metadata.uid': '',
    'metadata.resourceVersion': '',
    'metadata.generation': '',
    'metadata.creationTimestamp': '',
    'metadata.deletionTimestamp': '',
    'metadata.deletionGracePeriodSeconds': '',
    'metadata.finalizers': '',
    'metadata.selfLink': '',
    'metadata.generateName': '',
    'metadata.ownerReferences': '',
    'metadata.managedFields': '',
    spec: 'What is wanted.',
    status: 'What is, as the operator last saw it. Never written by people.',
    'spec.displayName': 'A name for people, shown in tables and on the web page.',
    'spec.exchange':
      "The exchange, and with it the adapter that speaks its protocol. It never changes: what was archived under this name is this exchange's. `synthetic` is a seeded generator that needs no network and no key.",
    'spec.type': 'How the exchange delivers.',
    'spec.state':
      '`active` is captured. `deprecated` is captured too, with a warning for whoever uses it. `disabled` is not captured; what is archived stays.',
    'spec.versions':
      'How to reach the exchange, from when on. In force is the version with the greatest `effectiveFrom` not after today (UTC) that has not ended, so an announced change of the exchange can be declared before its day.',
    'spec.versions[]': 'One way to reach the exchange.',
    'spec.versions[].name': 'Name of the version, unique in the feed, such as `v2`.',
    'spec.versions[].effectiveFrom':
      'First UTC day on which the version is in force, as `YYYY-MM-DD`.',
    'spec.versions[].effectiveTo': 'Last UTC day on which it is in force, if its end is known.',
    'spec.versions[].endpoint':
      'The WebSocket to capture, `wss://…` (or `ws://…` in a test). For exchange `synthetic`, the generator and its settings: `synthetic://generator?rate=1000&symbols=10&seed=7`.',
    'spec.versions[].restEndpoint':
      "Base address of the exchange's REST interface; discovery of symbols needs it.",
    'spec.versions[].protocol': 'What frames are made of; `json` where it is not given.',
    'spec.versions[].authMethod':
      'How the exchange knows who connects. `apiKey` takes the key of the Environment that is named as the feed or as its exchange.',
    'spec.versions[].rateLimitPerSecond':
      "Requests a second that the exchange allows (commands and REST calls), if it is lower than the adapter's own.",
    'spec.versions[].maxSymbolsPerConnection':
      'More symbols than this are spread over several connections.',
    'spec.channels':
      "The channels to subscribe, by the exchange's own names, such as `orderbook_delta`, `trade`, `ticker`.",
    'spec.channels[]': '',
    'spec.symbols': 'Which symbols to capture; all that the exchange sends where it is not given.',
    'spec.symbols.include':
      'Exact names, or globs such as `KXGOLD15M-*` (`*` any text, `?` one character). Globs are resolved by discovery.',
    'spec.symbols.include[]': '',
    'spec.symbols.exclude': 'Names or globs that are left out of what `include` takes in.',
    'spec.symbols.exclude[]': '',
    'spec.symbols.discover': 'How globs are resolved.',
    'spec.symbols.discover.interval': 'How often the exchange is asked for new symbols.',
    'spec.messageTypes':
      'Where symbol and sequence stand in message types that the adapter does not know, as dot paths into the frame, such as `msg.market_ticker`.',
    'spec.messageTypes[]': 'One message type.',
    'spec.messageTypes[].name': 'The type, as the exchange calls it.',
    'spec.messageTypes[].group':
      'The files it is archived in, `<group>_000.jsonl.gz`; `other` where it is not given.',
    'spec.messageTypes[].symbol': 'Dot path of the symbol.',
    'spec.messageTypes[].sequence':
      "Dot path of the exchange's own sequence number, if it has one.",
    'spec.messageTypes[].scope':
      'Dot path of what the sequence counts in, such as `sid`; the whole connection where it is not given.',
    'spec.calendar': 'When the exchange trades. For people; capture runs at all hours.',
    'spec.calendar.timezone': 'IANA time zone, such as `America/New_York`.',
    'spec.calendar.holidayCalendar': 'Name of the calendar of holidays, such as `us-federal`.',
    'spec.calendar.openTime': 'Opening time in that zone, `HH:MM`.',
    'spec.calendar.closeTime': 'Closing time in that zone, `HH:MM`.',
    'spec.captureLocations': 'Where it is captured. For people; no program reads it.',
    'spec.captureLocations[]': 'One place.',
    'spec.captureLocations[].site': 'Name of the place.',
    'spec.captureLocations[].type': 'What kind of place it is.',
    'spec.captureLocations[].provider': 'Whose place it is.',
    'spec.captureLocations[].region': 'Region of the provider.',
    'spec.captureLocations[].clock': 'How its clock is kept, such as `ntp` or `ptp`.',
  },
  Environment: {
    apiVersion: 'Always `ssmd.io/v1alpha1`.',
    kind: 'Always `Environment`.',
    metadata: '',
    'metadata.name': '',
    'metadata.namespace': '',
    'metadata.labels': '',
    'metadata.annotations': '',
    'metadata.uid': '',
    'metadata.resourceVersion': '',
    'metadata.generation': '',
    'metadata.creationTimestamp': '',
    'metadata.deletionTimestamp': '',
    'metadata.deletionGracePeriodSeconds': '',
    'metadata.finalizers': '',
    'metadata.selfLink': '',
    'metadata.generateName': '',
    'metadata.ownerReferences': '',
    'metadata.managedFields': '',
    spec: 'What is wanted.',
    status: 'What is, as the operator last saw it. Never written by people.',
    'spec.feeds': 'Names of the Feeds to capture, or `"*"` for every active one.',
    'spec.feeds[]': '',
    'spec.transport':
      'The NATS server with JetStream that carries every frame from connector to archiver.',
    'spec.transport.url':
      'Address of the server, such as `nats://127.0.0.1:4222`; `tls://…` where it is encrypted.',
    'spec.transport.credentialsRef':
      'Secret with the NATS credentials, under the key `nats.creds`.',
    'spec.transport.credentialsRef.name': 'Name of the Secret.',
    'spec.transport.stream':
      'What JetStream keeps of each feed until it is archived. A full stream refuses new blocks, and the connector holds them: nothing is thrown away to make room.',
    'spec.transport.stream.maxAge': 'For how long frames stay in the stream, archived or not.',
    'spec.transport.stream.maxBytes':
      "How much room a feed's stream may take. From half of it on, the older half of what every archive has acknowledged makes room; what is not archived stays, and a stream that is full of that refuses more.",
    'spec.transport.stream.replicas': 'On how many servers of a NATS cluster each frame is stored.',
    'spec.transport.stream.duplicateWindow':
      'For how long the server knows a block again that is sent twice; not longer than `maxAge`.',
    'spec.keys':
      'Credentials, by name. A feed takes the key that is named as the feed, else the one named as its exchange. A key itself never stands here: only where it is found.',
    'spec.keys.*': 'One credential.',
    'spec.keys.*.type': 'What kind of credential it is.',
    'spec.keys.*.fields': 'What it consists of; for Kalshi `apiKey` and `privateKey`.',
    'spec.keys.*.fields[]': '',
    'spec.keys.*.source': 'Where the fields are found.',
    'spec.keys.*.source.env':
      'Environment variable of each field, such as `privateKey: KALSHI_PRIVATE_KEY`. For local use.',
    'spec.keys.*.source.env.*': '',
    'spec.keys.*.source.secret':
      'A Secret of the same namespace that holds each field under its own name.',
    'spec.keys.*.source.secret.name': 'Name of the Secret.',
    'spec.schema':
      'Version of the wire schema that blocks are written in; `v1` where it is not given.',
    'spec.schedule':
      'The trading day as people of this environment see it. For people; archive days are always UTC days.',
    'spec.schedule.timezone': 'IANA time zone, such as `UTC` or `America/New_York`.',
    'spec.schedule.dayStart': 'When the day begins in that zone, `HH:MM`.',
    'spec.schedule.dayEnd': 'When it ends in that zone, `HH:MM`.',
    'spec.connector': 'How connectors run in this environment.',
    'spec.connector.resources': "CPU and memory of the connector's container, as in a Pod.",
    'spec.connector.resources.requests': 'What is set aside for it.',
    'spec.connector.resources.requests.*': '',
    'spec.connector.resources.limits': 'What it can never exceed.',
    'spec.connector.resources.limits.*': '',
    'spec.connector.bufferBytes':
      'How much a connector holds in memory while NATS does not answer. Beyond it frames are dropped, counted, and written down as a gap.',
    'spec.connector.linger':
      'How long frames are gathered into one block before it is published. At the default `5ms` it adapts to the rate: a connector gathers about 100 frames, for 5 ms to `lingerMax`. Any other value fixes it; `0ms` publishes each frame immediately.',
    'spec.connector.lingerMax':
      'The longest that a frame waits for others while `linger` adapts to the rate; `50ms` if it is not given. A connector that is killed loses at most about this much. Live subjects never wait.',
    'spec.connector.rollout':
      'When a connector may be replaced because something that it reads has changed. Its restart is a short hole in the data. A new image alone never replaces it outside a window.',
    'spec.connector.rollout.policy':
      '`Automatic` replaces it at once, `Window` within the window of each day, `Manual` when the Feed gets a new value of the annotation `ssmd.io/rollout`, which is also heard under the other two.',
    'spec.connector.rollout.window':
      'Times of the day (UTC) between which connectors may be replaced; over midnight where it ends before it starts.',
    'spec.connector.rollout.window.start': 'When it opens, `HH:MM` in UTC.',
    'spec.connector.rollout.window.end': 'When it closes, `HH:MM` in UTC.',
    'spec.simulator':
      "Which feeds come from ssmd's own simulator instead of the exchange, and what it plays. Whatever came from a simulator is marked so everywhere: in blocks, manifests, tables and answers.",
    'spec.simulator.feeds': 'Names of the Feeds that are simulated. An empty list simulates none.',
    'spec.simulator.feeds[]': '',
    'spec.simulator.url':
      'A simulator that runs already, such as `ws://127.0.0.1:8980`. One is started where it is not given.',
    'spec.simulator.speed':
      'How fast it plays: `"1"` as in life, `"10"` ten times faster, `max` as fast as it can.',
    'spec.simulator.seed': 'Seed of the generated market; the same seed gives the same market.',
    'spec.simulator.rate': 'Frames a second of the generated market.',
    'spec.simulator.markets': 'How many markets are open at a time in the generated market.',
    'spec.simulator.replay':
      'Files or folders of recorded traffic to play instead of a generated market, in this order.',
    'spec.simulator.replay[]': '',
    'spec.simulator.faults': 'What it does wrong on purpose, so that one sees what becomes of it.',
    'spec.simulator.faults[]': 'One fault.',
    'spec.simulator.faults[].kind':
      '`cut` ends connections without a word, `skip` leaves a sequence number out, `duplicate` sends a frame twice, `freeze` sends pings but no data, `unauthorized` answers 401, `tooManyRequests` answers 429.',
    'spec.simulator.faults[].every': 'How often it happens.',
    'spec.simulator.faults[].after': 'When it happens first.',
    'spec.simulator.faults[].for': 'For how long it lasts.',
    'spec.simulator.faults[].count': 'How many times it happens, or how many frames it takes.',
    'spec.simulator.faults[].channel': 'The channel that it befalls; all where it is not given.',
    'spec.suspend':
      'Stops every capture of the environment, on purpose and visibly. Streams and archives stay.',
  },
  Archive: {
    apiVersion: 'Always `ssmd.io/v1alpha1`.',
    kind: 'Always `Archive`.',
    metadata: '',
    'metadata.name': '',
    'metadata.namespace': '',
    'metadata.labels': '',
    'metadata.annotations': '',
    'metadata.uid': '',
    'metadata.resourceVersion': '',
    'metadata.generation': '',
    'metadata.creationTimestamp': '',
    'metadata.deletionTimestamp': '',
    'metadata.deletionGracePeriodSeconds': '',
    'metadata.finalizers': '',
    'metadata.selfLink': '',
    'metadata.generateName': '',
    'metadata.ownerReferences': '',
    'metadata.managedFields': '',
    spec: 'What is wanted.',
    status: 'What is, as the operator last saw it. Never written by people.',
    'spec.environmentRef':
      'The Environment whose feeds are kept. It never changes, so that one archive never mixes two of them.',
    'spec.environmentRef.name': 'Name of the Environment.',
    'spec.feeds': 'Names of the Feeds to keep; each must be one that the Environment captures.',
    'spec.feeds[]': '',
    'spec.types':
      "Message types to keep, by the exchange's own names; all where it is not given. What happens to a connection is always kept.",
    'spec.types[]': '',
    'spec.storage':
      'Where the files lie: a `path` of this computer (or of the node), or a `claim` on a volume of the cluster.',
    'spec.storage.path':
      'A folder. A relative one whose first part is `data` lies in the `--data` folder of `ssmd up`.',
    'spec.storage.claim':
      'A PersistentVolumeClaim: a new one of a `size`, or one that is there, by its `name`.',
    'spec.storage.claim.size': 'How large a claim to make, such as `100Gi`.',
    'spec.storage.claim.storageClassName':
      "Its storage class; the cluster's default where it is not given.",
    'spec.storage.claim.name': 'Name of a claim that is there.',
    'spec.rotation': 'When a segment ends and the next begins.',
    'spec.rotation.maxAge':
      'Length of the slices of a day, counted from midnight UTC; a segment never spans two of them.',
    'spec.rotation.maxBytes': 'A segment also ends when its lines reach this size, uncompressed.',
    'spec.commitInterval':
      'How often records are made durable and acknowledged. Shorter shows them sooner, longer compresses better.',
    'spec.compression': 'How the files are compressed.',
    'spec.compression.level': 'gzip level, 1 (fast) to 9 (small).',
    'spec.retention': 'For how long days are kept; for ever where it is not given.',
    'spec.retention.days': 'Days older than this are removed.',
    'spec.resources': "CPU and memory of the archiver's container, as in a Pod.",
    'spec.resources.requests': 'What is set aside for it.',
    'spec.resources.requests.*': '',
    'spec.resources.limits': 'What it can never exceed.',
    'spec.resources.limits.*': '',
    'spec.deletionPolicy':
      'What becomes of the data when this resource is deleted. `Retain` keeps it; `Delete` removes the claim that was made for it, and with it the data. A folder or a claim that was there before is never removed.',
  },
}

/** Lists that hold nothing twice, and the fields that tell their entries apart (none: the entry). */
export const UNIQUE_LISTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Feed: {
    'spec.versions': ['name'],
    'spec.channels': [],
    'spec.symbols.include': [],
    'spec.symbols.exclude': [],
    'spec.messageTypes': ['name'],
    'spec.captureLocations': ['site'],
  },
  Environment: {
    'spec.feeds': [],
    'spec.keys.*.fields': [],
    'spec.simulator.feeds': [],
  },
  Archive: {
    'spec.feeds': [],
    'spec.types': [],
  },
}
