package account

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
)

// Cluster is an EKS cluster.
type Cluster struct {
	Name, Status         string
	Endpoint             string
	CertificateAuthority string // base64
	Public               bool   // its endpoint is reached from outside its VPC
	Protected            bool   // AWS refuses to delete it
}

// Cluster finds a cluster by its name; nil: there is none.
func (a Account) Cluster(ctx context.Context, name string) (*Cluster, error) {
	out, err := a.clusters.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: &name})
	if isCode(err, "ResourceNotFoundException") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at the cluster %s: %w", name, err)
	}
	found := &Cluster{Name: name, Status: string(out.Cluster.Status), Endpoint: aws.ToString(out.Cluster.Endpoint), Protected: aws.ToBool(out.Cluster.DeletionProtection)}
	if ca := out.Cluster.CertificateAuthority; ca != nil {
		found.CertificateAuthority = aws.ToString(ca.Data)
	}
	if vpc := out.Cluster.ResourcesVpcConfig; vpc != nil {
		found.Public = vpc.EndpointPublicAccess
	}
	return found, nil
}

// Unprotect lets a cluster be deleted. It returns before that is so
// (https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html).
func (a Account) Unprotect(ctx context.Context, name string) error {
	if _, err := a.clusters.UpdateClusterConfig(ctx, &eks.UpdateClusterConfigInput{Name: &name, DeletionProtection: aws.Bool(false)}); err != nil {
		return fmt.Errorf("switch off the deletion protection of the cluster %s: %w", name, err)
	}
	return nil
}

// Identity is an association of EKS Pod Identity.
type Identity struct{ Namespace, ServiceAccount string }

// Identities lists those of a cluster.
func (a Account) Identities(ctx context.Context, cluster string) ([]Identity, error) {
	var all []Identity
	pages := eks.NewListPodIdentityAssociationsPaginator(a.clusters, &eks.ListPodIdentityAssociationsInput{ClusterName: &cluster})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the pod identities of the cluster %s: %w", cluster, err)
		}
		for _, one := range page.Associations {
			all = append(all, Identity{aws.ToString(one.Namespace), aws.ToString(one.ServiceAccount)})
		}
	}
	return all, nil
}
