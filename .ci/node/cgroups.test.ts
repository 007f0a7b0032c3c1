// Which version of cgroups a machine has, read from its mounts as they are on machines of either kind.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cgroupMounts, cgroupVersion, controllersToEnable } from './cgroups.ts'

const test = suite('cgroups')

const V1 = [
  '30 26 0:25 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '31 30 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
  '32 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct',
  '33 30 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate',
].join('\n')
const V2 = '29 23 0:25 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n'

test('version 1 has a mount for each group of controllers, and may have version 2 beside it', () => {
  assert.is(cgroupVersion(cgroupMounts(V1)), 1)
  assert.equal(cgroupMounts(V1), [
    { folder: '/sys/fs/cgroup/memory', version: 1, controllers: ['rw', 'memory'] },
    { folder: '/sys/fs/cgroup/cpu,cpuacct', version: 1, controllers: ['rw', 'cpu', 'cpuacct'] },
    { folder: '/sys/fs/cgroup/unified', version: 2, controllers: [] },
  ])
})

test('version 2 is one mount', () => {
  assert.is(cgroupVersion(cgroupMounts(V2)), 2)
  assert.equal(cgroupMounts(V2), [{ folder: '/sys/fs/cgroup', version: 2, controllers: [] }])
})

test('the kubelet gets every controller that it uses and the machine has, hugetlb among them', () => {
  // Debian 12 as it starts.
  const there = ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids', 'rdma', 'misc']
  assert.equal(controllersToEnable(there, ['memory', 'pids']), ['cpu', 'cpuset', 'hugetlb'])
  assert.equal(controllersToEnable(['cpuset', 'cpu', 'memory', 'pids'], []), [
    'memory',
    'cpu',
    'cpuset',
    'pids',
  ])
  assert.throws(() => controllersToEnable(['cpu', 'memory'], []), /missing here: cpuset, pids/)
})

test.run()
