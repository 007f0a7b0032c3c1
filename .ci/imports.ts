// Reads the imports of a source file, and finds rings among files. Pure, and by lines: the formatter puts every static
// import and export at the start of one.

export type Import = {
  readonly specifier: string
  readonly line: number
  /** `type`: gone at run time. `hollow`: only inline types, yet still loaded. `dynamic`: `import('…')`. */
  readonly kind: 'value' | 'type' | 'hollow' | 'dynamic'
}

export type SourceFile = {
  readonly path: string
  readonly imports: readonly Import[]
  /** Globals in its code that reach the clock, chance, the process or the network, such as `Date.now`. */
  readonly effects: readonly string[]
}

export const readSource = (path: string, text: string): SourceFile => ({
  path,
  imports: readImports(text),
  effects: readEffects(text),
})

const STATIC = /^(?:import|export)\s+(type\s+)?(?:([\w*{}\s,$]+?)\sfrom\s+)?['"]([^'"\n]+)['"]/gm
const DYNAMIC = /^(?!\s*(?:\/\/|\/\*|\*)).*?\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/gm

export function readImports(text: string): Import[] {
  const lineOf = (index: number) => text.slice(0, index).split('\n').length
  const fixed = [...text.matchAll(STATIC)].map((match): Import => {
    const [, type, clause, specifier = ''] = match
    const kind = type !== undefined ? 'type' : isHollow(clause) ? 'hollow' : 'value'
    return { specifier, line: lineOf(match.index), kind }
  })
  const dynamic = [...text.matchAll(DYNAMIC)].map(
    (match): Import => ({
      specifier: match[1] ?? '',
      line: lineOf(match.index),
      kind: 'dynamic',
    })
  )
  return [...fixed, ...dynamic]
}

const COMMENT = /^\s*(?:\/\/|\/\*|\*).*$|\s\/\/ .*$/gm
const EFFECT =
  /(?<![\w./#$'"`])(?:Date\.now|new Date(?=\(\))|Math\.random|(?:process|performance|console|globalThis)(?=\s*(?:\?\.|[.[]))|(?:set(?:Timeout|Interval|Immediate)|queueMicrotask|fetch|Function|eval)(?=\())/g

/** By words, as the imports: good enough to keep honest code honest. */
export function readEffects(text: string): string[] {
  return [...new Set(text.replaceAll(COMMENT, '').match(EFFECT) ?? [])]
}

/** `{ type A, type B }`: what is left after stripping is `import {} from`, which still loads the module. */
function isHollow(clause: string | undefined): boolean {
  const inner = /^\{([\s\S]*)\}$/.exec(clause?.trim() ?? '')?.[1]
  const names = (inner ?? '').split(',').filter((name) => name.trim() !== '')
  return names.length > 0 && names.every((name) => /^\s*type\s/.test(name))
}

/** Each ring of files once, as the path that comes back to its start. `edges`: from a file to those it imports. */
export function findRings(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const rings: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): void => {
    const at = path.indexOf(file)
    if (at >= 0) rings.push([...path.slice(at), file])
    if (at >= 0 || done.has(file)) return
    path.push(file)
    for (const next of edges.get(file) ?? []) visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of edges.keys()) visit(file)
  return rings
}
