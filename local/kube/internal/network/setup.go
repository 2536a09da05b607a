package network

import (
	"fmt"
	"os"

	"github.com/vishvananda/netlink"
)

// SetUp prepares the network namespace this process runs in.
func SetUp() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("bring up the loopback: %w", err)
	}
	if err := addAddress(NodeIP); err != nil {
		return err
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		return fmt.Errorf("let the node forward packets: %w", err)
	}
	return nil
}

// addAddress gives the node one more address, on its loopback.
func addAddress(ip string) error { return changeAddress(ip, netlink.AddrReplace) }

func removeAddress(ip string) error { return changeAddress(ip, netlink.AddrDel) }

func changeAddress(ip string, change func(netlink.Link, *netlink.Addr) error) error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	a, err := netlink.ParseAddr(ip + "/32")
	if err != nil {
		return err
	}
	if err := change(lo, a); err != nil {
		return fmt.Errorf("address %s of the node: %w", ip, err)
	}
	return nil
}
