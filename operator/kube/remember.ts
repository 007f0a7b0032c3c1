// Remembers a pure function by the identity of its arguments. Stored objects are immutable, and a new version of one is a new
// object, so there is nothing to invalidate; a result is forgotten with the objects that it was made of.

/** `fn` of one object. */
export function remember<A extends object, R>(fn: (a: A) => R): (a: A) => R {
  const results = new WeakMap<A, R>()
  return (a) => {
    const known = results.get(a)
    if (known !== undefined) return known
    const result = fn(a)
    results.set(a, result)
    return result
  }
}

/** `fn` of two objects; of each first one only the latest second one is remembered. */
export function rememberPair<A extends object, B extends object, R>(
  fn: (a: A, b: B) => R
): (a: A, b: B) => R {
  const results = new WeakMap<A, { readonly b: B; readonly result: R }>()
  return (a, b) => {
    const known = results.get(a)
    if (known?.b === b) return known.result
    const result = fn(a, b)
    results.set(a, { b, result })
    return result
  }
}
