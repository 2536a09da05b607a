package plane

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"

	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

// notNeeded are admission plugins that would get in the way: storage does not
// exist here, and TaintNodesByCondition keeps pods off a node until a
// controller that does not run lets them on.
var notNeeded = []string{"StorageObjectInUseProtection", "PersistentVolumeClaimResize", "DefaultStorageClass", "TaintNodesByCondition"}

// runAPIServer runs until ctx is done.
func runAPIServer(ctx context.Context, etcd string, p PKI) error {
	o := options.NewServerRunOptions()
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	named := o.Flags()
	for _, f := range named.FlagSets {
		flags.AddFlagSet(f)
	}
	if err := flags.Parse(apiServerFlags(etcd, p)); err != nil {
		return err
	}
	if err := o.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	complete, err := o.Complete(ctx)
	if err != nil {
		return err
	}
	if faults := complete.Validate(); len(faults) > 0 {
		return utilerrors.NewAggregate(faults)
	}
	return app.Run(ctx, complete)
}

func apiServerFlags(etcd string, p PKI) []string {
	return []string{
		"--etcd-servers=" + etcd,
		"--bind-address=0.0.0.0", // of the node's own network namespace
		"--advertise-address=" + network.NodeIP,
		fmt.Sprintf("--secure-port=%d", Port),
		"--tls-cert-file=" + p.Server, "--tls-private-key-file=" + p.ServerKey,
		"--client-ca-file=" + p.CA,
		"--service-cluster-ip-range=" + network.ServiceCIDR,
		"--service-account-issuer=https://kubernetes.default.svc." + network.Domain,
		"--service-account-key-file=" + p.AccountKey, "--service-account-signing-key-file=" + p.AccountKey,
		"--authorization-mode=RBAC",
		"--enable-priority-and-fairness=false",
		"--kubelet-preferred-address-types=InternalIP",
		"--kubelet-client-certificate=" + p.Admin, "--kubelet-client-key=" + p.AdminKey,
		"--kubelet-certificate-authority=" + p.CA,
		"--disable-admission-plugins=" + strings.Join(notNeeded, ","),
	}
}
