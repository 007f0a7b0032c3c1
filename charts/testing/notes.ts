// The commands of the notes that helm prints after an installation: what a person pastes into a shell.

/** From `kubectl … apply -f - <<'END'` to its `END`, as it is pasted. */
export function readExample(notes: string): string {
  const found = /^kubectl .* apply -f - <<'END'\n[\s\S]*?\nEND$/m.exec(notes)
  if (!found) throw new Error(`there is no example in the notes:\n${notes}`)
  return found[0]
}

/** The commands of one line each, in order. */
export const readCommands = (notes: string): readonly string[] =>
  [...notes.matchAll(/^ {3}(kubectl .*)$/gm)].map(([, command = '']) => command)
