package real

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"

	"github.com/sluice-flink/sluice/local/cluster"
)

// Names of settings.
const (
	Shipped  = "shipped"  // all that local/cluster/manifests/operator.yaml sets
	Defaults = "defaults" // the operator's own, and Flink's where it has one
)

// settings of the operator that bear on how fast a change is.
type settings struct {
	conf    string // flink-conf.yaml of the operator
	options string // JAVA_TOOL_OPTIONS of its JVM
}

// group is some of the shipped settings under one name.
type group struct {
	name   string
	keys   []string // lines of the configuration, by the beginnings of their keys
	javaVM bool     // the options of the operator's JVM
}

var groups = []group{
	{name: "intervals", keys: []string{"kubernetes.operator.reconcile.interval", "kubernetes.operator.observer.", "kubernetes.operator.savepoint.trigger.grace-period"}},
	{name: "rate limiter", keys: []string{"kubernetes.operator.rate-limiter."}},
	{name: "HA lease", keys: []string{"high-availability.kubernetes.leader-election."}},
	{name: "DNS cache", javaVM: true},
}

// Groups lists the names of the groups of shipped settings.
func Groups() []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.name
	}
	return names
}

// only keeps, of the groups, those that are named.
func (s settings) only(names ...string) settings {
	for _, g := range groups {
		if slices.Contains(names, g.name) {
			continue
		}
		if g.javaVM {
			s.options = ""
		}
		s.conf = without(s.conf, g.keys)
	}
	return s
}

// without leaves out the lines that begin with one of the keys.
func without(conf string, keys []string) string {
	lines := slices.DeleteFunc(strings.SplitAfter(conf, "\n"), func(line string) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(line, key) })
	})
	return strings.Join(lines, "")
}

const (
	operatorName = "flink-kubernetes-operator"
	configName   = "flink-operator-config"
	configFile   = "flink-conf.yaml"
	javaOptions  = "JAVA_TOOL_OPTIONS"
)

func (b *Bench) readSettings(ctx context.Context) (settings, error) {
	c, err := b.core.CoreV1().ConfigMaps(cluster.OperatorNamespace).Get(ctx, configName, metav1.GetOptions{})
	if err != nil {
		return settings{}, err
	}
	d, err := b.core.AppsV1().Deployments(cluster.OperatorNamespace).Get(ctx, operatorName, metav1.GetOptions{})
	if err != nil {
		return settings{}, err
	}
	s := settings{conf: c.Data[configFile]}
	for _, e := range d.Spec.Template.Spec.Containers[0].Env {
		if e.Name == javaOptions {
			s.options = e.Value
		}
	}
	return s, nil
}

// Use restarts the operator with Defaults, Shipped, or Defaults and one group.
func (b *Bench) Use(ctx context.Context, name string) error {
	next := b.shipped
	switch {
	case name == Defaults:
		next = b.shipped.only()
	case slices.Contains(Groups(), name):
		next = b.shipped.only(name)
	case name != Shipped:
		return fmt.Errorf("there are no settings %q", name)
	}
	if name == b.active {
		return nil
	}
	if err := b.scaleOperator(ctx, 0); err != nil {
		return err
	}
	if err := b.writeSettings(ctx, next); err != nil {
		return err
	}
	b.active = name
	return b.scaleOperator(ctx, 1)
}

func (b *Bench) writeSettings(ctx context.Context, s settings) error {
	maps, operators := b.core.CoreV1().ConfigMaps(cluster.OperatorNamespace), b.core.AppsV1().Deployments(cluster.OperatorNamespace)
	c, err := maps.Get(ctx, configName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	c.Data[configFile] = s.conf
	if _, err := maps.Update(ctx, c, metav1.UpdateOptions{}); err != nil {
		return err
	}
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error { // its controller writes its status
		d, err := operators.Get(ctx, operatorName, metav1.GetOptions{})
		if err != nil {
			return err
		}
		env := d.Spec.Template.Spec.Containers[0].Env
		for i := range env {
			if env[i].Name == javaOptions {
				env[i].Value = s.options
			}
		}
		_, err = operators.Update(ctx, d, metav1.UpdateOptions{})
		return err
	})
}

// scaleOperator makes the operator go, and waits until its pod is gone, so that
// there are never two; or come, and waits until it is ready.
func (b *Bench) scaleOperator(ctx context.Context, replicas int32) error {
	operators := b.core.AppsV1().Deployments(cluster.OperatorNamespace)
	if err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		s, err := operators.GetScale(ctx, operatorName, metav1.GetOptions{})
		if err != nil {
			return err
		}
		s.Spec.Replicas = replicas
		_, err = operators.UpdateScale(ctx, operatorName, s, metav1.UpdateOptions{})
		return err
	}); err != nil {
		return err
	}
	return await(ctx, calm, fmt.Sprintf("%d operators", replicas), func(ctx context.Context) (bool, error) {
		pods, err := b.core.CoreV1().Pods(cluster.OperatorNamespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		d, err := operators.Get(ctx, operatorName, metav1.GetOptions{})
		return err == nil && len(pods.Items) == int(replicas) && d.Status.AvailableReplicas == replicas && d.Status.ObservedGeneration >= d.Generation, err
	})
}
