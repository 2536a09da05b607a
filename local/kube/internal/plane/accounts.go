package plane

import (
	"context"
	"fmt"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher"
	controller "k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/serviceaccount"
)

// accounts are the controllers that give each namespace its default service
// account, its copy of the certificate authority, and secrets their tokens.
func (d controllerDeps) accounts(p PKI) ([]runner, error) {
	core := d.all.Core().V1()
	accounts, err := controller.NewServiceAccountsController(klog.Background(), core.ServiceAccounts(), core.Namespaces(), d.client,
		controller.DefaultServiceAccountsControllerOptions())
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(p.CA)
	if err != nil {
		return nil, err
	}
	key, err := keyutil.PrivateKeyFromFile(p.AccountKey)
	if err != nil {
		return nil, err
	}
	generator, err := serviceaccount.JWTTokenGenerator(serviceaccount.LegacyIssuer, key)
	if err != nil {
		return nil, err
	}
	tokens, err := controller.NewTokensController(klog.Background(), core.ServiceAccounts(), core.Secrets(), d.client,
		controller.TokensControllerOptions{TokenGenerator: generator, RootCA: ca})
	if err != nil {
		return nil, err
	}
	publisher, err := rootcacertpublisher.NewPublisher(core.ConfigMaps(), core.Namespaces(), d.client, ca)
	if err != nil {
		return nil, err
	}
	return []runner{accounts.Run, tokens.Run, publisher.Run}, nil
}

// waitAccounts waits until pods can be made in the default namespace.
func waitAccounts(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	err = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, readyWithin, true, func(ctx context.Context) (bool, error) {
		_, err := client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		return err == nil, nil
	})
	if err != nil {
		return fmt.Errorf("no default service account within %s: the controllers do not work, see the log", readyWithin)
	}
	return nil
}
