#!/usr/bin/env bash
# What a user of Kubernetes does with ssmd, with kubectl and nothing else: apply, get, explain, wait, edit, delete, apply
# again. Each step is printed as it would be typed, and must give what is said of it.
#   bash .ci/cluster/tour.sh [folder of exchanges]      in a shell with the two exports of `npm run cluster`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exchanges=${1:-exchanges}
if [[ -d $exchanges/feeds ]]; then
  files=(-f "$exchanges/feeds" -f "$exchanges/environments" -f "$exchanges/archives")
else
  files=(-f "$exchanges")
fi

steps=0
fail() {
  printf 'FAILED: %s\n' "$1" >&2
  kubectl get feeds,environments,archives,signals,deployments -o wide >&2 || true
  exit 1
}
step() { printf '\n# %s\n' "$1" && steps=$((steps + 1)); }
# Runs kubectl, shows it, and wants a text in what it prints.
see() {
  local want=$1 out
  shift
  printf '$ kubectl %s\n' "$*"
  out=$(kubectl "$@" 2>&1) || fail "kubectl $* said: $out"
  head -n 12 <<<"$out"
  [[ $out == *"$want"* ]] || fail "'$want' is not in: $out"
}
# The same, where kubectl must refuse.
refused() {
  local want=$1 out
  shift
  printf '$ kubectl %s\n' "$*"
  if out=$(kubectl "$@" 2>&1); then fail "kubectl $* was not refused"; fi
  printf '%s\n' "$out"
  [[ $out == *"$want"* ]] || fail "'$want' is not in: $out"
}
# Until kubectl prints exactly that, for things that `kubectl wait` cannot say.
becomes() {
  local want=$1 out='' end=$((SECONDS + 40))
  shift
  printf '$ kubectl %s\n' "$*"
  while ((SECONDS < end)); do
    out=$(kubectl "$@" 2>&1) || true
    [[ $out == "$want" ]] && return
    sleep 0.2
  done
  fail "kubectl $* prints '$out', not '$want'"
}
ready() { see 'condition met' wait --for=condition=Ready --timeout=60s "$@"; }
generation() { kubectl get "$1" -o 'jsonpath={.metadata.generation}'; }
# Everything written is seen, and what it says is of what was written last.
settled() {
  becomes "$(generation "$1")" get "$1" -o 'jsonpath={.status.observedGeneration}'
  ready "$1"
}

step 'The kinds and the role of the operator'
see 'feeds.ssmd.io' apply --server-side -f crds
see 'ssmd-operator' apply --server-side -f crds/roles/namespaced.yaml
see 'condition met' wait --for=condition=Established --timeout=20s crd/feeds.ssmd.io
see 'FIELD: spec' explain feed.spec
see 'wss://' explain feed.spec.versions.endpoint

step 'What is declared in exchanges/ becomes ready'
see 'serverside-applied' apply --server-side "${files[@]}"
ready feed/kalshi environment/local archive/kalshi-local
see 'True' get feeds,environments,archives,signals
see 'connector-local-kalshi' get deployments
see 'condition met' wait --for=condition=Available --timeout=60s deployment/connector-local-kalshi
see 'Ready' describe feed kalshi

step 'Applied again, nothing changes'
before=$(kubectl get feed/kalshi deployment/connector-local-kalshi -o 'jsonpath={.items[*].metadata.generation}')
see 'serverside-applied' apply --server-side "${files[@]}"
becomes "$before" get feed/kalshi deployment/connector-local-kalshi -o 'jsonpath={.items[*].metadata.generation}'

step 'An edit is followed'
export KUBE_EDITOR='sed -i s/orderbook_delta/fill/'
see 'edited' edit feed kalshi
settled feed/kalshi
see 'fill' get configmap connector-local-kalshi -o yaml
see 'condition met' wait --for=condition=Available --timeout=60s deployment/connector-local-kalshi

step 'What is wrong is refused at once, and the answer says what to do'
refused 'make a new Feed' patch feed kalshi --type merge -p '{"spec":{"exchange":"synthetic"}}'
refused 'chanels' apply --server-side --force-conflicts -f - <<'YAML'
apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: kalshi }
spec: { chanels: [trade] }
YAML
refused 'spec.channels' patch feed kalshi --type merge -p '{"spec":{"channels":[]}}'

step 'What only shows in the whole is said by the resource, and recovers'
see 'patched' patch archive kalshi-local --type merge -p '{"spec":{"feeds":["nowhere"]}}'
see 'condition met' wait --for=condition=Ready=false --timeout=30s archive/kalshi-local
see 'nowhere' get archive kalshi-local -o 'jsonpath={.status.conditions[?(@.type=="Ready")].message}'
see 'patched' patch archive kalshi-local --type merge -p '{"spec":{"feeds":["kalshi"]}}'
settled archive/kalshi-local

step 'A child that is deleted or changed by hand comes back'
uid=$(kubectl get deployment connector-local-kalshi -o 'jsonpath={.metadata.uid}')
see 'deleted' delete deployment connector-local-kalshi
see 'condition met' wait --for=create --timeout=30s deployment/connector-local-kalshi
[[ $(kubectl get deployment connector-local-kalshi -o 'jsonpath={.metadata.uid}') != "$uid" ]] || fail 'it was never gone'
see 'condition met' wait --for=condition=Available --timeout=60s deployment/connector-local-kalshi
see 'scaled' scale deployment connector-local-kalshi --replicas=3
becomes 1 get deployment connector-local-kalshi -o 'jsonpath={.spec.replicas}'
see 'deleted' delete configmap connector-local-kalshi
see 'condition met' wait --for=create --timeout=30s configmap/connector-local-kalshi

step 'Labels of a resource stay its own (argo-cd#8683)'
see 'labeled' label feed kalshi argocd.argoproj.io/instance=mine
becomes '' get deployments,configmaps -l argocd.argoproj.io/instance -o name

step 'Deleted, it takes along what was made for it, and applied again it is back'
see 'deleted' delete feed kalshi --timeout=30s
see '' wait --for=delete --timeout=40s deployment/connector-local-kalshi configmap/connector-local-kalshi
see 'condition met' wait --for=condition=Ready=false --timeout=30s archive/kalshi-local
see 'serverside-applied' apply --server-side --force-conflicts "${files[@]}"
ready feed/kalshi environment/local archive/kalshi-local
see 'orderbook_delta' get configmap connector-local-kalshi -o yaml

step 'An archive with a claim leaves its data when it goes'
see 'created' create -f - <<'YAML'
apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: kept }
spec:
  environmentRef: { name: local }
  feeds: [kalshi]
  storage: { claim: { size: 1Gi } }
YAML
ready archive/kept
claim=$(kubectl get deployment archiver-kept -o 'jsonpath={.spec.template.spec.volumes[*].persistentVolumeClaim.claimName}')
see 'Bound' get pvc "$claim"
see 'deleted' delete archive kept --timeout=30s
see '' wait --for=delete --timeout=40s deployment/archiver-kept
see 'Bound' get pvc "$claim"
see 'deleted' delete pvc "$claim" --timeout=30s

step 'All of it away: nothing hangs'
see 'deleted' delete feeds,environments,archives,signals --all --timeout=40s
becomes '' get deployments,services -l app.kubernetes.io/managed-by=ssmd -o name
see 'serverside-applied' apply --server-side --force-conflicts "${files[@]}"
ready feed/kalshi environment/local archive/kalshi-local

printf '\nall %d steps went as a user of Kubernetes expects\n' "$steps"
