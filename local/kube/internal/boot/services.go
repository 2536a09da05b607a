package boot

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	applydiscovery "k8s.io/client-go/applyconfigurations/discovery/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/sluice-flink/sluice/local/kube/internal/launch"
	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

// serveServices starts the proxy behind cluster IPs, and DNS.
func serveServices(ctx context.Context, client kubernetes.Interface) error {
	f := informers.NewSharedInformerFactory(client, 0)
	services, slices := f.Core().V1().Services(), f.Discovery().V1().EndpointSlices()
	s := network.NewServices(services.Lister(), slices.Lister())
	changed := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { s.Changed() },
		UpdateFunc: func(any, any) { s.Changed() },
		DeleteFunc: func(any) { s.Changed() },
	}
	for _, informer := range []cache.SharedIndexInformer{services.Informer(), slices.Informer()} {
		if _, err := informer.AddEventHandler(changed); err != nil {
			return err
		}
	}
	f.Start(ctx.Done())
	f.WaitForCacheSync(ctx.Done())
	if err := s.ServeDNS(ctx); err != nil {
		return fmt.Errorf("serve DNS: %w", err)
	}
	go s.Run(ctx)
	s.Changed()
	return nil
}

// fieldManager owns what this program applies.
const fieldManager = "sluice-kube"

// leadOut makes a Service without selector whose only endpoint is a relay to the host's network.
func leadOut(ctx context.Context, client kubernetes.Interface, e launch.Egress) error {
	port, err := network.LeadOut(e.Socket)
	if err != nil {
		return err
	}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: e.Namespace}}
	if _, err := client.CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	const portName = "egress"
	own := metav1.ApplyOptions{FieldManager: fieldManager, Force: true}
	service := applycore.Service(e.Service, e.Namespace).WithSpec(applycore.ServiceSpec().
		WithPorts(applycore.ServicePort().WithName(portName).WithProtocol(corev1.ProtocolTCP).WithPort(int32(e.Port))))
	if _, err := client.CoreV1().Services(e.Namespace).Apply(ctx, service, own); err != nil {
		return err
	}
	slice := applydiscovery.EndpointSlice(e.Service+"-egress", e.Namespace).
		WithLabels(map[string]string{discoveryv1.LabelServiceName: e.Service, discoveryv1.LabelManagedBy: fieldManager}).
		WithAddressType(discoveryv1.AddressTypeIPv4).
		WithPorts(applydiscovery.EndpointPort().WithName(portName).WithProtocol(corev1.ProtocolTCP).WithPort(int32(port))).
		WithEndpoints(applydiscovery.Endpoint().WithAddresses(network.NodeIP).
			WithConditions(applydiscovery.EndpointConditions().WithReady(true)))
	_, err = client.DiscoveryV1().EndpointSlices(e.Namespace).Apply(ctx, slice, own)
	return err
}
