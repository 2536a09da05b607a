package network

import (
	"errors"
	"net/netip"
	"sync"
)

// NodeIP is the node's address: what pods route through, where DNS, the
// kubelet API and the egress relays listen.
const NodeIP = "10.244.0.1"

// ServiceCIDR is the range of cluster IPs.
const ServiceCIDR = "10.96.0.0/16"

// ServiceIP is the cluster IP of kubernetes.default, the first of ServiceCIDR.
const ServiceIP = "10.96.0.1"

// podRange holds the pods' addresses; its first /24 is the node's own.
var podRange = netip.MustParsePrefix("10.244.0.0/16")

// Pool hands out pod addresses. An address that was given back is used again
// only after all others, so that a stale client does not meet the wrong pod.
type Pool struct {
	mu   sync.Mutex
	last netip.Addr
	used map[netip.Addr]bool
}

// NewPool is a pool with all addresses free.
func NewPool() *Pool {
	return &Pool{last: firstPod().Prev(), used: map[netip.Addr]bool{}}
}

func firstPod() netip.Addr { return netip.MustParseAddr("10.244.1.1") }

// Take gives a free address.
func (p *Pool) Take() (netip.Addr, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for a := p.after(p.last); ; a = p.after(a) {
		if !p.used[a] {
			p.used[a], p.last = true, a
			return a, nil
		}
		if a == p.last {
			return netip.Addr{}, errors.New("all pod addresses are in use")
		}
	}
}

// Give takes an address back.
func (p *Pool) Give(a netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.used, a)
}

func (p *Pool) after(a netip.Addr) netip.Addr {
	next := a.Next()
	if !podRange.Contains(next.Next()) { // the last one is the broadcast address
		return firstPod()
	}
	return next
}
