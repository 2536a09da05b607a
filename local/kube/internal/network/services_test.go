package network

import (
	"io"
	"net"
	"reflect"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
	"k8s.io/client-go/tools/cache"
)

func ptr[T any](v T) *T { return &v }

func service(name, ip string, ports ...corev1.ServicePort) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name},
		Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, ClusterIP: ip, Ports: ports}}
}

func tcp(name string, port int32) corev1.ServicePort {
	return corev1.ServicePort{Name: name, Port: port, Protocol: corev1.ProtocolTCP}
}

func slice(svc, port string, number int32, endpoints ...discoveryv1.Endpoint) *discoveryv1.EndpointSlice {
	return &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: svc + "-1", Labels: map[string]string{discoveryv1.LabelServiceName: svc}},
		Ports:      []discoveryv1.EndpointPort{{Name: ptr(port), Port: ptr(number)}}, Endpoints: endpoints,
	}
}

func endpoint(ip, hostname string, ready *bool) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{Addresses: []string{ip}, Hostname: &hostname, Conditions: discoveryv1.EndpointConditions{Ready: ready}}
}

func TestOnlyReadyEndpointsOfTCPPortsAreServed(t *testing.T) {
	udp := corev1.ServicePort{Name: "u", Port: 53, Protocol: corev1.ProtocolUDP}
	got := Frontends(
		[]*corev1.Service{service("web", "10.96.0.7", tcp("http", 80), udp), service("headless", "None", tcp("http", 80)), service("idle", "10.96.0.8", tcp("http", 80))},
		[]*discoveryv1.EndpointSlice{
			slice("web", "http", 8000, endpoint("10.244.1.2", "", ptr(true)), endpoint("10.244.1.3", "", ptr(false)), endpoint("10.244.1.1", "", nil)),
			slice("web", "u", 5353, endpoint("10.244.1.2", "", nil)),
			slice("headless", "http", 8000, endpoint("10.244.1.2", "", nil)),
			slice("idle", "http", 8000, endpoint("10.244.1.2", "", ptr(false))),
		})
	want := map[string][]string{"10.96.0.7:80": {"10.244.1.1:8000", "10.244.1.2:8000"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func directory(t *testing.T) *Services {
	t.Helper()
	indexers := cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc}
	services, slices := cache.NewIndexer(cache.MetaNamespaceKeyFunc, indexers), cache.NewIndexer(cache.MetaNamespaceKeyFunc, indexers)
	external := service("outside", "")
	external.Spec.ExternalName = "example.com"
	for _, s := range []*corev1.Service{service("web", "10.96.0.7"), service("set", "None"), service("none", "None"), external} {
		if err := services.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := slices.Add(slice("set", "p", 1, endpoint("10.244.1.1", "set-0", ptr(true)), endpoint("10.244.1.2", "set-1", ptr(false)))); err != nil {
		t.Fatal(err)
	}
	return NewServices(corelisters.NewServiceLister(services), discoverylisters.NewEndpointSliceLister(slices))
}

func TestNamesAreAnsweredAsKubernetesDoes(t *testing.T) {
	cases := map[string]struct {
		name string
		kind dnsmessage.Type
		code dnsmessage.RCode
		want []string
	}{
		"a service is its cluster IP":           {"web.ns.svc.cluster.local.", dnsmessage.TypeA, 0, []string{"10.96.0.7"}},
		"case does not matter":                  {"WEB.ns.svc.Cluster.Local.", dnsmessage.TypeA, 0, []string{"10.96.0.7"}},
		"a service has no IPv6 address":         {"web.ns.svc.cluster.local.", dnsmessage.TypeAAAA, 0, nil},
		"a headless service is its ready pods":  {"set.ns.svc.cluster.local.", dnsmessage.TypeA, 0, []string{"10.244.1.1"}},
		"a headless service may have no pods":   {"none.ns.svc.cluster.local.", dnsmessage.TypeA, 0, nil},
		"a member is found before it is ready":  {"set-1.set.ns.svc.cluster.local.", dnsmessage.TypeA, 0, []string{"10.244.1.2"}},
		"a member that is not there":            {"set-2.set.ns.svc.cluster.local.", dnsmessage.TypeA, dnsmessage.RCodeNameError, nil},
		"a pod by its address":                  {"10-244-1-9.ns.pod.cluster.local.", dnsmessage.TypeA, 0, []string{"10.244.1.9"}},
		"a service of another namespace":        {"web.other.svc.cluster.local.", dnsmessage.TypeA, dnsmessage.RCodeNameError, nil},
		"an external name is not served":        {"outside.ns.svc.cluster.local.", dnsmessage.TypeA, dnsmessage.RCodeNameError, nil},
		"the world outside does not exist":      {"example.com.", dnsmessage.TypeA, dnsmessage.RCodeNameError, nil},
		"a name that only ends like the domain": {"web.ns.svc.notcluster.local.", dnsmessage.TypeA, dnsmessage.RCodeNameError, nil},
	}
	s := directory(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := ask(t, s, c.name, c.kind)
			var got []string
			for _, a := range m.Answers {
				ip := a.Body.(*dnsmessage.AResource).A
				got = append(got, net.IP(ip[:]).String())
			}
			if m.RCode != c.code || m.ID != 7 || !m.Response || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v %v, want %v %v", m.RCode, got, c.code, c.want)
			}
		})
	}
}

func ask(t *testing.T, s *Services, name string, kind dnsmessage.Type) dnsmessage.Message {
	t.Helper()
	q := dnsmessage.Message{Header: dnsmessage.Header{ID: 7, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name), Type: kind, Class: dnsmessage.ClassINET}}}
	text, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var m dnsmessage.Message
	if err := m.Unpack(s.answer(text)); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhatIsNoQueryGetsNoAnswer(t *testing.T) {
	s := directory(t)
	if s.answer([]byte("nonsense")) != nil || s.answer(nil) != nil {
		t.Error("nonsense was answered")
	}
}

func TestABackendThatIsDownIsPassedOver(t *testing.T) {
	up, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer up.Close()
	down, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down.Close()
	f := &frontend{}
	f.backends.Store(&[]string{up.Addr().String(), down.Addr().String()})
	for range 4 {
		c, err := f.dial()
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
}

func TestARelayPassesTheEndOfEachDirectionOn(t *testing.T) {
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	answering, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer answering.Close()
	go func() {
		c, err := answering.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		text, _ := io.ReadAll(c) // returns only when the client's end was passed on
		_, _ = c.Write(append([]byte("got "), text...))
	}()
	go Relay(front, func() (net.Conn, error) { return net.Dial("tcp", answering.Addr().String()) })
	c, err := net.Dial("tcp", front.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(c); err != nil || string(text) != "got hello" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestAClientIsCutOffWhenNothingAnswersBehindTheRelay(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go Relay(l, func() (net.Conn, error) { return nil, io.ErrUnexpectedEOF })
	c, err := net.Dial("tcp", l.Addr().String())
	if err == nil { // the reset may come even before connect returns
		defer c.Close()
		_, err = c.Read(make([]byte, 1))
	}
	if err == nil || err == io.EOF {
		t.Errorf("got %v, want a reset", err)
	}
}
