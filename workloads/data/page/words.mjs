// What the words of a manifest mean, for a reader who has not read its specification. A word that is not known here is
// shown as it is: an archive may be newer than the page. Pure.

/** @type {Readonly<Record<string, string>>} */
const CAUSES = {
  'exchange-sequence': 'The exchange’s own numbers jumped',
  'exchange-checksum': 'The book did not match the exchange’s checksum',
  'not-subscribed': 'The exchange did not give the subscription',
  unsubscribed: 'The exchange stopped listing the symbols',
  disconnected: 'The connection closed or died',
  'connector-stopped': 'The connector was stopped',
  'connector-lost': 'The connector ended without notice',
  'buffer-full': 'The connector’s buffer was full',
  'number-hole': 'Numbered records never arrived',
  'stream-aged': 'The stream discarded records before they were archived',
  'stream-recreated': 'The stream was deleted and created again',
  oversize: 'A frame was too large for NATS',
  'proof-lost': 'The exchange’s numbers could not be read',
  resharded: 'The number of shards changed',
  gap: 'a gap',
  'not-held': 'NATS no longer holds what came meanwhile; the archive does',
  'stream-restarted': 'The stream was started again',
  imported: 'Another program archived it: its gap, or lines that are no frames',
  'clock-stepped': 'The clock was set, or the machine slept',
}
/** @param {string} cause */
export const causeText = (cause) => CAUSES[cause] ?? cause

/** @type {Readonly<Record<string, string>>} */
const FAULTS = {
  exchange: 'the exchange',
  network: 'the network',
  ours: 'ssmd',
  user: 'its user',
  unknown: 'not known',
}
/** @param {string} fault */
export const faultText = (fault) => FAULTS[fault] ?? fault

/** @type {Readonly<Record<string, string>>} */
const CONDITIONS = {
  available: 'complete, as far as the exchange lets it be proven',
  degraded: 'has known gaps',
  pending: 'is still being written',
  missing: 'nothing was captured: all of it is a gap',
  damaged: 'cannot be read; see ssmd data verify',
}
/** @param {string} condition */
export const conditionText = (condition) => CONDITIONS[condition] ?? condition

/** @type {Readonly<Record<string, string>>} */
const PROOFS = {
  frames: 'every frame, by the exchange’s own numbers',
  book: 'the order book, by its checksum or its chain of ids',
  trades: 'trades, by their ids',
  nothing: 'nothing: the protocol numbers no frames',
  none: 'nothing: the protocol numbers no frames',
}
/** @param {string} proof */
export const proofText = (proof) => PROOFS[proof] ?? proof
