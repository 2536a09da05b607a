package network

import (
	"net/netip"
	"testing"
)

func TestAnAddressThatWasGivenBackIsUsedAgainLast(t *testing.T) {
	p := NewPool()
	first, err := p.Take()
	if err != nil || first.String() != "10.244.1.1" {
		t.Fatalf("got %s, %v", first, err)
	}
	p.Give(first)
	if second, _ := p.Take(); second == first {
		t.Errorf("%s was used again at once", first)
	}
}

func TestThePoolNeverHandsOutTheNodesOrTheBroadcastAddress(t *testing.T) {
	p := NewPool()
	seen := map[netip.Addr]bool{}
	for {
		a, err := p.Take()
		if err != nil {
			break
		}
		if seen[a] {
			t.Fatalf("%s was handed out twice", a)
		}
		seen[a] = true
	}
	// 255 blocks of 256 without the network's last address.
	if len(seen) != 255*256-2 {
		t.Errorf("%d addresses", len(seen))
	}
	for _, a := range []string{NodeIP, "10.244.0.255", "10.244.255.255"} {
		if seen[netip.MustParseAddr(a)] {
			t.Errorf("%s was handed out", a)
		}
	}
}

func TestTheNameOfAPodsCableFitsAnInterfaceName(t *testing.T) {
	if n := linkName(netip.MustParseAddr("10.244.255.254")); n != "p255-254" || len(n) > 15 {
		t.Errorf("got %q", n)
	}
}
