package template

// harmless lists the resource types that are left out on one machine, each
// with the reason why nothing is lost for what runs here. Anything that is in
// neither this table nor kinds.go is refused.
var harmless = map[string]string{
	"AWS::IAM::Role":                 "there is one user; permissions are checked against the synthesized template by tests of infra",
	"AWS::IAM::Policy":               "as roles",
	"AWS::IAM::ManagedPolicy":        "as roles",
	"AWS::KMS::Key":                  "objects lie in the user's own directory",
	"AWS::KMS::Alias":                "as keys",
	"AWS::S3::BucketPolicy":          "as roles",
	"AWS::SQS::QueuePolicy":          "as roles",
	"AWS::SNS::TopicPolicy":          "as roles",
	"AWS::SNS::Subscription":         "nobody is sent anything here; what is published lies in files and in the plane's log",
	"AWS::Lambda::EventInvokeConfig": "who invokes a function here waits for it, and tries again as the schedule says",
	"AWS::Events::EventBusPolicy":    "as roles",
	"AWS::Lambda::Permission":        "as roles",
	"AWS::Logs::LogGroup":            "what functions write goes to the plane's log",
	"AWS::CloudWatch::Dashboard":     "for people, on AWS",
	"AWS::EKS::AccessEntry":          "the cluster is reached with a kubeconfig",
	"AWS::EC2::SecurityGroup":        "functions run on this machine's loopback",
	"AWS::EC2::SecurityGroupEgress":  "as security groups",
	"AWS::EC2::SecurityGroupIngress": "as security groups",
	"AWS::CDK::Metadata":             "says which constructs made the template",
}
