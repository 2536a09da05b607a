// Command infra is the CDK app: `cdk synth` and `cdk deploy` run it by
// cdk.json. It makes one stack, sluice-eventplane; see stacks, constructs, and
// kubernetes/rbac.yaml for what the cluster has to be told.
//
// Context values decide what a parameter of the template cannot:
//
//	-c subnetIds=subnet-a,subnet-b -c securityGroupIds=sg-a   the cluster's endpoint is private
//	-c accessEntries=false                                    the cluster's owner makes the access entries
//	-c binaries=<folder>                                      where the functions' binaries are (build/functions)
//
// testdata/eventplane.template.json is the template without what changes from
// one build to the next. A test holds it equal to a fresh synthesis, and the
// local plane runs from it.
package main
