package main

import (
	"regexp"
	"testing"
)

// What EC2 takes as the description of a group and of a rule; CloudFormation's schema
// does not say it, so no linter does
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html).
var describable = regexp.MustCompile(`^[a-zA-Z0-9 ._:/()#,@\[\]+=;{}!$*-]{1,255}$`)

func TestEveryDescriptionOfASecurityGroupIsOneThatEC2Takes(t *testing.T) {
	looked := 0
	check := func(stack, id string, description any) {
		looked++
		if said := text(description); !describable.MatchString(said) {
			t.Errorf("%s: %s is described as %q", stack, id, said)
		}
	}
	for _, stack := range made(t) {
		parsed := read(t, stack)
		for id, group := range parsed.ofType("AWS::EC2::SecurityGroup") {
			check(stack, id, group.Properties["GroupDescription"])
			for _, direction := range []string{"SecurityGroupIngress", "SecurityGroupEgress"} {
				for _, rule := range many(group.Properties[direction]) {
					check(stack, id, at(rule, "Description"))
				}
			}
		}
		for _, kind := range []string{"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"} {
			for id, rule := range parsed.ofType(kind) {
				check(stack, id, rule.Properties["Description"])
			}
		}
	}
	if looked < 5 {
		t.Errorf("only %d descriptions were found", looked)
	}
}

func TestAnApostropheIsNoDescription(t *testing.T) {
	for said, want := range map[string]bool{"from the functions of Sluice": true, "Sluice's functions": false, "": false, "a & b": false} {
		if describable.MatchString(said) != want {
			t.Errorf("%q: %t", said, !want)
		}
	}
}
