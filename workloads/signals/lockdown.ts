// Freezes what all code of this process shares, before any other module is loaded.

import 'ses'

lockdown({
  // A stack would tell a signal where files are; `getStackString` still has it.
  errorTaming: 'safe',
  consoleTaming: 'unsafe',
  overrideTaming: 'severe',
  localeTaming: 'safe',
  domainTaming: 'unsafe',
})
