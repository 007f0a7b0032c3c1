// Colours, where they help and are wanted: the NO_COLOR variable and dumb terminals are honoured.
import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red'
export type Painter = (style: Style, text: string) => string

export const plainPainter: Painter = (_style, text) => text

export const painterFor =
  (stream: NodeJS.WriteStream): Painter =>
  (style, text) =>
    styleText(style, text, { stream })
