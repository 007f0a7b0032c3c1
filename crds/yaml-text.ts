// What can be told of a YAML file from its text alone: characters that are no text or that YAML 1.1 takes for line
// ends, and lines between documents that kubectl, which splits the file by lines, does not read as YAML does.

export type Spot = { readonly index: number; readonly message: string; readonly hint: string }

/** The first character that makes the whole file doubtful. */
export function strangeCharacter(text: string): Spot | undefined {
  // Control characters but tabs and line ends, and what stands for bytes that were no UTF-8.
  const none = /[^\P{Cc}\t\n\r]|[\ufffd-\uffff]|[\ud800-\udfff]/u.exec(text)
  if (none) {
    const message = 'expected a text in UTF-8, found bytes that are none'
    return { index: none.index, message, hint: 'is this a YAML file?' }
  }
  const end = /\r(?!\n)|[\u2028\u2029]/.exec(text)
  if (end) {
    const name = `U+${end[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    const message = `found the character ${name}, which kubectl takes for the end of a line`
    return {
      index: end.index,
      message,
      hint: 'end lines with a line feed; elsewhere write an escape in quotes',
    }
  }
  const mark = text.indexOf('\ufeff', 1)
  if (mark < 0) return undefined
  const message = 'found a byte order mark inside the file'
  return { index: mark, message, hint: 'remove it; files that are joined often have one' }
}

/** The first conflict that a merge of git has left, from its first line to its last. */
export function conflictOfGit(text: string): Spot | undefined {
  const begin = /^<{7} /m.exec(text)
  const end = begin && /^>{7} /m.exec(text.slice(begin.index))
  if (!begin || !end) return undefined
  const lines = text.slice(0, begin.index + end.index).split('\n').length
  return {
    index: begin.index,
    message: `found a conflict of git that is not resolved, up to line ${lines}`,
    hint: 'keep one of the two sides, and remove the lines <<<<<<<, ======= and >>>>>>>',
  }
}

/** Lines between documents that kubectl refuses or passes over. */
export function separatorProblems(text: string): Spot[] {
  const spots: Spot[] = []
  let ended = false
  for (const { 0: line, index } of text.matchAll(/^.*$/gm)) {
    const rest = line.slice(3).trim()
    const isBare = rest === '' || rest.startsWith('#')
    if (line.startsWith('---')) {
      ended = false
      if (isBare) continue
      const message = 'expected nothing behind ---, which is how kubectl reads it'
      spots.push({ index, message, hint: 'begin the document in the next line' })
    } else if (line.startsWith('%')) {
      const message = 'found a directive, which kubectl does not read'
      spots.push({ index, message, hint: 'remove the line' })
    } else if (line.startsWith('...')) {
      ended = true
      if (isBare) continue
      const message = 'expected nothing behind ..., the end of a document'
      spots.push({ index, message, hint: 'begin a document with ---' })
    } else if (ended && line.trim() !== '' && !line.startsWith('#')) {
      ended = false
      const message = 'kubectl passes over what stands behind ..., the end of a document'
      spots.push({ index, message, hint: 'begin the next document with ---' })
    }
  }
  return spots
}
