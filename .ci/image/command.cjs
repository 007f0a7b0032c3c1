#!/usr/bin/node
// `ssmd` in the image: no shell and no env between the kernel and Node. The code cache lies beside the sources
// (compiled-code.ts); it is read where it fits, and never written.
require('node:module').enableCompileCache({ directory: '/app/.compiled', portable: true })
void import('/app/cli/main.js')
