// Reads a Dockerfile as far as ours goes: stages, their instructions, lines that go on, and comments.

export type Instruction = { readonly name: string; readonly text: string }

export type Stage = {
  readonly from: string
  readonly as: string | undefined
  readonly instructions: readonly Instruction[]
}

export function readStages(dockerfile: string): Stage[] {
  const stages: { from: string; as: string | undefined; instructions: Instruction[] }[] = []
  for (const { name, text } of readInstructions(dockerfile)) {
    if (name === 'FROM') {
      const [from = '', as, alias] = text.split(/\s+/).filter((word) => !word.startsWith('--'))
      stages.push({ from, as: as?.toUpperCase() === 'AS' ? alias : undefined, instructions: [] })
    } else stages.at(-1)?.instructions.push({ name, text })
  }
  return stages
}

export function readInstructions(dockerfile: string): Instruction[] {
  return dockerfile
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, name = '', text = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? []
      return { name: name.toUpperCase(), text }
    })
}

/** `A=b C="d e"` of ENV and LABEL. */
export function readPairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const [, name = '', quoted, plain] of text.matchAll(/([^\s=]+)=(?:"([^"]*)"|(\S*))/g)) {
    pairs[name] = quoted ?? plain ?? ''
  }
  return pairs
}
