// A set that counts its changes, so that what was worked out from it need not be worked out again until it differs.

export class TrackedSet extends Set<string> {
  changes = 0

  override add(value: string): this {
    const before = this.size
    super.add(value)
    if (this.size !== before) this.changes++
    return this
  }

  override delete(value: string): boolean {
    const was = super.delete(value)
    if (was) this.changes++
    return was
  }

  override clear(): void {
    if (this.size > 0) this.changes++
    super.clear()
  }
}
