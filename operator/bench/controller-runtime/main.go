// The operator of subject.ts once more, as a Go programmer writes it with controller-runtime: the same watches, four
// children of the same size and shape for each Feed by server-side apply, a skip where the hash is the same, a status.
// It answers the same orders on standard input, so that both are measured in one run.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap/zapcore"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/source"
)

const (
	manager        = "bench-operator-go"
	hashAnnotation = "ssmd.io/applied-hash-go"
	byFeed         = "spec.feeds"
)

type FeedVersion struct {
	Name          string `json:"name"`
	EffectiveFrom string `json:"effectiveFrom"`
	Endpoint      string `json:"endpoint"`
}
type FeedSymbols struct {
	Include []string `json:"include,omitempty"`
}
type FeedSpec struct {
	DisplayName string        `json:"displayName,omitempty"`
	Exchange    string        `json:"exchange"`
	Versions    []FeedVersion `json:"versions"`
	Channels    []string      `json:"channels"`
	Symbols     *FeedSymbols  `json:"symbols,omitempty"`
}
type FeedStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Version            string             `json:"version,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}
type Feed struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              FeedSpec   `json:"spec,omitempty"`
	Status            FeedStatus `json:"status,omitempty"`
}
type FeedList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Feed `json:"items"`
}
type EnvironmentSpec struct {
	Feeds     []string       `json:"feeds"`
	Transport map[string]any `json:"transport,omitempty"`
}
type Environment struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              EnvironmentSpec `json:"spec,omitempty"`
}
type EnvironmentList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Environment `json:"items"`
}

func (f *Feed) DeepCopyObject() kruntime.Object {
	out := *f
	f.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	out.Spec.Versions = append([]FeedVersion(nil), f.Spec.Versions...)
	out.Spec.Channels = append([]string(nil), f.Spec.Channels...)
	if f.Spec.Symbols != nil {
		out.Spec.Symbols = &FeedSymbols{Include: append([]string(nil), f.Spec.Symbols.Include...)}
	}
	out.Status.Conditions = append([]metav1.Condition(nil), f.Status.Conditions...)
	return &out
}
func (l *FeedList) DeepCopyObject() kruntime.Object {
	out := *l
	l.ListMeta.DeepCopyInto(&out.ListMeta)
	out.Items = make([]Feed, len(l.Items))
	for i := range l.Items {
		out.Items[i] = *l.Items[i].DeepCopyObject().(*Feed)
	}
	return &out
}
func (e *Environment) DeepCopyObject() kruntime.Object {
	out := *e
	e.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	out.Spec.Feeds = append([]string(nil), e.Spec.Feeds...)
	out.Spec.Transport = kruntime.DeepCopyJSON(e.Spec.Transport)
	return &out
}
func (l *EnvironmentList) DeepCopyObject() kruntime.Object {
	out := *l
	l.ListMeta.DeepCopyInto(&out.ListMeta)
	out.Items = make([]Environment, len(l.Items))
	for i := range l.Items {
		out.Items[i] = *l.Items[i].DeepCopyObject().(*Environment)
	}
	return &out
}

type reconciler struct {
	client.Client
	passes, active, writes, left atomic.Int64
	done                         chan struct{}
}

func (r *reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	r.active.Add(1)
	defer func() {
		r.active.Add(-1)
		r.passes.Add(1)
		if r.left.Add(-1) == 0 {
			r.done <- struct{}{}
		}
	}()
	var feed Feed
	if err := r.Get(ctx, req.NamespacedName, &feed); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	for _, name := range []string{req.Name, "*"} {
		var named EnvironmentList
		if err := r.List(ctx, &named, client.InNamespace(req.Namespace), client.MatchingFields{byFeed: name}); err != nil {
			return ctrl.Result{}, err
		}
		for i := range named.Items {
			for _, desired := range render(&feed, &named.Items[i]) {
				if err := r.apply(ctx, desired); err != nil {
					return ctrl.Result{}, err
				}
			}
		}
	}
	if feed.Status.ObservedGeneration != feed.Generation {
		status := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "ssmd.io/v1alpha1", "kind": "Feed",
			"metadata": map[string]any{"name": req.Name, "namespace": req.Namespace},
			"status":   map[string]any{"observedGeneration": feed.Generation},
		}}
		r.writes.Add(1)
		if err := r.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(status), client.FieldOwner(manager), client.ForceOwnership); err != nil {
			return ctrl.Result{}, err
		}
	}
	return ctrl.Result{}, nil
}

func (r *reconciler) apply(ctx context.Context, desired map[string]any) error {
	body, err := json.Marshal(desired)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	object := &unstructured.Unstructured{Object: desired}
	var live client.Object
	switch object.GetKind() {
	case "ServiceAccount":
		live = &corev1.ServiceAccount{}
	case "ConfigMap":
		live = &corev1.ConfigMap{}
	case "NetworkPolicy":
		live = &networkingv1.NetworkPolicy{}
	default:
		live = &appsv1.Deployment{}
	}
	err = r.Get(ctx, types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}, live)
	if err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	if err == nil && live.GetAnnotations()[hashAnnotation] == hash {
		return nil
	}
	object.SetAnnotations(map[string]string{hashAnnotation: hash})
	r.writes.Add(1)
	return r.Apply(ctx, client.ApplyConfigurationFromUnstructured(object), client.FieldOwner(manager), client.ForceOwnership)
}

func hashOf(value any) string {
	body, _ := json.Marshal(value)
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

func render(feed *Feed, environment *Environment) []map[string]any {
	name := "connector-" + environment.Name + "-" + feed.Name
	list := func(items ...any) []any { return items }
	ls := func() map[string]any {
		return map[string]any{
			"app.kubernetes.io/name": "ssmd", "app.kubernetes.io/component": "connector", "app.kubernetes.io/managed-by": "ssmd",
			"ssmd.io/environment": environment.Name, "ssmd.io/feed": feed.Name,
		}
	}
	meta := func() map[string]any {
		return map[string]any{
			"name": name, "namespace": feed.Namespace, "labels": ls(),
			"ownerReferences": list(map[string]any{
				"apiVersion": "ssmd.io/v1alpha1", "kind": "Feed", "name": feed.Name, "uid": string(feed.UID),
				"controller": true, "blockOwnerDeletion": true,
			}),
		}
	}
	probe := func(path string, period, failures int64) map[string]any {
		return map[string]any{
			"httpGet":       map[string]any{"path": path, "port": "health"},
			"periodSeconds": period, "timeoutSeconds": int64(5), "failureThreshold": failures,
		}
	}
	feedText, _ := json.MarshalIndent(map[string]any{"apiVersion": "ssmd.io/v1alpha1", "kind": "Feed", "metadata": map[string]any{"name": feed.Name}, "spec": feed.Spec}, "", " ")
	environmentText, _ := json.MarshalIndent(map[string]any{"apiVersion": "ssmd.io/v1alpha1", "kind": "Environment", "metadata": map[string]any{"name": environment.Name}, "spec": map[string]any{"feeds": list(feed.Name), "transport": environment.Spec.Transport}}, "", " ")
	return []map[string]any{
		{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta(), "automountServiceAccountToken": false},
		{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta(), "spec": map[string]any{
			"podSelector": map[string]any{"matchLabels": ls()},
			"policyTypes": list("Ingress"),
			"ingress":     list(map[string]any{"ports": list(map[string]any{"port": int64(8080), "protocol": "TCP"})}),
		}},
		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(), "data": map[string]any{
			"feed.yaml": string(feedText), "environment.yaml": string(environmentText),
		}},
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta(), "spec": map[string]any{
			"replicas": int64(1), "revisionHistoryLimit": int64(3),
			"selector": map[string]any{"matchLabels": ls()},
			"strategy": map[string]any{"type": "Recreate"},
			"template": map[string]any{
				"metadata": map[string]any{"labels": ls(), "annotations": map[string]any{
					"ssmd.io/config-hash": hashOf([]any{feed.Spec, environment.Spec.Transport}), "ssmd.io/template-revision": "2",
				}},
				"spec": map[string]any{
					"serviceAccountName": name, "automountServiceAccountToken": false, "enableServiceLinks": false,
					"terminationGracePeriodSeconds": int64(30),
					"securityContext": map[string]any{
						"runAsNonRoot": true, "runAsUser": int64(65532), "runAsGroup": int64(65532), "fsGroup": int64(65532),
						"fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": map[string]any{"type": "RuntimeDefault"},
					},
					"containers": list(map[string]any{
						"name": "connector", "image": "ssmd.local/ssmd:bench", "command": list("ssmd"),
						"args":            list("connector", "--feed", "/etc/ssmd/feed.yaml", "--env", "/etc/ssmd/environment.yaml", "--health-addr", "0.0.0.0:8080"),
						"ports":           list(map[string]any{"name": "health", "containerPort": int64(8080)}),
						"resources":       map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "192Mi"}, "limits": map[string]any{"memory": "512Mi"}},
						"startupProbe":    probe("/livez", 5, 60),
						"livenessProbe":   probe("/livez", 10, 6),
						"readinessProbe":  probe("/readyz", 5, 2),
						"securityContext": map[string]any{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": map[string]any{"drop": list("ALL")}},
						"volumeMounts":    list(map[string]any{"name": "config", "mountPath": "/etc/ssmd", "readOnly": true}),
					}),
					"volumes": list(map[string]any{"name": "config", "configMap": map[string]any{"name": name}}),
				},
			},
		}},
	}
}

func say(name string, from time.Time, more map[string]any) {
	fact := map[string]any{"name": name, "ms": float64(time.Since(from).Microseconds()) / 1000, "rss": rss()}
	for key, value := range more {
		fact[key] = value
	}
	line, _ := json.Marshal(fact)
	fmt.Println(string(line))
}

func rss() int64 {
	text, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb * 1024
		}
	}
	return 0
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	log.SetLogger(zap.New(zap.WriteTo(os.Stderr), zap.Level(zapcore.DPanicLevel)))
	account := os.Getenv("SERVICE_ACCOUNT")
	token, err := os.ReadFile(account + "/token")
	must(err)
	config := &rest.Config{
		Host:            "https://" + os.Getenv("KUBERNETES_SERVICE_HOST") + ":" + os.Getenv("KUBERNETES_SERVICE_PORT"),
		BearerToken:     strings.TrimSpace(string(token)),
		TLSClientConfig: rest.TLSClientConfig{CAFile: account + "/ca.crt"},
		QPS:             100_000, Burst: 100_000,
	}
	scheme := kruntime.NewScheme()
	must(appsv1.AddToScheme(scheme))
	must(corev1.AddToScheme(scheme))
	must(networkingv1.AddToScheme(scheme))
	group := schema.GroupVersion{Group: "ssmd.io", Version: "v1alpha1"}
	scheme.AddKnownTypes(group, &Feed{}, &FeedList{}, &Environment{}, &EnvironmentList{})
	metav1.AddToGroupVersion(scheme, group)
	ours, err := labels.Parse("app.kubernetes.io/managed-by=ssmd")
	must(err)
	startedAt := time.Now()
	only := cache.ByObject{Label: ours}
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  scheme,
		Metrics: server.Options{BindAddress: "0"},
		Cache: cache.Options{
			DefaultTransform: cache.TransformStripManagedFields(),
			ByObject: map[client.Object]cache.ByObject{
				&appsv1.Deployment{}: only, &corev1.ConfigMap{}: only, &corev1.ServiceAccount{}: only, &networkingv1.NetworkPolicy{}: only,
			},
		},
	})
	must(err)
	must(mgr.GetFieldIndexer().IndexField(context.Background(), &Environment{}, byFeed, func(object client.Object) []string {
		return object.(*Environment).Spec.Feeds
	}))
	r := &reconciler{Client: mgr.GetClient(), done: make(chan struct{}, 1)}
	news := make(chan event.GenericEvent, 100)
	must(ctrl.NewControllerManagedBy(mgr).For(&Feed{}).
		Owns(&corev1.ServiceAccount{}).Owns(&networkingv1.NetworkPolicy{}).Owns(&corev1.ConfigMap{}).Owns(&appsv1.Deployment{}).
		WatchesRawSource(source.Channel(news, &handler.EnqueueRequestForObject{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: 8}).Complete(r))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- mgr.Start(ctx) }()
	if !mgr.GetCache().WaitForCacheSync(ctx) {
		must(fmt.Errorf("no sync"))
	}
	// Informers start as somebody asks for their kind.
	objects := 0
	var feeds FeedList
	for _, list := range []client.ObjectList{&feeds, &EnvironmentList{}, &corev1.ServiceAccountList{}, &networkingv1.NetworkPolicyList{}, &corev1.ConfigMapList{}, &appsv1.DeploymentList{}} {
		must(mgr.GetClient().List(ctx, list, client.UnsafeDisableDeepCopy))
		objects += count(list)
	}
	say("sync", startedAt, map[string]any{"objects": objects})
	all := func() {
		for i := range feeds.Items {
			news <- event.GenericEvent{Object: &feeds.Items[i]}
		}
	}
	var resyncing atomic.Bool
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		from := time.Now()
		switch orders.Text() {
		case "idle":
			for seen, quiet := int64(-1), 0; quiet < 2; {
				if now := r.passes.Load(); now == seen && r.active.Load() == 0 {
					quiet++
				} else {
					seen, quiet = now, 0
				}
				time.Sleep(500 * time.Millisecond)
			}
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			say("idle", from, map[string]any{"all": r.writes.Load(), "heap": memory.HeapAlloc})
		case "pass all":
			r.left.Store(int64(len(feeds.Items)))
			all()
			<-r.done
			say("pass all", from, map[string]any{"objects": len(feeds.Items)})
		case "resync":
			resyncing.Store(true)
			go func() {
				for resyncing.Load() {
					all()
					time.Sleep(time.Second)
				}
			}()
			say("resync", from, nil)
		case "rest":
			resyncing.Store(false)
			say("rest", from, nil)
		case "now":
			say("now", from, nil)
		case "stop":
			stop()
			must(<-ended)
			return
		}
	}
}

func count(list client.ObjectList) int {
	switch list := list.(type) {
	case *FeedList:
		return len(list.Items)
	case *EnvironmentList:
		return len(list.Items)
	case *corev1.ServiceAccountList:
		return len(list.Items)
	case *networkingv1.NetworkPolicyList:
		return len(list.Items)
	case *corev1.ConfigMapList:
		return len(list.Items)
	case *appsv1.DeploymentList:
		return len(list.Items)
	}
	return 0
}
