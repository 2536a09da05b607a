package addons

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awseks"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/platform"
)

// VolumeTag is on each volume of the class, with the platform's name: what is left
// behind is found by it.
const VolumeTag = "sluice.dev/platform"

// blockStorage lets pods have volumes of their own, by the add-on that EKS keeps.
// EMR's Flink keeps the state of TaskManagers there for a faster restart.
func blockStorage(scope constructs.Construct, p platform.Platform, on cluster.Cluster) {
	role := cluster.PodRole(scope, "BlockStorageRole", "the driver of block storage",
		awsiam.ManagedPolicy_FromAwsManagedPolicyName(jsii.String("AmazonEBSCSIDriverPolicyV2")))
	own.JustifyManaged(role, "AWS keeps it for its driver, whose next version may need more, and holds it to volumes that the driver made.")
	driver := awseks.NewCfnAddon(scope, jsii.String("BlockStorage"), &awseks.CfnAddonProps{
		ClusterName:      on.ClusterName(),
		AddonName:        jsii.String("aws-ebs-csi-driver"),
		ResolveConflicts: jsii.String("OVERWRITE"),
		PodIdentityAssociations: []any{&awseks.CfnAddon_PodIdentityAssociationProperty{
			ServiceAccount: jsii.String("ebs-csi-controller-sa"), RoleArn: role.RoleArn(),
		}},
	})
	// A volume is removed by the driver, so claims go first.
	on.Apply(scope, "StorageClass", storageClass(p)).Node().AddDependency(driver)
}

// storageClass has the one name that EMR's Flink asks for
// (https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/jobruns-flink-restart.html).
// A volume is made in the zone of the pod that waits for it, and is gone with its
// claim; parameters are those of
// https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md.
func storageClass(p platform.Platform) map[string]any {
	return map[string]any{
		"apiVersion":           "storage.k8s.io/v1",
		"kind":                 "StorageClass",
		"metadata":             map[string]any{"name": "ebs-sc"},
		"provisioner":          "ebs.csi.aws.com",
		"volumeBindingMode":    "WaitForFirstConsumer",
		"reclaimPolicy":        "Delete",
		"allowVolumeExpansion": true,
		"parameters": map[string]any{
			"type": "gp3", "encrypted": "true", "tagSpecification_1": VolumeTag + "=" + p.Name,
		},
	}
}
