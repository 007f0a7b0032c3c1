//go:build tools

// Package tools pins the kustomize that Argo CD runs on a folder with a kustomization.yaml.
// Nothing here is compiled into ssmd; .ci/tools builds the command named below.
package tools

import _ "sigs.k8s.io/kustomize/kustomize/v5"
