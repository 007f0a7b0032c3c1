//go:build tools

// Package tools pins promtool, which checks the alert rules of the chart and runs them over made series.
// Nothing here is compiled into ssmd; .ci/tools builds the command named below.
package tools

import _ "github.com/prometheus/prometheus/cmd/promtool"
