package removal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/charts"
)

// Left is something that is billed and in no stack any more.
type Left struct {
	What   string `json:"what"`
	ID     string `json:"id"`
	About  string `json:"about,omitempty"`
	Remove string `json:"remove"` // the command that removes it
	// Kept says that it was retained on purpose.
	Kept bool `json:"kept,omitempty"`
}

// Leftovers are what stays billable: what the stacks retain, and what controllers
// and services made by themselves and nobody took away. part says what could not
// be looked at, each with why.
func (r *Removal) Leftovers(ctx context.Context) (all []Left, unseen []error) {
	for _, look := range []func(context.Context) ([]Left, error){r.retained, r.logs, r.machines, r.balancers} {
		found, err := look(ctx)
		if err != nil {
			unseen = append(unseen, err)
		}
		all = append(all, found...)
	}
	return all, unseen
}

func (r *Removal) retained(ctx context.Context) ([]Left, error) {
	kept, err := r.Account.Kept(ctx, r.Platform.Stacks())
	if err != nil {
		return nil, err
	}
	var all []Left
	for _, one := range kept {
		if one.Type == account.KubernetesType {
			continue // teams' namespaces: they cost nothing, and went with a cluster of the platform's own
		}
		left := leftOf(one)
		if one.Type == account.BucketType {
			count, bytes, more, there, err := r.Account.Size(ctx, one.ID)
			if err != nil {
				return all, err
			}
			if !there {
				continue // somebody has removed it since
			}
			left.About = sizeOf(count, bytes, more)
		}
		all = append(all, left)
	}
	return all, nil
}

// leftOf says of a retained resource how it is removed.
func leftOf(one account.Resource) Left {
	left := Left{What: one.Type, ID: one.ID, Kept: true, Remove: "look at it in the console: " + one.Type}
	switch one.Type {
	case account.BucketType:
		left.What = "bucket"
		left.Remove = "sluice platform empty-bucket " + one.ID + " --yes " + one.ID + " && aws s3api delete-bucket --bucket " + one.ID
	case "AWS::KMS::Key":
		left.What, left.About = "key", "what it encrypts cannot be read without it; one that waits for its deletion costs nothing"
		left.Remove = "aws kms schedule-key-deletion --key-id " + one.ID + " --pending-window-in-days 30"
	case "AWS::Logs::LogGroup":
		left.What, left.Remove = "log group", "aws logs delete-log-group --log-group-name "+one.ID
	case "AWS::APS::Workspace":
		left.What, left.Remove = "workspace of Prometheus", "aws amp delete-workspace --workspace-id "+one.ID
	}
	return left
}

func sizeOf(count int, bytes int64, more bool) string {
	text := fmt.Sprintf("%d versions of objects, %.1f GB", count, float64(bytes)/1e9)
	if more {
		text = "more than " + text
	}
	return text
}

// logs are groups that went with their stacks, and were made again by what was
// said last. Those of a cluster that existed before are not ours.
func (r *Removal) logs(ctx context.Context) ([]Left, error) {
	prefixes := []string{"/aws/lambda/" + r.Platform.Name + "-", "/" + r.Platform.Name + "/", r.Platform.StackName("cluster") + "-", r.Platform.StackName("network") + "-"}
	if r.Platform.Cluster.Existing == nil {
		prefixes = append(prefixes, "/aws/eks/"+r.Platform.ClusterName()+"/")
	}
	var all []Left
	for _, prefix := range prefixes {
		groups, err := r.Account.LogGroups(ctx, prefix)
		if err != nil {
			return all, err
		}
		for _, name := range slices.Sorted(maps.Keys(groups)) {
			all = append(all, Left{What: "log group", ID: name, About: fmt.Sprintf("%.1f GB", float64(groups[name])/1e9), Remove: "aws logs delete-log-group --log-group-name " + name})
		}
	}
	return all, nil
}

// Tags by which what a cluster made is found: those of Karpenter and of the
// controllers of Kubernetes, of the volumes' driver, and of the network plugin.
const (
	claimNamespace = "kubernetes.io/created-for/pvc/namespace"
	interfacesOf   = "cluster.k8s.amazonaws.com/name"
	balancersOf    = "elbv2.k8s.aws/cluster"
	stackOf        = "aws:cloudformation:stack-name"
)

func (r *Removal) machines(ctx context.Context) ([]Left, error) {
	var found []account.Machine
	cluster := r.Platform.ClusterName()
	for _, look := range []func() ([]account.Machine, error){
		func() ([]account.Machine, error) {
			if r.Platform.Cluster.Existing != nil { // the cluster's other nodes are not ours
				return r.Account.Machines(ctx, "karpenter.sh/nodepool", r.poolNames()...)
			}
			return r.Account.Machines(ctx, "kubernetes.io/cluster/"+cluster)
		},
		func() ([]account.Machine, error) { return r.Account.Machines(ctx, claimNamespace, r.own()...) },
		func() ([]account.Machine, error) { return r.Account.Addresses(ctx, stackOf, r.Platform.Stacks()...) },
		func() ([]account.Machine, error) {
			if r.Platform.Cluster.Existing != nil {
				return nil, nil
			}
			return r.Account.Interfaces(ctx, interfacesOf, cluster)
		},
	} {
		some, err := look()
		if err != nil {
			return nil, err
		}
		for _, m := range some {
			if !slices.Contains(found, m) {
				found = append(found, m)
			}
		}
	}
	var all []Left
	for _, m := range found {
		all = append(all, leftMachine(m))
	}
	return all, nil
}

func (r *Removal) poolNames() []string {
	var all []string
	for _, pool := range r.Platform.AddOns.Pools {
		all = append(all, pool.Name)
	}
	return all
}

func leftMachine(m account.Machine) Left {
	left := Left{What: m.Kind, ID: m.ID, About: m.State}
	if m.GiB > 0 {
		left.About = fmt.Sprintf("%s, %d GiB", m.State, m.GiB)
	}
	left.Remove = map[string]string{
		"instance":  "aws ec2 terminate-instances --instance-ids ",
		"volume":    "aws ec2 delete-volume --volume-id ",
		"snapshot":  "aws ec2 delete-snapshot --snapshot-id ",
		"address":   "aws ec2 release-address --allocation-id ",
		"interface": "aws ec2 delete-network-interface --network-interface-id ",
	}[m.Kind] + m.ID
	return left
}

func (r *Removal) balancers(ctx context.Context) ([]Left, error) {
	if r.Platform.Cluster.Existing != nil {
		return nil, nil // its load balancers are not ours
	}
	cluster := r.Platform.ClusterName()
	byController, err := r.Account.LoadBalancers(ctx, balancersOf, cluster)
	if err != nil {
		return nil, err
	}
	byKubernetes, err := r.Account.LoadBalancers(ctx, "kubernetes.io/cluster/"+cluster, "")
	if err != nil {
		return nil, err
	}
	arns := slices.Concat(byController, byKubernetes)
	slices.Sort(arns)
	var all []Left
	for _, arn := range slices.Compact(arns) {
		remove := "aws elbv2 delete-load-balancer --load-balancer-arn " + arn
		if name := classic(arn); name != "" {
			remove = "aws elb delete-load-balancer --load-balancer-name " + name
		}
		all = append(all, Left{What: "load balancer", ID: arn, Remove: remove})
	}
	return all, nil
}

// classic is the name of a load balancer of the first kind, whose ARN ends
// loadbalancer/<name>; the others' say app/ or net/ before the name.
func classic(arn string) string {
	_, rest, _ := strings.Cut(arn, ":loadbalancer/")
	if strings.Contains(rest, "/") {
		return ""
	}
	return rest
}

// chartNamespaces are where charts put what the platform runs.
func chartNamespaces() []string {
	var all []string
	for _, c := range charts.All() {
		if c.Namespace != "kube-system" && !slices.Contains(all, c.Namespace) {
			all = append(all, c.Namespace)
		}
	}
	return all
}
