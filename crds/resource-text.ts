// A resource as YAML text, for files that people read: equal resources give equal texts.

import { stringify } from 'yaml'

/** No line is folded and no alias is made: a search for a value finds it, and every reader of YAML takes it. */
export const resourceText = (resource: object): string =>
  stringify(resource, { lineWidth: 0, aliasDuplicateObjects: false })
