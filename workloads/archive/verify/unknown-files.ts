// Judges files in a day's folder that its manifest does not name: DuckDB and zcat read any file named like a segment.

/** What the archiver makes beside a file before it takes its place. */
const TEMPORARY = /\.tmp$/

export function judgeUnknownFile(
  name: string,
  isAtWork: boolean
): { readonly isProblem: boolean; readonly what: string } {
  if (name.includes('\ufffd')) return { isProblem: true, what: 'its name is not UTF-8: rename it' }
  if (TEMPORARY.test(name)) {
    const what = isAtWork
      ? 'an archiver is making it'
      : 'an archiver that was killed has left it, and removes it at its next start'
    return { isProblem: false, what }
  }
  if (/\.(gz|jsonl)$/.test(name)) {
    const what = 'no manifest names it: an archiver is still starting, or the file is foreign'
    return { isProblem: true, what }
  }
  if (isAtWork && /^feed(_\d+)?\.yaml$/.test(name)) {
    return { isProblem: false, what: 'no manifest names it yet: an archiver is running' }
  }
  return { isProblem: false, what: 'it is not of the archive, so retention keeps this day' }
}
