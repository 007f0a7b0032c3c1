{{/* The Archives whose archivers it must run beside, as a list; refuses what cannot work. */}}
{{- define "ssmd.dataApiArchivers" -}}
{{- $archives := list }}
{{- $roots := dict }}
{{- range $i, $claim := .Values.dataApi.claims }}
{{- $root := .name | default .claim }}
{{- if hasKey $roots $root }}
{{- fail (printf "dataApi.claims[%d]: %s is listed twice: list a claim once, and give each its own name" $i $root) }}
{{- end }}
{{- $_ := set $roots $root true }}
{{- if not .shared }}
{{- $archive := .archive | default (hasPrefix "archiver-" .claim | ternary (trimPrefix "archiver-" .claim) "") }}
{{- if not $archive }}
{{- fail (printf "dataApi.claims[%d]: which Archive writes to the claim %s? Set archive to its name, because the pod must run on the node of its archiver; or shared=true if nodes may share the volume (ReadWriteMany)" $i .claim) }}
{{- end }}
{{- $archives = append $archives $archive }}
{{- end }}
{{- end }}
{{- $archives | uniq | toJson }}
{{- end }}

{{- define "ssmd.dataApiCredentials" -}}
{{- $names := list }}
{{- range .Values.dataApi.environments }}
{{- with .credentialsSecret }}{{ $names = append $names . }}{{ end }}
{{- end }}
{{- $names | uniq | toJson }}
{{- end }}

{{/* Files of the Environments whose live data it serves: what the role reads of them. */}}
{{- define "ssmd.dataApiEnvironments" -}}
{{- range .Values.dataApi.environments }}
{{ .name }}.yaml: |
  apiVersion: ssmd.io/v1alpha1
  kind: Environment
  metadata: { name: {{ .name }} }
  spec:
    feeds: {{ toJson .feeds }}
    transport:
      url: {{ quote .url }}
      {{- with .credentialsSecret }}
      credentialsRef: { name: {{ . }} }
      {{- end }}
    {{- with .simulated }}
    simulator: { feeds: {{ toJson . }} }
    {{- end }}
{{- end }}
{{- end }}

{{/*
Claims on different nodes have no node in common: refused here where the cluster can be asked. Elsewhere (helm template, Argo
CD) the pod stays Pending, and its Events say that no node matches its affinity.
*/}}
{{- define "ssmd.refuseTwoNodes" -}}
{{- $archives := include "ssmd.dataApiArchivers" . | fromYamlArray }}
{{- if gt (len $archives) 1 }}
{{- $nodes := dict }}
{{- range (lookup "v1" "Pod" .Release.Namespace "").items }}
{{- $archive := get (.metadata.labels | default dict) "ssmd.io/archive" }}
{{- if and (has $archive $archives) .spec.nodeName (not .metadata.deletionTimestamp) }}
{{- $_ := set $nodes $archive .spec.nodeName }}
{{- end }}
{{- end }}
{{- if gt (values $nodes | uniq | len) 1 }}
{{- $places := list }}
{{- range keys $nodes | sortAlpha }}{{ $places = append $places (printf "%s on %s" . (get $nodes .)) }}{{ end }}
{{- fail (printf "dataApi.claims: one pod cannot mount volumes of different nodes: the archivers run as %s. Serve Archives of one node, or keep them on volumes that nodes share (ReadWriteMany) and set shared=true" (join ", " $places)) }}
{{- end }}
{{- end }}
{{- end }}
