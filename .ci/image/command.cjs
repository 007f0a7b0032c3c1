#!/usr/bin/node
// `ssmd` in the image: no shell and no env between the kernel and Node.
void import('/app/cli/main.js')
