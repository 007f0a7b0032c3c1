// What Kalshi's error codes ask of a client. Pure: a code in, a decision out.

export type Remedy =
  | 'harmless' // it is as we want it already
  | 'resubscribe' // the subscription is over: subscribe again
  | 'wait' // too fast: the same again later
  | 'smaller' // too many markets for one subscription
  | 'retry' // the server could not just now
  | 'reconnect' // the connection does not count as signed in
  | 'refused' // this channel cannot be had
  | 'narrow' // something in the command is not to its liking: find out which market

/** The remedy for an error code; an unknown code is treated as a complaint about what was asked. */
export function remedyOf(code: number): Remedy {
  switch (code) {
    case 6: // already subscribed (older servers)
      return 'harmless'
    case 7: // unknown subscription id
    case 10: // channel error, terminal
    case 25: // subscription buffer overflow, terminal
      return 'resubscribe'
    case 26: // subscription market limit exceeded
      return 'smaller'
    case 27: // too many requests
      return 'wait'
    case 1: // unable to process message
    case 18: // command timeout
      return 'retry'
    case 9: // authentication required
      return 'reconnect'
    case 8: // unknown channel name
      return 'refused'
    default:
      return 'narrow'
  }
}
