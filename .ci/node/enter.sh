#!/bin/sh
# The first process of the node's namespaces (namespaces.ts starts it): sets the stage, runs the program that it is given
# and waits for whatever else ends here, so that nothing stays a zombie. When it ends, the kernel ends all of the rest.
# Whatever is mounted here is seen in these namespaces alone.
set -eu
folder=$SSMD_NODE_FOLDER
# Left to the program: this shell stays until that one has ended in order.
trap : INT TERM HUP

ip link set lo up

# Where kubelet and containerd keep what has a fixed place: in the node's folder, or in memory. Mount points are made in
# a copy of /var/lib: one that lay outside could not be removed while another node uses it, for the kernel would take
# that one's mount away with it.
resolv=$(readlink -m /etc/resolv.conf)
mount -t tmpfs -o mode=755 tmpfs /run
mount -t overlay -o "lowerdir=/var/lib,upperdir=$folder/lib,workdir=$folder/work" overlay /var/lib
mkdir -p /var/lib/kubelet /var/lib/cni
mount --bind "$folder/kubelet" /var/lib/kubelet
mount -t tmpfs -o mode=755 tmpfs /var/lib/cni
mount --bind "$folder/log" /var/log

# The kubelet sets these for the whole machine. Here it finds and sets copies.
for name in kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes vm/overcommit_memory; do
  copy=$folder/sysctl/$(basename "$name")
  [ -e "/proc/sys/$name" ] || continue
  cat "/proc/sys/$name" >"$copy"
  mount --bind "$copy" "/proc/sys/$name"
done

# Names of Services are known to programs here as they are to pods.
case $resolv in
  /run/*)
    mkdir -p "$(dirname "$resolv")"
    cp "$folder/resolv.conf" "$resolv"
    ;;
  *) if [ -e "$resolv" ]; then mount --bind "$folder/resolv.conf" "$resolv"; fi ;;
esac
if [ -e /etc/nsswitch.conf ]; then mount --bind "$folder/nsswitch.conf" /etc/nsswitch.conf; fi

set +e
"$@"
exit $?
