// What an ELF program asks of the system it runs on: its loader and its shared libraries, by name. Reads the program
// headers alone, so that files of another processor can be asked too.

import { SsmdError } from '#crds/errors.ts'

export type ElfNeeds = {
  readonly machine: 'amd64' | 'arm64' | 'other'
  /** Absolute path; undefined for a library, and for a program that is linked statically. */
  readonly loader: string | undefined
  readonly libraries: readonly string[]
}

type Segment = { type: number; offset: number; address: number; size: number }

const LOAD = 1
const DYNAMIC = 2
const INTERPRETER = 3
const DT_NEEDED = 1
const DT_STRTAB = 5
const MACHINES: Readonly<Record<number, ElfNeeds['machine']>> = { 62: 'amd64', 183: 'arm64' }

/** `file` is only named in the error. */
export function readElf(bytes: Buffer, file: string): ElfNeeds {
  const isElf64 = bytes.length > 64 && bytes.readUInt32BE(0) === 0x7f454c46 && bytes[4] === 2
  if (!isElf64 || bytes[5] !== 1) {
    throw new SsmdError('SSMD_E_TOOL_MISSING', `${file} is no 64-bit little-endian ELF file`)
  }
  const segments = readSegments(bytes)
  const loader = segments.find(({ type }) => type === INTERPRETER)
  return {
    machine: MACHINES[bytes.readUInt16LE(18)] ?? 'other',
    loader: loader && text(bytes, loader.offset),
    libraries: readNeeded(bytes, segments),
  }
}

function readSegments(bytes: Buffer): Segment[] {
  const start = Number(bytes.readBigUInt64LE(32))
  const size = bytes.readUInt16LE(54)
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = start + index * size
    return {
      type: bytes.readUInt32LE(at),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      address: Number(bytes.readBigUInt64LE(at + 16)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
    }
  })
}

function readNeeded(bytes: Buffer, segments: readonly Segment[]): string[] {
  const dynamic = segments.find(({ type }) => type === DYNAMIC)
  if (dynamic === undefined) return []
  const names: number[] = []
  let strings = 0
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const tag = Number(bytes.readBigInt64LE(at))
    if (tag === 0) break
    const value = Number(bytes.readBigUInt64LE(at + 8))
    if (tag === DT_NEEDED) names.push(value)
    if (tag === DT_STRTAB) strings = fileOffset(segments, value)
  }
  return names.map((name) => text(bytes, strings + name))
}

/** The table of strings is named by its address in memory. */
function fileOffset(segments: readonly Segment[], address: number): number {
  const segment = segments.find(
    (candidate) =>
      candidate.type === LOAD &&
      address >= candidate.address &&
      address < candidate.address + candidate.size
  )
  return segment === undefined ? address : address - segment.address + segment.offset
}

const text = (bytes: Buffer, at: number): string =>
  bytes.toString('latin1', at, bytes.indexOf(0, at))
