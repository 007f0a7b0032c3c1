// Names that signals bring with them. What a signal fires is a feed of its own, which no Feed declares.

export const SIGNAL_PREFIX = 'signal-'

/** What days of fires name as their exchange. Fires are no market events. */
export const FIRES_EXCHANGE = 'signal'

/** True for the feed of a signal's fires. */
export const isSignalFeed = (feed: string): boolean => feed.startsWith(SIGNAL_PREFIX)

/** The signal whose fires a feed holds. */
export const signalOfFeed = (feed: string): string => feed.slice(SIGNAL_PREFIX.length)
