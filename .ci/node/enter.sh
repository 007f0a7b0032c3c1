#!/bin/sh
# The first process of the node's namespaces (namespaces.ts starts it): sets the stage, runs the program that it is given
# and waits for whatever else ends here, so that nothing stays a zombie. When it ends, the kernel ends all of the rest.
# Whatever is mounted here is seen in these namespaces alone.
set -eu
folder=$SSMD_NODE_FOLDER

ip link set lo up

# Where kubelet and containerd keep what has a fixed place: in the node's folder, or in memory.
mount --bind "$folder/kubelet" /var/lib/kubelet
mount --bind "$folder/log" /var/log
mount -t tmpfs -o mode=755 tmpfs /run/containerd
mount -t tmpfs -o mode=755 tmpfs /var/lib/cni

# The kubelet sets these for the whole machine. Here it finds and sets copies.
for name in kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes vm/overcommit_memory; do
  copy=$folder/sysctl/$(basename "$name")
  [ -e "/proc/sys/$name" ] || continue
  cat "/proc/sys/$name" >"$copy"
  mount --bind "$copy" "/proc/sys/$name"
done

# Names of Services are known to programs here as they are to pods.
for name in resolv.conf nsswitch.conf; do
  if [ -e "/etc/$name" ]; then mount --bind "$folder/$name" "/etc/$name"; fi
done

set +e
"$@"
exit $?
