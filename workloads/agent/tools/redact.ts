// Takes secrets out of texts that a model would see: known forms, and the values that this process was given. Pure.

const FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,8192}?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\bsk-ant-[A-Za-z0-9_-]{16,}/g,
  /\bxox[abpr]-[A-Za-z0-9-]{10,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  /\bSU[A-Z2-7]{56}\b/g,
  /\bssmd_[A-Za-z0-9]{20,}[A-Za-z0-9_-]*/g,
  /(?<=\/\/[^\s/:@]{1,100}:)[^\s/@]{1,200}(?=@)/g,
]
/** Of this process. */
const NAMES = /(KEY|TOKEN|SECRET|PASSWORD)$/
const SHORTEST = 8

export function redacted(text: string, env: NodeJS.ProcessEnv): string {
  let clean = text
  for (const [name, value] of Object.entries(env)) {
    if (NAMES.test(name) && value !== undefined && value.length >= SHORTEST) {
      clean = clean.replaceAll(value, '[redacted]')
    }
  }
  for (const form of FORMS) clean = clean.replace(form, '[redacted]')
  return clean
}
