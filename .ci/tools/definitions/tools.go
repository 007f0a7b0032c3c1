//go:build tools

// Package tools pins the definitions of kinds that the chart makes on request and that belong to others.
// Nothing here is compiled into ssmd; .ci/tools takes files out of these modules.
package tools

import (
	_ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil"
	_ "sigs.k8s.io/gateway-api/apis/v1"
)
