// `ssmd signal list` and `stop`: Signals as files of the repository.

import type { Located } from '#crds/located.ts'
import type { Signal } from '#crds/signal.gen.ts'
import { terminalWidth } from '../output.ts'
import { edited, find, listOf, openRepository } from '../repository/repository.ts'
import { hashOfSource, type ProgramState, programState } from '../repository/signal-programs.ts'
import { renderTable } from '../table.ts'
import { clean } from '../text.ts'
import { type ReadFlags, showAll } from './shown.ts'
import { report, type WriteFlags } from './written.ts'

export async function runSignalList(flags: ReadFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const found = listOf(repository, 'Signal')
  const states = await Promise.all(found.map(programState))
  const { folder } = repository
  const list = found.map(({ resource }) => resource)
  await showAll({ name: 'signals', folder, list }, flags.output, () =>
    list.length === 0
      ? [`${folder} has no signal yet: ssmd signal new my-spread writes a program to begin with`]
      : tableOf(found, states)
  )
}

const tableOf = (signals: readonly Located<Signal>[], states: readonly ProgramState[]): string[] =>
  renderTable(
    [
      { title: 'SIGNAL', least: 8 },
      { title: 'ENVIRONMENT', least: 8 },
      { title: 'FEEDS', least: 10 },
      { title: 'MODE' },
      { title: 'SINKS', least: 8, spare: 1 },
      { title: 'SOURCE', spare: 2 },
      { title: 'STATE' },
    ],
    signals.map(({ resource: { metadata, spec } }, i) =>
      [
        metadata.name,
        spec.environmentRef.name,
        spec.feeds.join(' '),
        spec.mode,
        (spec.sinks ?? []).map(({ name, type }) => `${name} (${type})`).join(' ') || 'none',
        hashOfSource(spec.source).slice(0, 12),
        [
          spec.suspend ? 'stopped' : 'runs',
          states[i] === 'differs' ? ', program differs' : '',
        ].join(''),
      ].map(clean)
    ),
    terminalWidth()
  )

export async function runSignalStop(name: string, flags: WriteFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Signal', name)
  const change = await edited(repository, located, [{ path: ['spec', 'suspend'], value: true }])
  await report(repository, change, flags, [
    `ssmd commit -m "stop ${name}"    then push: the operator stops it, and keeps its fires`,
    'ssmd signal deploy <its program> runs it again',
  ])
}
