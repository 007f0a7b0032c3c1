// What Argo CD's programs are told: arguments and variables, every folder below one of ours. Pure.

import { join } from 'node:path'

/** How fast Argo CD looks and acts. */
export type ArgoTiming = {
  /** Between two looks at git that nobody asked for. Default 180 s, as Argo CD's own. */
  readonly resyncSeconds: number
  /** Between two sync waves. Default 0; Argo CD's own is 2 s. */
  readonly waveDelaySeconds: number
  /** Before drift is put right again. Default 1 s and factor 1; Argo CD's own are 2 s and 3. */
  readonly healBackoffSeconds: number
  readonly healBackoffFactor: number
}

const TIMING: ArgoTiming = {
  resyncSeconds: 180,
  waveDelaySeconds: 0,
  healBackoffSeconds: 1,
  healBackoffFactor: 1,
}

export type SettingFiles = {
  readonly home: string
  readonly bin: string
  readonly folders: readonly string[]
  readonly log: (part: string) => string
}

export type SettingInput = {
  readonly files: SettingFiles
  readonly ports: Readonly<
    Record<
      'redis' | 'repo' | 'repoFigures' | 'controllerFigures' | 'server' | 'serverFigures',
      number
    >
  >
  readonly timing: Partial<ArgoTiming>
  readonly kubeconfig: string
  readonly path: string
}

const LOOPBACK = '127.0.0.1'
const SUBFOLDERS = ['bin', 'gpg', 'helm', 'logs', 'plugins', 'ssh', 'tls', 'tmp'] as const

export function settingFiles(home: string): SettingFiles {
  return {
    home,
    bin: join(home, 'bin'),
    folders: SUBFOLDERS.map((name) => join(home, name)),
    log: (part) => join(home, 'logs', `${part}.log`),
  }
}

export function argoSettings({ files, ports, kubeconfig, path, ...given }: SettingInput) {
  const timing = { ...TIMING, ...given.timing }
  const inHome = (name: (typeof SUBFOLDERS)[number]) => join(files.home, name)
  const words = ['--logformat', 'json', '--loglevel', 'info']
  const redis = ['--redis', `${LOOPBACK}:${ports.redis}`]
  const repo = ['--repo-server', `${LOOPBACK}:${ports.repo}`, '--repo-server-plaintext']
  return {
    env: {
      HOME: files.home,
      PATH: path,
      TMPDIR: inHome('tmp'),
      // Git asks for passwords by it; its own place is the common temporary folder, whatever TMPDIR says.
      ARGOCD_ASK_PASS_SOCK: join(files.home, 'ask-pass.sock'),
      KUBECONFIG: kubeconfig,
      // `https://kubernetes.default.svc` is the cluster of the kubeconfig.
      ARGOCD_FAKE_IN_CLUSTER: 'true',
      ARGOCD_SYNC_WAVE_DELAY: String(timing.waveDelaySeconds),
      ARGOCD_GPG_ENABLED: 'false',
      ARGOCD_GNUPGHOME: inHome('gpg'),
      ARGOCD_TLS_DATA_PATH: inHome('tls'),
      ARGOCD_SSH_DATA_PATH: inHome('ssh'),
      ARGOCD_PLUGINSOCKFILEPATH: inHome('plugins'),
      HELM_CACHE_HOME: inHome('helm'),
      HELM_CONFIG_HOME: inHome('helm'),
      HELM_DATA_HOME: inHome('helm'),
    },
    args: {
      'repo-server': [
        ...['--address', LOOPBACK, '--port', String(ports.repo)],
        ...['--metrics-address', LOOPBACK, '--metrics-port', String(ports.repoFigures)],
        ...['--disable-tls', '--client-ca-path='],
        // How long a branch's commit is believed; at a resync it has to be asked for again.
        ...['--revision-cache-expiration', `${timing.resyncSeconds}s`],
        ...redis,
        ...words,
      ],
      'application-controller': [
        ...['--namespace', 'argocd', '--metrics-port', String(ports.controllerFigures)],
        // Else an Application says only how it is as a whole.
        '--persist-resource-health',
        ...['--self-heal-backoff-timeout-seconds', String(timing.healBackoffSeconds)],
        ...['--self-heal-backoff-factor', String(timing.healBackoffFactor)],
        ...['--app-resync', String(timing.resyncSeconds), '--app-resync-jitter', '0'],
        ...redis,
        ...repo,
        ...words,
      ],
      // Only loopback reaches it, so it asks for no password.
      server: [
        ...['--namespace', 'argocd', '--insecure', '--disable-auth'],
        ...['--address', LOOPBACK, '--port', String(ports.server)],
        ...['--metrics-address', LOOPBACK, '--metrics-port', String(ports.serverFigures)],
        ...redis,
        ...repo,
        ...words,
      ],
    },
  }
}
