// The images that a node of ours is started with, as OCI archives. They are made outside, where packages can be had,
// and used inside, where nothing of the world can be reached: a variable carries their paths across.

import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { buildImage } from '../image/image.ts'

export const IMAGES_VARIABLE = 'SSMD_NODE_IMAGES'
const WHATS = ['pause', 'ssmd', 'nats-server'] as const

export type Images = Readonly<Record<(typeof WHATS)[number], { name: string; file: string }>>

/** Makes all of them in `folder`. */
export async function makeImages(folder: string, log: (line: string) => void): Promise<Images> {
  const entries: [string, { name: string; file: string }][] = []
  for (const what of WHATS) {
    const { name, file } = await buildImage({ what, out: join(folder, `${what}.tar`), log })
    entries.push([what, { name, file }])
  }
  return Object.fromEntries(entries) as Images
}

/** Those that whoever started this process made. */
export function givenImages(env: NodeJS.ProcessEnv = process.env): Images {
  const given = env[IMAGES_VARIABLE]
  if (given !== undefined) return JSON.parse(given) as Images
  throw new SsmdError('SSMD_E_TOOL_MISSING', `${IMAGES_VARIABLE} names no images`, {
    hint: 'npm run test:cluster makes them before it starts its tests',
  })
}
