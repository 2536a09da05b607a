package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// vpc is a network's template as a packet goes through it, by logical id.
type vpc struct {
	template
	table map[string]string // of a subnet
	out   map[string]string // of a table: what 0.0.0.0/0 goes to
}

func vpcOf(network template) vpc {
	v := vpc{template: network, table: map[string]string{}, out: map[string]string{}}
	ref := func(value any) string { return strings.Trim(text(value), "<>") }
	for _, association := range network.ofType("AWS::EC2::SubnetRouteTableAssociation") {
		v.table[ref(association.Properties["SubnetId"])] = ref(association.Properties["RouteTableId"])
	}
	for _, route := range network.ofType("AWS::EC2::Route") {
		for _, to := range []string{"NatGatewayId", "GatewayId"} {
			if id := route.Properties[to]; id != nil && route.Properties["DestinationCidrBlock"] == "0.0.0.0/0" {
				v.out[ref(route.Properties["RouteTableId"])] = ref(id)
			}
		}
	}
	return v
}

// sides are the subnets by what is between them and the world.
func (v vpc) sides() (private, public []string) {
	for id := range v.ofType("AWS::EC2::Subnet") {
		switch v.Resources[v.out[v.table[id]]].Type {
		case "AWS::EC2::NatGateway":
			private = append(private, id)
		case "AWS::EC2::InternetGateway":
			public = append(public, id)
		}
	}
	slices.Sort(private)
	slices.Sort(public)
	return private, public
}

func TestPrivateSubnetsGoOutByANATGatewayThatStandsInAPublicOne(t *testing.T) {
	network := vpcOf(read(t, networkStack))
	private, public := network.sides()
	if len(private) != 2 || len(public) != 2 {
		t.Fatalf("behind a NAT gateway are %v, behind the internet gateway %v: want two each", private, public)
	}
	_, nat := network.only(t, "AWS::EC2::NatGateway")
	if stands := strings.Trim(text(nat.Properties["SubnetId"]), "<>"); !slices.Contains(public, stands) {
		t.Errorf("the NAT gateway stands in %s, which it is the way out of", stands)
	}
	gateway, _ := network.only(t, "AWS::EC2::InternetGateway")
	if _, attached := network.only(t, "AWS::EC2::VPCGatewayAttachment"); text(attached.Properties["InternetGatewayId"]) != "<"+gateway+">" {
		t.Errorf("the VPC has the gateway %v", attached.Properties)
	}
}

func TestEachSideHasAZoneAndAddressesOfItsOwnForEverySubnet(t *testing.T) {
	network := vpcOf(read(t, networkStack))
	private, public := network.sides()
	for _, side := range [][]string{private, public} {
		zones := map[string]string{}
		for _, id := range side {
			zone := fmt.Sprint(network.Resources[id].Properties["AvailabilityZone"])
			if other, taken := zones[zone]; taken {
				t.Errorf("%s and %s stand in one zone", id, other)
			}
			zones[zone] = id
		}
	}
	taken := map[string]netip.Prefix{}
	for id, subnet := range network.ofType("AWS::EC2::Subnet") {
		own, err := netip.ParsePrefix(text(subnet.Properties["CidrBlock"]))
		if err != nil {
			t.Fatal(err)
		}
		for other, its := range taken {
			if its.Overlaps(own) {
				t.Errorf("%s (%s) overlaps %s (%s)", id, own, other, its)
			}
		}
		taken[id] = own
	}
}

// An endpoint that a private subnet has no route or no interface to is paid for, and
// what it is for goes out by the NAT gateway.
func TestEveryPrivateSubnetReachesEveryEndpoint(t *testing.T) {
	network := vpcOf(read(t, networkStack))
	private, _ := network.sides()
	var everywhere []string
	for _, subnet := range private {
		everywhere = append(everywhere, "<"+subnet+">")
	}
	group, let := network.only(t, "AWS::EC2::SecurityGroup")
	for id, endpoint := range network.ofType("AWS::EC2::VPCEndpoint") {
		if endpoint.Properties["VpcEndpointType"] == "Gateway" {
			for _, subnet := range private {
				if !slices.Contains(texts(endpoint.Properties["RouteTableIds"]), "<"+network.table[subnet]+">") {
					t.Errorf("%s has no route to %s", subnet, id)
				}
			}
			continue
		}
		stands := texts(endpoint.Properties["SubnetIds"])
		slices.Sort(stands)
		if !slices.Equal(stands, everywhere) {
			t.Errorf("%s stands in %v, want the private subnets", id, stands)
		}
		if groups := texts(endpoint.Properties["SecurityGroupIds"]); !slices.Equal(groups, []string{"<" + group + ".GroupId>"}) {
			t.Errorf("%s has the groups %v", id, groups)
		}
	}
	rules := many(let.Properties["SecurityGroupIngress"])
	if len(rules) != 1 || at(rules[0], "CidrIp") != "10.0.0.0/16" || at(rules[0], "IpProtocol") != "tcp" || at(rules[0], "FromPort") != 443.0 || at(rules[0], "ToPort") != 443.0 {
		t.Errorf("endpoints let in %v, want the VPC, over TLS alone", rules)
	}
}

func TestWhatTheNetworkRefusedIsRecorded(t *testing.T) {
	network := read(t, networkStack)
	_, log := network.only(t, "AWS::EC2::FlowLog")
	kept := network.Resources[strings.Trim(text(log.Properties["LogGroupName"]), "<>")]
	if log.Properties["TrafficType"] != "REJECT" || kept.Type != "AWS::Logs::LogGroup" || kept.Properties["RetentionInDays"] != 90.0 {
		t.Errorf("the log of flows is %v, kept %v", log.Properties, kept.Properties)
	}
}
