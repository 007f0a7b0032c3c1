// The last block of each shard of a feed in its stream, from which a starting connector learns of its predecessors.

import type { NatsConnection } from 'nats'
import { SsmdError } from '#crds/errors.ts'
import { Block } from '#wire/block.ts'
import { askJetStream, JETSTREAM, JetStreamError } from './api.ts'

type Info = { readonly state: { readonly subjects?: Readonly<Record<string, number>> } }
type Got = { readonly message: { readonly data?: string } }

/** The blocks, in no order; `subjects` is a filter such as `env.feed.log.>`. Other messages are left out. */
export async function lastBlocks(
  nc: NatsConnection,
  stream: string,
  subjects: string
): Promise<Block[]> {
  const what = `reading the last blocks of stream ${stream}`
  const wanted = { subjects_filter: subjects }
  const { state } = await askJetStream<Info>(nc, `STREAM.INFO.${stream}`, wanted, what)
  const blocks: Block[] = []
  for (const subject of Object.keys(state.subjects ?? {})) {
    const block = await lastBlock(nc, stream, subject, what)
    if (block !== undefined) blocks.push(block)
  }
  return blocks
}

async function lastBlock(
  nc: NatsConnection,
  stream: string,
  subject: string,
  what: string
): Promise<Block | undefined> {
  try {
    const wanted = { last_by_subj: subject }
    const { message } = await askJetStream<Got>(nc, `STREAM.MSG.GET.${stream}`, wanted, what)
    return Block.read(Buffer.from(message.data ?? '', 'base64'))
  } catch (thrown) {
    // Discarded meanwhile, or put there by others.
    if (thrown instanceof JetStreamError && thrown.errCode === JETSTREAM.messageNotFound) return
    if (thrown instanceof SsmdError && thrown.code === 'SSMD_E_BLOCK') return
    throw thrown
  }
}
