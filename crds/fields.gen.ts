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
    spec: 'The desired state.',
    status: 'The observed state, written by the operator only.',
    'spec.displayName': 'Display name, shown in tables and on the web page.',
    'spec.exchange':
      'The exchange, and with it the adapter that speaks its protocol. Immutable: all data archived under this name comes from this exchange. `synthetic` is a seeded generator that needs no network and no key. `generic` is any exchange that sends JSON: this Feed describes it, by `subscribe` and `messageTypes`.',
    'spec.type': 'Transport of the exchange.',
    'spec.state':
      '`active` is captured. `deprecated` is captured too, with a warning. `disabled` is not captured; archived data stays.',
    'spec.versions':
      'How to reach the exchange, and from which day. The version with the latest `effectiveFrom` up to today (UTC) that has not ended is in force, so an announced change of the exchange can be declared in advance.',
    'spec.versions[]': 'One way to reach the exchange.',
    'spec.versions[].name': 'Name of the version, unique in the feed, such as `v2`.',
    'spec.versions[].effectiveFrom':
      'First UTC day on which the version is in force, as `YYYY-MM-DD`.',
    'spec.versions[].effectiveTo': 'Last UTC day on which it is in force, if its end is known.',
    'spec.versions[].endpoint':
      'The WebSocket to capture, `wss://…` (or `ws://…` in a test). For exchange `synthetic`, the generator and its settings: `synthetic://generator?rate=1000&symbols=10&seed=7`.',
    'spec.versions[].restEndpoint':
      "Base address of the exchange's REST interface; discovery of symbols needs it.",
    'spec.versions[].protocol': 'Encoding of frames (default `json`).',
    'spec.versions[].authMethod':
      'How to authenticate. `apiKey` uses the key of the Environment that is named after the feed or after its exchange.',
    'spec.versions[].rateLimitPerSecond':
      "Requests per second that the exchange allows (commands and REST calls), if lower than the adapter's own limit.",
    'spec.versions[].maxSymbolsPerConnection':
      'Symbols per connection; more are spread over several connections.',
    'spec.channels':
      "The channels to subscribe to, in the exchange's own names, such as `orderbook_delta`, `trade`, `ticker`.",
    'spec.channels[]': '',
    'spec.bookDepth':
      'Price levels on each side of an order book that are asked for, where the exchange lets one choose: the REST snapshot of binance (default 100), the subscription of kraken. Each exchange has its own list of depths.',
    'spec.symbols': 'Which symbols to capture (default all that the exchange sends).',
    'spec.symbols.include':
      'Exact names, or globs such as `KXGOLD15M-*` (`*` any text, `?` one character). Globs are resolved by discovery.',
    'spec.symbols.include[]': '',
    'spec.symbols.exclude': 'Names or globs to exclude from the symbols that `include` selects.',
    'spec.symbols.exclude[]': '',
    'spec.symbols.discover': 'How globs are resolved.',
    'spec.symbols.discover.interval': 'How often the exchange is asked for new symbols.',
    'spec.symbols.discover.path':
      'Exchange `generic`: what is asked of `restEndpoint` to list the symbols, such as `/api/v5/public/instruments?instType=SPOT`. Globs need it.',
    'spec.symbols.discover.list':
      'Exchange `generic`: path of the list of symbols in the answer (default the answer itself).',
    'spec.symbols.discover.name':
      'Exchange `generic`: path of the name in an entry of that list (default the entry itself).',
    'spec.subscribe':
      'Exchange `generic`: the messages to send once a connection is open, each a text or an object of JSON. With `{symbol}` a message is sent once for each symbol; with `{symbols}` once for each batch of symbols: an entry of a list that contains it is repeated for each symbol, and a value that is `{symbols}` becomes the list. With `{channel}` it is sent for each of `channels`. `{id}` is a number that counts the messages. A message without any of these is sent once.',
    'spec.subscribe[]': '',
    'spec.unsubscribe':
      'Exchange `generic`: the messages that end what `subscribe` began, with the same placeholders. Without them, a symbol that is removed stays subscribed until the connection ends.',
    'spec.unsubscribe[]': '',
    'spec.symbolsPerMessage':
      'Exchange `generic`: how many symbols one message with `{symbols}` names (default 50).',
    'spec.ping':
      'Exchange `generic`: a message that keeps the connection open, if the exchange asks for one.',
    'spec.ping.message':
      'The message, a text such as `ping` or an object of JSON; `{id}` counts the messages.',
    'spec.ping.interval': 'How often it is sent.',
    'spec.silence':
      'Exchange `generic`: a connection on which nothing arrives for so long is dead, and is dialled again (default 60s).',
    'spec.schema':
      'Exchange `generic`: the JSON Schema that frames of kind `data` have to fit. The connector checks the sample of frames that it normalises, `ssmd data verify --schema` every archived frame; none is refused. `ssmd feed update --schema <name>:<version>` copies it here from the folder `schemas`.',
    'spec.schema.name': 'The schema and its version, such as `ticks:v1`.',
    'spec.schema.source': 'Its text, as the file has it.',
    'spec.messageTypes':
      'Message types that the adapter of the exchange does not know: which file they go to, and where symbol and sequence stand. For exchange `generic` these are all types there are: a frame has the first type of this list that matches it. A path names a value in a frame: `data.price` is a member of a member, `data[0]` the first entry of a list, `data[].price` a member of each entry. `[]` stands at most once in a path, and all paths of a type that contain it name the same list.',
    'spec.messageTypes[]': 'One message type.',
    'spec.messageTypes[].name': 'The type, as the exchange calls it.',
    'spec.messageTypes[].kind':
      'Exchange `generic`: what such a frame is (default `data`). `ack` confirms a subscription, `error` refuses one, `heartbeat` says that the exchange is alive, `info` is anything else that is no market data.',
    'spec.messageTypes[].type':
      'Exchange `generic`: path of the value that tells the type, such as `arg.channel` (default `type`).',
    'spec.messageTypes[].match':
      'Exchange `generic`: the value at `type` (default the name). `*` is any text, so that `"*"` means that a value is present. `{symbol}` is the symbol, as in `live_trades_{symbol}`: then no path `symbol` is needed. A frame that is not JSON, such as `pong`, is matched as a whole.',
    'spec.messageTypes[].group':
      'The files it is archived in, `<group>_000.jsonl.gz` (default `other`).',
    'spec.messageTypes[].symbol': 'Path of the symbol.',
    'spec.messageTypes[].time': "Exchange `generic`: path of the exchange's time.",
    'spec.messageTypes[].timeUnit':
      'Exchange `generic`: unit of a time that is a number (default: decided by its number of digits). A time such as `2026-11-30T12:00:00Z` is read whatever the unit.',
    'spec.messageTypes[].sequence':
      "Path of the exchange's own sequence number, if it has one that rises by exactly 1 with each frame of its scope. Without it, nothing is proven about completeness.",
    'spec.messageTypes[].scope':
      'Path of what the sequence counts in, such as `sid`; for exchange `generic` any text or number, and several paths joined by `+`, such as `channel+symbol` (default the whole connection).',
    'spec.messageTypes[].channel':
      'Exchange `generic`, of an ack or an error: path of the channel that it is about.',
    'spec.messageTypes[].id':
      'Exchange `generic`, of an ack or an error: path of the `{id}` of the message that it answers.',
    'spec.messageTypes[].reason':
      'Exchange `generic`, of an error: path of what the exchange says about it.',
    'spec.messageTypes[].code': 'Exchange `generic`, of an error: path of its code.',
    'spec.messageTypes[].trade':
      'Exchange `generic`: where the fields of a trade stand, if such a frame says trades.',
    'spec.messageTypes[].trade.price': 'Path of the price.',
    'spec.messageTypes[].trade.size': 'Path of the size.',
    'spec.messageTypes[].trade.side':
      'Path of the side of the taker; without it the side is not known.',
    'spec.messageTypes[].trade.buy':
      'The values at `side` that mean that the taker bought, such as `buy`, `B` or `false` (default `buy`, in any case).',
    'spec.messageTypes[].trade.buy[]': '',
    'spec.messageTypes[].trade.sell':
      'The values at `side` that mean that the taker sold (default `sell`, in any case).',
    'spec.messageTypes[].trade.sell[]': '',
    'spec.messageTypes[].trade.id': "Path of the exchange's name of the trade.",
    'spec.messageTypes[].quote':
      'Exchange `generic`: where the fields of a quote stand, if such a frame says the best prices. A field that is missing, null or empty in a frame is absent.',
    'spec.messageTypes[].quote.bid': 'Path of the best bid.',
    'spec.messageTypes[].quote.bidSize': 'Path of the size at the best bid.',
    'spec.messageTypes[].quote.ask': 'Path of the best ask.',
    'spec.messageTypes[].quote.askSize': 'Path of the size at the best ask.',
    'spec.messageTypes[].quote.last': 'Path of the last price.',
    'spec.messageTypes[].quote.lastSize': 'Path of the last size.',
    'spec.messageTypes[].quote.volume': 'Path of the volume traded.',
    'spec.calendar': 'When the exchange trades. Informational; capture runs at all hours.',
    'spec.calendar.timezone': 'IANA time zone, such as `America/New_York`.',
    'spec.calendar.holidayCalendar': 'Name of the calendar of holidays, such as `us-federal`.',
    'spec.calendar.openTime': 'Opening time in that zone, `HH:MM`.',
    'spec.calendar.closeTime': 'Closing time in that zone, `HH:MM`.',
    'spec.captureLocations': 'Where it is captured. Informational; no program reads it.',
    'spec.captureLocations[]': 'One place.',
    'spec.captureLocations[].site': 'Name of the place.',
    'spec.captureLocations[].type': 'Type of the place.',
    'spec.captureLocations[].provider': 'Provider of the place.',
    'spec.captureLocations[].region': 'Region of the provider.',
    'spec.captureLocations[].clock': 'How its clock is synchronised, such as `ntp` or `ptp`.',
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
    spec: 'The desired state.',
    status: 'The observed state, written by the operator only.',
    'spec.feeds': 'Names of the Feeds to capture, or `"*"` for every active one.',
    'spec.feeds[]': '',
    'spec.transport':
      'The NATS server with JetStream that carries every frame from connector to archiver.',
    'spec.transport.url':
      'Address of the server, such as `nats://127.0.0.1:4222`; `tls://…` for an encrypted connection.',
    'spec.transport.credentialsRef':
      'Secret with the NATS credentials, under the key `nats.creds`.',
    'spec.transport.credentialsRef.name': 'Name of the Secret.',
    'spec.transport.stream':
      'The stream of each feed. A stream full of messages that are not archived yet refuses new blocks, and the connector buffers them: nothing is discarded to make room.',
    'spec.transport.stream.maxAge': 'How long messages stay in the stream, archived or not.',
    'spec.transport.stream.maxBytes':
      "Size limit of a feed's stream. Once it is half full, the oldest messages that every archive has acknowledged are removed; messages that are not archived yet stay, and a stream full of them refuses more.",
    'spec.transport.stream.replicas':
      'Number of servers of a NATS cluster that store each message.',
    'spec.transport.stream.duplicateWindow':
      'How long the server detects duplicates of a block; at most `maxAge`.',
    'spec.keys':
      'Credentials, by name. A feed uses the key named after the feed, else the key named after its exchange. Never write a key itself here: declare where to read it.',
    'spec.keys.*': 'One credential.',
    'spec.keys.*.type': 'Type of the credential.',
    'spec.keys.*.fields': 'Its fields; for Kalshi `apiKey` and `privateKey`.',
    'spec.keys.*.fields[]': '',
    'spec.keys.*.source': 'Where to read the fields.',
    'spec.keys.*.source.env':
      'Environment variable of each field, such as `privateKey: KALSHI_PRIVATE_KEY`. For local use.',
    'spec.keys.*.source.env.*': '',
    'spec.keys.*.source.secret':
      'A Secret of the same namespace that holds each field under its own name.',
    'spec.keys.*.source.secret.name': 'Name of the Secret.',
    'spec.schema': 'Version of the wire schema of blocks (default `v1`).',
    'spec.schedule':
      'The trading day of this environment. Informational; archive days are always UTC days.',
    'spec.schedule.timezone': 'IANA time zone, such as `UTC` or `America/New_York`.',
    'spec.schedule.dayStart': 'When the day begins in that zone, `HH:MM`.',
    'spec.schedule.dayEnd': 'When it ends in that zone, `HH:MM`.',
    'spec.connector': 'How connectors run in this environment.',
    'spec.connector.resources': "CPU and memory of the connector's container, as in a Pod.",
    'spec.connector.resources.requests': 'Requested resources.',
    'spec.connector.resources.requests.*': '',
    'spec.connector.resources.limits': 'Resource limits.',
    'spec.connector.resources.limits.*': '',
    'spec.connector.bufferBytes':
      'How much a connector buffers in memory while NATS does not answer. Beyond it frames are dropped, counted, and recorded as a gap.',
    'spec.connector.linger':
      'How long frames are gathered into one block before it is published. At the default `5ms` it adapts to the rate: a connector gathers about 100 frames, for 5 ms to `lingerMax`. Any other value fixes it; `0ms` publishes each frame immediately.',
    'spec.connector.lingerMax':
      'The longest that a frame waits for others while `linger` adapts to the rate; `50ms` if it is not given. A connector that is killed loses at most about this much. Live subjects never wait.',
    'spec.connector.shards':
      'How many connectors capture each feed; 1 if it is not given. Each symbol belongs to one of them, by a hash of its name. Another number restarts the connectors of every feed; symbols that move to another one have a gap `resharded`. A synthetic feed and one that asks for no symbols have one. Limits that an exchange sets for an address or a key hold for all connectors together: see docs/shards.md.',
    'spec.connector.rollout':
      'When a connector may be replaced because its configuration has changed. Its restart is a short hole in the data. A new image alone never replaces it outside a window.',
    'spec.connector.rollout.policy':
      '`Automatic` replaces it immediately, `Window` within the daily window, `Manual` when the annotation `ssmd.io/rollout` of the Feed gets a new value. The annotation also works under the other two policies.',
    'spec.connector.rollout.window':
      'Time of the day (UTC) in which connectors may be replaced; it spans midnight if it ends before it starts.',
    'spec.connector.rollout.window.start': 'When it opens, `HH:MM` in UTC.',
    'spec.connector.rollout.window.end': 'When it closes, `HH:MM` in UTC.',
    'spec.simulator':
      "Which feeds come from ssmd's simulator instead of the exchange, and what it plays. Simulated data is marked everywhere: in blocks, manifests, tables and answers.",
    'spec.simulator.feeds': 'Names of the Feeds to simulate. An empty list simulates none.',
    'spec.simulator.feeds[]': '',
    'spec.simulator.url':
      'A running simulator, such as `ws://127.0.0.1:8980` (default one is started).',
    'spec.simulator.speed':
      'Speed: `"1"` is real time, `"10"` ten times faster, `max` as fast as possible.',
    'spec.simulator.seed': 'Seed of the generated market; the same seed generates the same market.',
    'spec.simulator.rate': 'Frames per second of the generated market.',
    'spec.simulator.markets': 'Number of open markets in the generated market.',
    'spec.simulator.replay':
      'Files or folders of recorded traffic to play instead of a generated market, in this order. Where several exchanges are simulated, `<exchange>=<path>` names whose traffic it is.',
    'spec.simulator.replay[]': '',
    'spec.simulator.faults': 'Faults to inject.',
    'spec.simulator.faults[]': 'One fault.',
    'spec.simulator.faults[].kind':
      '`cut` ends connections without a close frame, `skip` omits a sequence number, `duplicate` sends a frame twice, `freeze` sends pings but no data, `unauthorized` answers 401, `tooManyRequests` answers 429.',
    'spec.simulator.faults[].every': 'Interval between occurrences.',
    'spec.simulator.faults[].after': 'Delay of the first occurrence.',
    'spec.simulator.faults[].for': 'Duration.',
    'spec.simulator.faults[].count': 'Number of occurrences, or of affected frames.',
    'spec.simulator.faults[].channel': 'The affected channel (default all).',
    'spec.simulator.faults[].exchange':
      'The affected exchange, where several are simulated (default all).',
    'spec.suspend': 'Stops every capture of the environment. Streams and archives stay.',
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
    spec: 'The desired state.',
    status: 'The observed state, written by the operator only.',
    'spec.environmentRef':
      'The Environment whose feeds are kept. Immutable, so one archive never mixes two Environments.',
    'spec.environmentRef.name': 'Name of the Environment.',
    'spec.feeds': 'Names of the Feeds to keep; the Environment must capture each of them.',
    'spec.feeds[]': '',
    'spec.types':
      "Message types to keep, in the exchange's own names (default all). Connection events are always kept.",
    'spec.types[]': '',
    'spec.storage':
      'Where to store the files: a `path` of this computer (or of the node), or a `claim` on a volume of the cluster.',
    'spec.storage.path':
      'A folder. A relative path that begins with `data` is in the `--data` folder of `ssmd up`.',
    'spec.storage.claim':
      'A PersistentVolumeClaim: a new one of a `size`, or an existing one by its `name`.',
    'spec.storage.claim.size': 'Size of the claim to create, such as `100Gi`.',
    'spec.storage.claim.storageClassName': 'Its storage class (default that of the cluster).',
    'spec.storage.claim.name': 'Name of an existing claim.',
    'spec.rotation': 'When a segment ends and the next begins.',
    'spec.rotation.maxAge':
      'Length of the slices of a day, counted from midnight UTC; a segment never spans two of them.',
    'spec.rotation.maxBytes': 'A segment also ends when its lines reach this size, uncompressed.',
    'spec.commitInterval':
      'How often records are committed and acknowledged. Shorter shows them sooner, longer compresses better.',
    'spec.compression': 'Compression of the files.',
    'spec.compression.level': 'gzip level, 1 (fast) to 9 (small).',
    'spec.retention': 'How long days are kept (default without limit).',
    'spec.retention.days': 'Days older than this are removed.',
    'spec.resources': "CPU and memory of the archiver's container, as in a Pod.",
    'spec.resources.requests': 'Requested resources.',
    'spec.resources.requests.*': '',
    'spec.resources.limits': 'Resource limits.',
    'spec.resources.limits.*': '',
    'spec.deletionPolicy':
      'What happens to the data when this resource is deleted. `Retain` keeps it; `Delete` removes the claim that was created for it, and with it the data. A folder or an existing claim is never removed.',
  },
  Signal: {
    apiVersion: 'Always `ssmd.io/v1alpha1`.',
    kind: 'Always `Signal`.',
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
    spec: 'The desired state.',
    status: 'The observed state, written by the operator only.',
    'spec.environmentRef':
      'The Environment whose feeds it reads. Immutable: what the signal knows, and its fires, are kept there.',
    'spec.environmentRef.name': 'Name of the Environment.',
    'spec.source':
      'The program, as TypeScript. `ssmd signal deploy` writes it here from `<name>.ts`.',
    'spec.params':
      'Values of parameters of the program, instead of its defaults; each a text, a number, true or false.',
    'spec.params.*': '',
    'spec.feeds': 'Names of the Feeds that it reads; the Environment must capture each of them.',
    'spec.feeds[]': '',
    'spec.symbols':
      'Symbols that it is shown, exact or as globs such as `KXINXD-*` (default those that the program names).',
    'spec.symbols[]': '',
    'spec.mode':
      'How it reads. `log` is the stream in total order: nothing is lost, and a restart catches up. `fast` is the live subjects: least delay, but what passes while the signal does not run is gone.',
    'spec.sinks': 'Where fires are sent, beside the feed `signal-<name>`.',
    'spec.sinks[]': 'One sink.',
    'spec.sinks[].name': 'A name for it in status and metrics.',
    'spec.sinks[].type': 'What it is.',
    'spec.sinks[].url': 'The address of a webhook, or of an ntfy server.',
    'spec.sinks[].topic': 'The topic of ntfy.',
    'spec.sinks[].to': 'Recipients of e-mail.',
    'spec.sinks[].to[]': '',
    'spec.sinks[].from': 'The sender of e-mail.',
    'spec.sinks[].secretRef':
      "The Secret's key that holds the bearer token of a webhook or of ntfy, the webhook address of Slack, or the smtp or smtps URL with credentials of e-mail. Credentials stand nowhere else.",
    'spec.sinks[].secretRef.name': 'Name of the Secret.',
    'spec.sinks[].secretRef.key': 'The key in it.',
    'spec.sinks[].rateLimit': 'How many fires it is sent at most (default without limit).',
    'spec.sinks[].rateLimit.fires': 'Number of fires.',
    'spec.sinks[].rateLimit.per': 'In this time.',
    'spec.resources': "CPU and memory of the signal's container, as in a Pod.",
    'spec.resources.requests': 'Requested resources.',
    'spec.resources.requests.*': '',
    'spec.resources.limits': 'Resource limits.',
    'spec.resources.limits.*': '',
    'spec.suspend': 'Stops the signal. Its fires, and what it knows, stay.',
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
    'spec.messageTypes[].trade.buy': [],
    'spec.messageTypes[].trade.sell': [],
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
  Signal: {
    'spec.feeds': [],
    'spec.symbols': [],
    'spec.sinks': ['name'],
    'spec.sinks[].to': [],
  },
}
