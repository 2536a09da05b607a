package network

import (
	"context"
	"errors"
	"net"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
	"k8s.io/klog/v2"
)

// Services opens a listener for each port of each cluster IP that has a ready
// endpoint, and relays to the endpoints in turn. A port without any is closed,
// so that clients are refused at once.
type Services struct {
	Services corelisters.ServiceLister
	Slices   discoverylisters.EndpointSliceLister

	changed chan struct{}
	open    map[string]*frontend
}

// frontend is one open port of a cluster IP.
type frontend struct {
	listener net.Listener
	backends atomic.Pointer[[]string]
	next     atomic.Uint64
}

// NewServices follows what the listers show; call Changed when they changed.
func NewServices(s corelisters.ServiceLister, e discoverylisters.EndpointSliceLister) *Services {
	return &Services{Services: s, Slices: e, changed: make(chan struct{}, 1), open: map[string]*frontend{}}
}

// Changed asks for another look. It never blocks.
func (s *Services) Changed() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Run follows changes until ctx is done.
func (s *Services) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.changed:
		}
		want, err := s.gather()
		if err != nil {
			klog.ErrorS(err, "list services")
			continue
		}
		s.apply(want)
	}
}

func (s *Services) gather() (map[string][]string, error) {
	services, err := s.Services.List(labels.Everything())
	if err != nil {
		return nil, err
	}
	slices, err := s.Slices.List(labels.Everything())
	if err != nil {
		return nil, err
	}
	return Frontends(services, slices), nil
}

// apply makes the open listeners those that are wanted.
func (s *Services) apply(want map[string][]string) {
	for address, f := range s.open {
		if _, ok := want[address]; !ok {
			f.listener.Close()
			delete(s.open, address)
			s.dropAddress(address)
		}
	}
	for address, backends := range want {
		f := s.open[address]
		if f == nil {
			var err error
			if f, err = openFrontend(address); err != nil {
				klog.ErrorS(err, "open a service port", "address", address)
				continue
			}
			s.open[address] = f
		}
		f.backends.Store(&backends)
	}
}

// dropAddress removes a cluster IP from the node when no port of it is open.
func (s *Services) dropAddress(address string) {
	ip, _, _ := net.SplitHostPort(address)
	for other := range s.open {
		if o, _, _ := net.SplitHostPort(other); o == ip {
			return
		}
	}
	if err := removeAddress(ip); err != nil {
		klog.ErrorS(err, "remove a service address")
	}
}

func openFrontend(address string) (*frontend, error) {
	ip, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if err := addAddress(ip); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	f := &frontend{listener: l}
	f.backends.Store(&[]string{})
	go Relay(l, f.dial)
	return f, nil
}

// dial tries each backend once, beginning with the next in turn.
func (f *frontend) dial() (net.Conn, error) {
	backends := *f.backends.Load()
	err := errors.New("no ready endpoint")
	first := f.next.Add(1)
	for i := range backends {
		var c net.Conn
		if c, err = net.Dial("tcp", backends[(first+uint64(i))%uint64(len(backends))]); err == nil {
			return c, nil
		}
	}
	return nil, err
}
