// A Platform that notes what a rendering asks of it. A rendering is a function of its resources and of these answers, so it need
// not be repeated while the resources are the same objects and another Platform answers the same.

import type { Platform } from './platform.ts'

export type WatchedPlatform = {
  readonly platform: Platform
  /** Whether `other` answers all that was asked as this one did. */
  answersAsBefore(other: Platform): boolean
}

type Asked = { readonly ask: (platform: Platform) => unknown; readonly answer: unknown }

export function watch(platform: Platform): WatchedPlatform {
  const { image, namespace, date, variables } = platform
  const asked: Asked[] = []
  const note = <T>(ask: (platform: Platform) => T): T => {
    const answer = ask(platform)
    asked.push({ ask, answer })
    return answer
  }
  return {
    platform: {
      image,
      namespace,
      date,
      variables,
      simulatorUrl: (environment, feed) => note((one) => one.simulatorUrl(environment, feed)),
      hostPath: (path) => note((one) => one.hostPath(path)),
      secretHash: (secret, fields) => note((one) => one.secretHash(secret, fields)),
    },
    answersAsBefore: (other) =>
      image === other.image &&
      namespace === other.namespace &&
      date === other.date &&
      variables === other.variables &&
      asked.every(({ ask, answer }) => ask(other) === answer),
  }
}
