// Writes a small file so that a reader, or a power cut, finds the old text or the new one and never a part.
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Replaces the file. `mode` is that of a new file, whatever the umask takes away. */
export async function writeWhole(path: string, text: string, mode = 0o666): Promise<void> {
  const temporary = `${path}.tmp`
  {
    await using file = await open(temporary, 'w', mode)
    await file.writeFile(text)
    await file.sync()
  }
  await rename(temporary, path)
  // Without this the name may still be the old one after a power cut, or be missing.
  await using folder = await open(dirname(path), 'r')
  await folder.sync()
}
