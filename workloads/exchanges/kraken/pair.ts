// What a connection knows of one symbol: in which scope its trades are counted, and its book, as far as it can be checked.

import type { CheckedBook } from './book.ts'

export class Pair {
  readonly name: string
  /** What its trades count in. */
  readonly scope: number
  book: CheckedBook | null = null
  /**
   * `unwanted`: changes mean nothing. `awaited`: the book itself has to come first. `checked`: it exists and is right. `wrong`:
   * it is not, and changes mean nothing until it comes again.
   */
  state: 'unwanted' | 'awaited' | 'checked' | 'wrong' = 'unwanted'
  /** When the book was last right, unix milliseconds; 0: never. */
  rightMs = 0
  /** What was wrong with it. */
  why = ''

  constructor(name: string, scope: number) {
    this.name = name
    this.scope = scope
  }
}
