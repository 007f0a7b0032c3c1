//go:build tools

// Package tools pins the Argo CD that tests of ssmd under GitOps run.
// Nothing here is compiled into ssmd; .ci/tools builds the command named below and the program in miniredis.
package tools

import _ "github.com/argoproj/argo-cd/v3/cmd"
