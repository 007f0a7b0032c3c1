// `?raw=1`: the frames of records as the exchange sent them, byte for byte, each with a line feed behind. What is no frame is left out.

import type { RowsWriter, WriterOptions } from '../formats/format.ts'
import { TextBuffer } from '../formats/text-buffer.ts'

const CHUNK = 48 * 1024
const LINE_FEED = 0x0a

export function rawWriter({ columns, sink }: WriterOptions): RowsWriter {
  const at = columns.findIndex(({ name, type }) => name === 'frame' && type === 'bytes')
  const out = new TextBuffer()
  const flush = async (): Promise<void> => {
    await sink(out.view())
    out.clear()
  }
  return {
    begin: async () => {},
    async run(run) {
      const column = run.columns[at]
      if (column?.type !== 'bytes') throw new Error('rows without frames')
      for (let i = 0; i < run.length; i++) {
        const frame = column.values[i]
        if (frame === null || frame === undefined) continue
        out.raw(frame)
        out.byte(LINE_FEED)
        if (out.length >= CHUNK) await flush()
      }
    },
    end: flush,
  }
}
