// Whether a time zone exists, by the tables of this computer.

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    // RangeError: the one way in which Intl says no.
    return false
  }
}
