// Says what each step of a long test took, while it runs.

export type Step = <T>(what: string, work: () => Promise<T>) => Promise<T>

export type Story = { readonly step: Step; readonly say: (text: string) => void }

export function tellStory(write: (line: string) => void, now: () => number): Story {
  return {
    step: async (what, work) => {
      const start = now()
      const took = () => `${((now() - start) / 1000).toFixed(1).padStart(6)} s`
      try {
        const result = await work()
        write(`  ok  ${took()}  ${what}`)
        return result
      } catch (thrown) {
        write(`FAIL  ${took()}  ${what}`)
        throw thrown
      }
    },
    say: (text) => write(`                  ${text}`),
  }
}
