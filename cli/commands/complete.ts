// `ssmd complete -- <words>`: called by the scripts of `ssmd completion`, at each press of Tab. Errors print nothing: a shell waits.

import type { Command } from 'commander'
import { candidates, type NamesOf } from '../completion.ts'
import { writeLines } from '../output.ts'
import { listOf, openRepository } from '../repository/repository.ts'

export async function runComplete(program: Command, words: readonly string[]): Promise<void> {
  await writeLines(await candidates(program, words.length === 0 ? [''] : words, namesOf))
}

const namesOf: NamesOf = async (kind) => {
  try {
    const repository = await openRepository(undefined)
    return listOf(repository, kind).map(({ resource }) => resource.metadata.name)
  } catch {
    // There is no repository here: then there are no names.
    return []
  }
}
