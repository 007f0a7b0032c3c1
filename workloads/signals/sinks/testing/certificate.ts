// A certificate for 127.0.0.1 and localhost that no authority signed, made for one run of the tests.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestCertificate } from './smtp-server.ts'

/** Undefined where there is no openssl. */
export function makeCertificate(): TestCertificate | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-certificate-'))
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  try {
    const what = [
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '36500',
      '-subj',
      '/CN=localhost',
    ]
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    execFileSync('openssl', ['req', ...what, ...names, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } catch {
    return undefined
  } finally {
    rmSync(dir, { recursive: true })
  }
}
