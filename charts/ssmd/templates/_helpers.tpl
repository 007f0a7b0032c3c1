{{/*
Names are fixed, whatever the release is called: the Lease that decides who leads is called ssmd-operator, and
Environments name ssmd-nats. So a second release in one namespace is refused instead of half working.
*/}}

{{/* Labels of one component: (dict "root" $ "component" "operator"). */}}
{{- define "ssmd.labels" -}}
{{ include "ssmd.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* What finds its pods; can never change. */}}
{{- define "ssmd.selector" -}}
app.kubernetes.io/name: ssmd
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* An image with its tag and digest: (dict "image" .Values.image "tag" default). */}}
{{- define "ssmd.image" -}}
{{ .image.repository }}:{{ .image.tag | default .tag }}
{{- with .image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* What a pod pulls that image with. */}}
{{- define "ssmd.pullSecrets" -}}
{{- with .pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A quantity such as 20Gi in bytes; the schema lets no other form come here. */}}
{{- define "ssmd.bytes" -}}
{{- $power := dict "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $unit := regexFind "[A-Za-z]+$" . -}}
{{- mul (regexFind "^[0-9]+" . | int64) (get $power $unit | int64) -}}
{{- end }}

{{/* Fits the restricted Pod Security standard, under a number that owns nothing on nodes. */}}
{{- define "ssmd.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "ssmd.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Where its pods may run. */}}
{{- define "ssmd.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end }}
