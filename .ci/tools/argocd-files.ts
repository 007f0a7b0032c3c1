// What Argo CD needs beside its program: the definitions of its kinds, and a script that its repo-server runs for every
// commit, whether signatures are asked for or not.

import { filesOfModule } from './module-files.ts'
import { TOOLS } from './specs.ts'

/** A folder with `crds/` and, to be on PATH, `bin/`. */
export const argoFiles = (env: NodeJS.ProcessEnv = process.env): Promise<string> =>
  filesOfModule(
    {
      name: `argocd-${TOOLS.argocd.version}-files`,
      what: 'the kinds and scripts of Argo CD',
      spec: TOOLS.argocd,
      module: 'github.com/argoproj/argo-cd/v3',
      paths: {
        'manifests/crds/application-crd.yaml': 'crds/application-crd.yaml',
        'manifests/crds/appproject-crd.yaml': 'crds/appproject-crd.yaml',
        'hack/git-verify-wrapper.sh': 'bin/git-verify-wrapper.sh',
      },
      programs: ['bin/git-verify-wrapper.sh'],
    },
    env
  )
