package network

import (
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// Pod is a pod's network namespace.
type Pod struct {
	IP netip.Addr
	ns netns.NsHandle
}

// NewPod makes a network namespace whose only interface is eth0 with ip, routed
// point to point through the node. Closing it and ending its processes frees it.
func NewPod(ip netip.Addr) (*Pod, error) {
	runtime.LockOSThread()
	node, err := netns.Get()
	if err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	defer node.Close()
	ns, err := netns.New() // also enters it
	if err != nil {
		runtime.UnlockOSThread()
		return nil, fmt.Errorf("make a network namespace: %w", err)
	}
	err = inside(ip, node)
	if back := netns.Set(node); back != nil {
		// This thread is lost to the pod: leaving it locked ends it with its goroutine.
		ns.Close()
		return nil, back
	}
	runtime.UnlockOSThread()
	if err == nil {
		err = outside(ip)
	}
	if err != nil {
		ns.Close()
		return nil, fmt.Errorf("network of pod %s: %w", ip, err)
	}
	return &Pod{IP: ip, ns: ns}, nil
}

// linkName is the node's end of the pod's cable; at most 15 bytes.
func linkName(ip netip.Addr) string {
	return "p" + strings.ReplaceAll(strings.TrimPrefix(ip.String(), "10.244."), ".", "-")
}

func host(ip string) *net.IPNet {
	return &net.IPNet{IP: net.ParseIP(ip), Mask: net.CIDRMask(32, 32)}
}

// inside runs in the pod's namespace.
func inside(ip netip.Addr, node netns.NsHandle) error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return err
	}
	cable := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "eth0"}, PeerName: linkName(ip), PeerNamespace: netlink.NsFd(node)}
	if err := netlink.LinkAdd(cable); err != nil {
		return fmt.Errorf("veth: %w", err)
	}
	eth, err := netlink.LinkByName("eth0")
	if err != nil {
		return err
	}
	if err := netlink.AddrAdd(eth, &netlink.Addr{IPNet: host(ip.String())}); err != nil {
		return err
	}
	if err := netlink.LinkSetUp(eth); err != nil {
		return err
	}
	index := eth.Attrs().Index
	if err := netlink.RouteAdd(&netlink.Route{LinkIndex: index, Scope: netlink.SCOPE_LINK, Dst: host(NodeIP)}); err != nil {
		return fmt.Errorf("route to the node: %w", err)
	}
	return netlink.RouteAdd(&netlink.Route{LinkIndex: index, Gw: net.ParseIP(NodeIP)})
}

// outside runs in the node's namespace.
func outside(ip netip.Addr) error {
	link, err := netlink.LinkByName(linkName(ip))
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return err
	}
	return netlink.RouteReplace(&netlink.Route{
		LinkIndex: link.Attrs().Index, Scope: netlink.SCOPE_LINK, Dst: host(ip.String()), Src: net.ParseIP(NodeIP)})
}

// Do runs f on a thread inside the pod's namespace; processes that f starts live there.
func (p *Pod) Do(f func() error) error {
	runtime.LockOSThread()
	node, err := netns.Get()
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer node.Close()
	if err := netns.Set(p.ns); err != nil {
		runtime.UnlockOSThread()
		return err
	}
	err = f()
	if back := netns.Set(node); back != nil {
		return back // the thread stays locked and ends with its goroutine
	}
	runtime.UnlockOSThread()
	return err
}

// Close cuts the pod's cable and lets go of its namespace.
func (p *Pod) Close() error {
	if link, err := netlink.LinkByName(linkName(p.IP)); err == nil {
		if err := netlink.LinkDel(link); err != nil {
			p.ns.Close()
			return err
		}
	}
	return p.ns.Close()
}
