// The operator of subject.ts once more, as a Go programmer writes it with controller-runtime: the same watches, the
// same Deployment for each Widget by server-side apply, the same skip by hash, the same status. It answers the same
// orders on standard input, so that both are measured in one run.
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
	hashAnnotation = "ssmd.test/applied-hash-go"
)

type WidgetSpec struct {
	Maps int    `json:"maps"`
	Text string `json:"text"`
}
type WidgetStatus struct {
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	Maps               int   `json:"maps,omitempty"`
}
type Widget struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              WidgetSpec   `json:"spec,omitempty"`
	Status            WidgetStatus `json:"status,omitempty"`
}
type WidgetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Widget `json:"items"`
}

func (w *Widget) DeepCopyObject() kruntime.Object {
	out := *w
	w.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	return &out
}
func (l *WidgetList) DeepCopyObject() kruntime.Object {
	out := *l
	l.ListMeta.DeepCopyInto(&out.ListMeta)
	out.Items = make([]Widget, len(l.Items))
	for i := range l.Items {
		out.Items[i] = *l.Items[i].DeepCopyObject().(*Widget)
	}
	return &out
}

type reconciler struct {
	client.Client
	passes, writes, left atomic.Int64
	done                 chan struct{}
}

func (r *reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	defer func() {
		r.passes.Add(1)
		if r.left.Add(-1) == 0 {
			r.done <- struct{}{}
		}
	}()
	var owner Widget
	if err := r.Get(ctx, req.NamespacedName, &owner); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	desired := render(&owner)
	body, err := json.Marshal(desired)
	if err != nil {
		return ctrl.Result{}, err
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	var there appsv1.Deployment
	err = r.Get(ctx, types.NamespacedName{Namespace: req.Namespace, Name: "connector-" + req.Name}, &there)
	if err != nil && !apierrors.IsNotFound(err) {
		return ctrl.Result{}, err
	}
	if err != nil || there.Annotations[hashAnnotation] != hash {
		object := &unstructured.Unstructured{Object: desired}
		object.SetAnnotations(map[string]string{hashAnnotation: hash})
		r.writes.Add(1)
		if err := r.Apply(ctx, client.ApplyConfigurationFromUnstructured(object), client.FieldOwner(manager), client.ForceOwnership); err != nil {
			return ctrl.Result{}, err
		}
	}
	if owner.Status.ObservedGeneration != owner.Generation || owner.Status.Maps != 1 {
		status := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "ssmd.test/v1", "kind": "Widget",
			"metadata": map[string]any{"name": req.Name, "namespace": req.Namespace},
			"status":   map[string]any{"observedGeneration": owner.Generation, "maps": int64(1)},
		}}
		r.writes.Add(1)
		if err := r.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(status), client.FieldOwner(manager), client.ForceOwnership); err != nil {
			return ctrl.Result{}, err
		}
	}
	return ctrl.Result{}, nil
}

func render(owner *Widget) map[string]any {
	name := owner.Name
	ls := func() map[string]any {
		return map[string]any{
			"app.kubernetes.io/name": "connector", "app.kubernetes.io/instance": name,
			"app.kubernetes.io/managed-by": "ssmd-operator", "ssmd.test/widget": name,
		}
	}
	list := func(items ...any) []any { return items }
	return map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{
			"name": "connector-" + name, "namespace": owner.Namespace, "labels": ls(),
			"ownerReferences": list(map[string]any{
				"apiVersion": "ssmd.test/v1", "kind": "Widget", "name": name, "uid": string(owner.UID),
				"controller": true, "blockOwnerDeletion": true,
			}),
		},
		"spec": map[string]any{
			"replicas": int64(1),
			"selector": map[string]any{"matchLabels": map[string]any{"ssmd.test/widget": name}},
			"strategy": map[string]any{"type": "Recreate"},
			"template": map[string]any{
				"metadata": map[string]any{"labels": ls(), "annotations": map[string]any{"ssmd.test/config-hash": owner.Spec.Text}},
				"spec": map[string]any{
					"automountServiceAccountToken":  false,
					"securityContext":               map[string]any{"runAsNonRoot": true, "runAsUser": int64(65532), "seccompProfile": map[string]any{"type": "RuntimeDefault"}},
					"terminationGracePeriodSeconds": int64(30),
					"containers": list(map[string]any{
						"name": "connector", "image": "ghcr.io/ssmd/ssmd:0.1.0",
						"args": list("connector", "--feed", "/etc/ssmd/feed.yaml", "--env", "/etc/ssmd/environment.yaml"),
						"env": list(
							map[string]any{"name": "SSMD_LOG_LEVEL", "value": "info"},
							map[string]any{"name": "NODE_OPTIONS", "value": "--max-old-space-size=256"}),
						"ports":           list(map[string]any{"name": "health", "containerPort": int64(8080)}),
						"livenessProbe":   map[string]any{"httpGet": map[string]any{"path": "/livez", "port": "health"}, "periodSeconds": int64(10)},
						"readinessProbe":  map[string]any{"httpGet": map[string]any{"path": "/readyz", "port": "health"}, "periodSeconds": int64(5)},
						"resources":       map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "128Mi"}, "limits": map[string]any{"memory": "512Mi"}},
						"securityContext": map[string]any{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": map[string]any{"drop": list("ALL")}},
						"volumeMounts": list(
							map[string]any{"name": "config", "mountPath": "/etc/ssmd", "readOnly": true},
							map[string]any{"name": "tmp", "mountPath": "/tmp"}),
					}),
					"volumes": list(
						map[string]any{"name": "config", "configMap": map[string]any{"name": "connector-" + name}},
						map[string]any{"name": "tmp", "emptyDir": map[string]any{}}),
				},
			},
		},
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
	log.SetLogger(zap.New(zap.WriteTo(os.Stderr), zap.Level(zapcore.ErrorLevel)))
	account, namespace := os.Getenv("SERVICE_ACCOUNT"), os.Getenv("NAMESPACE")
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
	group := schema.GroupVersion{Group: "ssmd.test", Version: "v1"}
	scheme.AddKnownTypes(group, &Widget{}, &WidgetList{})
	metav1.AddToGroupVersion(scheme, group)
	ours, err := labels.Parse("app.kubernetes.io/managed-by=ssmd-operator")
	must(err)
	startedAt := time.Now()
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  scheme,
		Metrics: server.Options{BindAddress: "0"},
		Cache: cache.Options{
			DefaultNamespaces: map[string]cache.Config{namespace: {}},
			DefaultTransform:  cache.TransformStripManagedFields(),
			ByObject:          map[client.Object]cache.ByObject{&appsv1.Deployment{}: {Label: ours}},
		},
	})
	must(err)
	r := &reconciler{Client: mgr.GetClient(), done: make(chan struct{}, 1)}
	news := make(chan event.GenericEvent, 100)
	must(ctrl.NewControllerManagedBy(mgr).For(&Widget{}).Owns(&appsv1.Deployment{}).
		WatchesRawSource(source.Channel(news, &handler.EnqueueRequestForObject{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: 8}).Complete(r))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- mgr.Start(ctx) }()
	var widgets WidgetList
	if !mgr.GetCache().WaitForCacheSync(ctx) {
		must(fmt.Errorf("no sync"))
	}
	must(mgr.GetClient().List(ctx, &widgets, client.InNamespace(namespace)))
	var deployments appsv1.DeploymentList
	must(mgr.GetClient().List(ctx, &deployments, client.InNamespace(namespace)))
	say("sync", startedAt, map[string]any{"objects": len(widgets.Items) + len(deployments.Items)})
	all := func() {
		for i := range widgets.Items {
			news <- event.GenericEvent{Object: &widgets.Items[i]}
		}
	}
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		from := time.Now()
		switch orders.Text() {
		case "idle":
			for seen := int64(-1); seen != r.passes.Load(); {
				seen = r.passes.Load()
				time.Sleep(500 * time.Millisecond)
			}
			deployments.Items = nil
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			say("idle", from, map[string]any{"writes": r.writes.Load(), "heap": memory.HeapAlloc})
		case "noop without memo":
			r.left.Store(int64(len(widgets.Items)))
			all()
			<-r.done
			say("noop without memo", from, map[string]any{"objects": len(widgets.Items)})
		case "resync":
			go func() {
				for ctx.Err() == nil {
					all()
					time.Sleep(time.Second)
				}
			}()
			say("resync", from, nil)
		case "reset loop", "read loop":
			say(orders.Text(), from, nil)
		case "stop":
			stop()
			must(<-ended)
			return
		}
	}
}
