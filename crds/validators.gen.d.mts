// Generated from crds/*.yaml by `npm run generate`. Do not edit.

import type { ErrorObject } from 'ajv'

type Validate = {
  (value: unknown): boolean
  errors?: ErrorObject[] | null
}

export const validateFeed: Validate
export const validateEnvironment: Validate
export const validateArchive: Validate
export const validateSignal: Validate
