package cluster

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// Trust is the trust policy of a role that pods take by their pod identity and,
// as EMR's operator wants it, by the cluster's OpenID Connect provider. account is
// a service account of the namespace; stars stand for anything, and ${AWS::AccountId}
// is filled in. The key of a condition holds the issuer, which is known to
// CloudFormation alone, so the policy is text that is filled in there.
func Trust(issuer *string, namespace, account string) *string {
	return awscdk.Fn_Sub(jsii.String(strings.NewReplacer("NAMESPACE", namespace, "ACCOUNT", account).Replace(
		`{"Version":"2012-10-17","Statement":[`+
			`{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]},`+
			`{"Effect":"Allow","Principal":{"Federated":"arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/${Issuer}"},"Action":"sts:AssumeRoleWithWebIdentity",`+
			`"Condition":{"StringLike":{"${Issuer}:sub":"system:serviceaccount:NAMESPACE:ACCOUNT"},"StringEquals":{"${Issuer}:aud":"sts.amazonaws.com"}}}]}`)),
		&map[string]*string{"Issuer": (*awscdk.Fn_Split(jsii.String("://"), issuer, jsii.Number(2)))[1]})
}
