// Fills V8's code cache for the modules named on the command line, the same bytes each time. Run by compiled-code.ts.
//
// What V8 writes holds the hashes of names, whose seed is chosen at each start so that nobody can foresee it. Here Node
// is started with a fixed seed. The flag is taken back before anything is compiled, for V8 takes a cache only from a
// process with equal flags, and the programs that read this one keep their secret seed.
const v8 = require('node:v8')
const { enableCompileCache, flushCompileCache } = require('node:module')
const { pathToFileURL } = require('node:url')

v8.setFlagsFromString('--hash-seed=0')
const collections = new v8.GCProfiler()
collections.start()
const [directory, ...files] = process.argv.slice(2)
enableCompileCache({ directory, portable: true })

async function main() {
  for (const file of files) await import(pathToFileURL(file).href)
  flushCompileCache()
  // Memory that is used again holds what was there before, and the gaps behind V8's strings are written as they are.
  if (collections.stop().statistics.length > 0) {
    throw new Error('garbage was collected: the bytes would differ each time; raise the semi-space')
  }
  process.exit(0)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
