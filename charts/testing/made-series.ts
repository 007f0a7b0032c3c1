// A running system as series for promtool: each metric that the programs register, with a value for each of its labels.

import type { Metric } from './programs.ts'

export type MadeSeries = { readonly series: string; readonly values: string }

/** Which processes have a metric; those of Node have all. */
function instancesOf(name: string): readonly string[] {
  if (name.startsWith('ssmd_connector_')) return ['connector']
  if (name.startsWith('ssmd_archiver_')) return ['archiver']
  return /^(process|nodejs)_/.test(name) ? ['connector', 'archiver'] : ['other']
}

/** Labels that expressions ask for by their value. */
const VALUES: Readonly<Record<string, string>> = { name: 'ssmd-operator', status: '200' }

export function seriesOf({ name, type, labelNames = [] }: Metric): MadeSeries[] {
  // What counts rises; a resource that is not ready has 0, and what is always 1 is 1.
  const values = name.endsWith('_info') ? '1x60' : name.endsWith('_ready') ? '0x60' : '0+1x60'
  return instancesOf(name).flatMap((instance) => {
    const labels = [
      `instance="${instance}"`,
      ...labelNames
        .filter((label) => label !== 'le')
        .map((label) => `${label}="${VALUES[label] ?? 'x'}"`),
    ]
    const one = (suffix: string, ...more: string[]): MadeSeries => ({
      series: `${name}${suffix}{${[...labels, ...more].join(',')}}`,
      values,
    })
    return type === 'histogram'
      ? [one('_bucket', 'le="0.1"'), one('_bucket', 'le="+Inf"'), one('_count'), one('_sum')]
      : [one('')]
  })
}
