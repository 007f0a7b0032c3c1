// The names that a signal may use without declaring them: the check of its source knows them, and its compartment has no others.

export const GLOBALS: ReadonlySet<string> = new Set(
  (
    'Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error Infinity Int16Array Int32Array Int8Array ' +
    'JSON Map Math NaN Number Object RangeError RegExp Set String Symbol SyntaxError TypeError Uint16Array Uint32Array ' +
    'Uint8Array Uint8ClampedArray WeakMap WeakSet defineSignal isFinite isNaN parseFloat parseInt undefined'
  ).split(' ')
)
