// The layer that changes with Node and with Debian alone: Node, the C libraries it is linked with, and the few files
// that these look for. Nothing in it is a shell or lends rights.
//
// Node brings its own list of certificate authorities and its own time zones, so neither is here; a network with an
// authority of its own mounts it and names it in NODE_EXTRA_CA_CERTS.

import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { DebianFiles } from './debian.ts'
import { readElf } from './elf.ts'
import { putFile, putProgram, putText } from './files.ts'
import { type Arch, USER } from './layout.ts'

export const DEBIAN_PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6', 'base-files'] as const

const TRIPLET: Readonly<Record<Arch, string>> = {
  amd64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
}

/** `node`: the package of Node, unpacked. `debian`: what `DEBIAN_PACKAGES` hold. */
export async function writeNodeLayer(options: {
  readonly node: string
  readonly arch: Arch
  readonly debian: DebianFiles
  readonly to: string
}): Promise<void> {
  const { node, arch, debian, to } = options
  await putProgram(join(node, 'bin/node'), join(to, 'usr/bin/node'))
  await putFile(join(node, 'LICENSE'), join(to, 'usr/share/doc/node/LICENSE'))
  await putLibraries(join(node, 'bin/node'), arch, debian.root, to)
  await putFile(join(debian.root, 'usr/lib/os-release'), join(to, 'etc/os-release'))
  for (const [name, control] of debian.control) {
    // Where scanners of images without a package database look.
    await putText(join(to, 'var/lib/dpkg/status.d', name), control)
    const copyright = join('usr/share/doc', name, 'copyright')
    await putFile(join(debian.root, copyright), join(to, copyright))
  }
  await putAccounts(to)
}

/** The loader, and every library that the program needs or that one of these needs. */
async function putLibraries(program: string, arch: Arch, from: string, to: string): Promise<void> {
  const places = await placesOf(from)
  const bytesOf = async (name: string): Promise<Buffer> => {
    const place = places.get(name)
    if (place === undefined) {
      throw new SsmdError('SSMD_E_TOOL_MISSING', `no package brings ${name}, which Node needs`)
    }
    return readFile(place)
  }
  const own = readElf(await readFile(program), program)
  if (own.machine !== arch || own.loader === undefined) {
    throw new SsmdError(
      'SSMD_E_TOOL_MISSING',
      `${program} is a program for ${own.machine}, not ${arch}`
    )
  }
  const loader = basename(own.loader)
  await putProgram(places.get(loader) ?? loader, join(to, own.loader))
  const wanted = [...own.libraries]
  const done = new Set([loader])
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (done.has(name)) continue
    done.add(name)
    const bytes = await bytesOf(name)
    wanted.push(...readElf(bytes, name).libraries)
    await putFile(places.get(name) ?? name, join(to, 'lib', TRIPLET[arch], name))
  }
}

/** Shared libraries by the name they are asked for: wherever a Debian release puts them. */
async function placesOf(root: string): Promise<Map<string, string>> {
  const places = new Map<string, string>()
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const isLibrary = /\.so(\.|$)/.test(entry.name) && !entry.parentPath.endsWith('/gconv')
    if (isLibrary && !entry.isDirectory())
      places.set(entry.name, join(entry.parentPath, entry.name))
  }
  return places
}

async function putAccounts(to: string): Promise<void> {
  const account = (name: string, id: number) => `${name}:x:${id}:${id}:${name}:/:/nologin\n`
  await putText(join(to, 'etc/passwd'), account('root', 0) + account('ssmd', USER))
  await putText(join(to, 'etc/group'), `root:x:0:\nssmd:x:${USER}:\n`)
  // Names from /etc/hosts first, which is what a pod's own name stands in.
  await putText(join(to, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
}
