// The commands of API keys, as they are called.
import { type Command, Option } from 'commander'
import type { KeyOutput } from './commands/api-key.ts'
import { collect, examples } from './flags.ts'

const storeOption = (): Option =>
  new Option('--store <folder>', 'where the keys are kept')
    .env('SSMD_API_KEYS')
    .default('data/.ssmd/api-keys')

const keyOutputOption = (): Option =>
  new Option('-o, --output <form>', 'how to print the result; yaml: all keys as a Secret')
    .choices(['table', 'json', 'yaml'] satisfies KeyOutput[])
    .default('table')

type Flags = { readonly store: string; readonly output: KeyOutput }

export function addApiKeys(program: Command): void {
  const keys = examples(
    program
      .command('api-key')
      .summary('keys of the data API')
      .description(
        'Creates, lists and revokes keys of the data API. The folder holds digests; a key itself is shown once, when it is created.'
      ),
    `
  ssmd api-key create research              a key for everything
  ssmd api-key list
  ssmd api-key revoke 4k2m9x7q1z            its next request is refused
  ssmd api-key list -o yaml | kubectl apply -n ssmd -f -    the keys of a cluster`
  )

  examples(
    keys
      .command('create')
      .summary('make a key and show it once')
      .description(
        'Makes a key and shows it, which no command does again. Without restrictions it may read everything and does not expire.'
      )
      .argument('<name>', 'who gets it, or what for')
      .option(
        '--scope <name>',
        'data:read (archives), tail:read (live tail) or query:run (SQL); may be given several times (default: all)',
        collect
      )
      .option(
        '--feed <pattern>',
        "only this feed, or feeds that match such as 'kraken*'; may be given several times (default: all)",
        collect
      )
      .option('--from <day>', 'no day before this one: YYYY-MM-DD or today, in UTC')
      .option('--to <day>', 'only days before this one')
      .option('--expires <when>', 'after 12h or 90d, or at the beginning of a day: YYYY-MM-DD')
      .addOption(storeOption())
      .addOption(keyOutputOption()),
    `
  ssmd api-key create research --expires 90d
  ssmd api-key create dashboard --scope tail:read --feed kalshi
  ssmd api-key create course --scope data:read --feed 'kraken*' --from 2026-09-01 --to 2026-10-01
  export SSMD_API_KEY=$(ssmd api-key create ci -o json | jq -r .key)
  ssmd api-key create research -o yaml | kubectl apply -n ssmd -f -    the key on standard error, the Secret to kubectl`
  ).action(async (name: string, flags: Flags & CreateFlags) => {
    const { runCreateKey } = await import('./commands/api-key.ts')
    const { store, output, scope, feed, from, to, expires } = flags
    await runCreateKey({ name, store, output, scope, feed, from, to, expires })
  })

  examples(
    keys
      .command('list')
      .summary('keys, what they may do, and when they were used')
      .description(
        'Lists all keys of a store. The last use is known to the minute; from a Secret it is not known.'
      )
      .addOption(storeOption())
      .addOption(keyOutputOption()),
    `
  ssmd api-key list
  ssmd api-key list -o json | jq -r '.keys[] | select(.state == "active") | .name'
  ssmd api-key list -o yaml > api-keys.yaml    a Secret to seal and commit`
  ).action(async (flags: Flags) => {
    const { runListKeys } = await import('./commands/api-key.ts')
    await runListKeys(flags)
  })

  examples(
    keys
      .command('revoke')
      .summary('end a key')
      .description(
        'Ends a key for good: its next request is refused, without a restart of the API. The key stays listed as revoked.'
      )
      .argument('<id>', 'as `ssmd api-key list` shows it, or the key itself')
      .addOption(storeOption())
      .addOption(keyOutputOption()),
    `
  ssmd api-key revoke 4k2m9x7q1z
  ssmd api-key revoke 4k2m9x7q1z -o yaml | kubectl apply -n ssmd -f -`
  ).action(async (id: string, flags: Flags) => {
    const { runRevokeKey } = await import('./commands/api-key.ts')
    await runRevokeKey({ id, ...flags })
  })
}

type CreateFlags = {
  readonly scope?: readonly string[]
  readonly feed?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly expires?: string
}
