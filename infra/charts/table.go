package charts

// MetricsServer is what `kubectl top` and autoscalers of pods read.
var MetricsServer = Chart{
	Name: "metrics-server", Release: "metrics-server",
	Repository: "https://kubernetes-sigs.github.io/metrics-server/",
	Version:    "3.13.1", App: "0.8.1", Namespace: "kube-system",
	Oldest:    "1.31",
	Source:    "https://github.com/kubernetes-sigs/metrics-server#compatibility-matrix",
	Keys:      "https://github.com/kubernetes-sigs/metrics-server/blob/master/charts/metrics-server/values.yaml",
	Workloads: []string{"Deployment/metrics-server"},
	Images:    metricsServerImages,
}

// CertManager makes the certificates of webhooks, the Flink operator's among them.
var CertManager = Chart{
	Name: "cert-manager", Release: "cert-manager",
	Repository: "oci://quay.io/jetstack/charts/cert-manager",
	Version:    "v1.21.1", App: "v1.21.1", Namespace: "cert-manager",
	Oldest: "1.33", Newest: "1.36",
	Source:      "https://cert-manager.io/docs/releases/",
	Keys:        "https://github.com/cert-manager/cert-manager/blob/master/deploy/charts/cert-manager/values.yaml",
	Workloads:   []string{"Deployment/cert-manager", "Deployment/cert-manager-cainjector", "Deployment/cert-manager-webhook"},
	Definitions: []string{"certificates.cert-manager.io/v1", "issuers.cert-manager.io/v1"},
	Images:      certManagerImages,
}

// ClusterAutoscaler grows managed node groups. The chart is for any version; what
// it runs has to be of the cluster's own minor version, see AutoscalerImages.
var ClusterAutoscaler = Chart{
	Name: "cluster-autoscaler", Release: "cluster-autoscaler",
	Repository: "https://kubernetes.github.io/autoscaler",
	Version:    "9.59.0", App: "1.35.0", Namespace: "kube-system",
	Oldest: "1.33", Newest: "1.36",
	Source:    "https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler#releases",
	Keys:      "https://github.com/kubernetes/autoscaler/blob/master/charts/cluster-autoscaler/values.yaml",
	Workloads: []string{"Deployment/cluster-autoscaler-aws-cluster-autoscaler"},
	Account:   "cluster-autoscaler",
	Images:    autoscalerImages(),
}

// AutoscalerImages are the newest images of the Cluster Autoscaler, by the
// cluster's version (https://github.com/kubernetes/autoscaler/releases).
var AutoscalerImages = map[string]string{
	"1.33": "v1.33.6",
	"1.34": "v1.34.5",
	"1.35": "v1.35.2",
	"1.36": "v1.36.1",
}

// KarpenterCRDs are Karpenter's definitions in a chart of their own: Helm never
// upgrades those that a chart brings along.
var KarpenterCRDs = Chart{
	Name: "karpenter-crd", Release: "karpenter-crd",
	Repository: "oci://public.ecr.aws/karpenter/karpenter-crd",
	Version:    "1.14.1", App: "1.14.1", Namespace: "kube-system",
	Oldest: "1.30", Newest: "1.36",
	Source:      "https://karpenter.sh/docs/upgrading/compatibility/",
	Definitions: []string{"nodepools.karpenter.sh/v1", "nodeclaims.karpenter.sh/v1", "ec2nodeclasses.karpenter.k8s.aws/v1"},
}

// Karpenter makes nodes for pods that have none.
var Karpenter = Chart{
	Name: "karpenter", Release: "karpenter",
	Repository: "oci://public.ecr.aws/karpenter/karpenter",
	Version:    KarpenterCRDs.Version, App: KarpenterCRDs.App, Namespace: "kube-system",
	Oldest: KarpenterCRDs.Oldest, Newest: KarpenterCRDs.Newest,
	Source:    KarpenterCRDs.Source,
	Keys:      "https://github.com/aws/karpenter-provider-aws/blob/main/charts/karpenter/values.yaml",
	Workloads: []string{"Deployment/karpenter"},
	Account:   "karpenter",
	Images:    karpenterImages,
}

// YuniKorn schedules the pods of an application together, from its team's queue.
// Its makers have tried it up to 1.34, which it is built from
// (https://github.com/apache/yunikorn-k8shim/blob/v1.8.0/go.mod); 1.35 is the one
// version more that a scheduler may be behind its API server
// (https://kubernetes.io/releases/version-skew-policy/).
var YuniKorn = Chart{
	Name: "yunikorn", Release: "yunikorn",
	Repository: "https://apache.github.io/yunikorn-release",
	Version:    "1.8.0", App: "1.8.0", Namespace: "yunikorn",
	Oldest: "1.24", Newest: "1.35",
	Source:    "https://apache.github.io/yunikorn-release/",
	Keys:      "https://github.com/apache/yunikorn-release/blob/master/helm-charts/yunikorn/values.yaml",
	Workloads: []string{"Deployment/yunikorn-scheduler", "Deployment/yunikorn-admission-controller"},
	Images:    yuniKornImages,
}

// LoadBalancerController makes a load balancer for Ingresses of its classes. Its
// makers name no newest version of Kubernetes.
var LoadBalancerController = Chart{
	Name: "aws-load-balancer-controller", Release: "aws-load-balancer-controller",
	Repository: "https://aws.github.io/eks-charts",
	Version:    "3.5.0", App: "v3.5.0", Namespace: "kube-system",
	Oldest:      "1.22",
	Source:      "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/",
	Keys:        "https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/helm/aws-load-balancer-controller/values.yaml",
	Workloads:   []string{"Deployment/aws-load-balancer-controller"},
	Definitions: []string{"ingressclassparams.elbv2.k8s.aws/v1beta1", "targetgroupbindings.elbv2.k8s.aws/v1beta1"},
	Account:     "aws-load-balancer-controller",
	Images:      loadBalancerImages,
}

// Grafana is what PrometheusStack runs where the platform asks for it,
// GrafanaAccount its service account, and GrafanaValues where its values stand.
const (
	GrafanaValues  = "grafana"
	Grafana        = "Deployment/kube-prometheus-stack-grafana"
	GrafanaAccount = "grafana"
)

// PrometheusStack gathers metrics, writes them to Amazon Managed Service for
// Prometheus, and shows them in Grafana.
var PrometheusStack = Chart{
	Name: "kube-prometheus-stack", Release: "kube-prometheus-stack",
	Repository: "https://prometheus-community.github.io/helm-charts",
	Version:    "88.5.3", App: "v0.93.1", Namespace: "monitoring",
	Oldest: "1.25",
	Source: "https://github.com/prometheus-community/helm-charts/tree/main/charts/kube-prometheus-stack",
	Keys:   "https://github.com/prometheus-community/helm-charts/blob/main/charts/kube-prometheus-stack/values.yaml",
	Workloads: []string{
		"Deployment/kube-prometheus-stack-operator", "Deployment/kube-prometheus-stack-kube-state-metrics", "DaemonSet/kube-prometheus-stack-prometheus-node-exporter",
		"StatefulSet/prometheus-kube-prometheus-stack-prometheus", Grafana,
	},
	Definitions: []string{"podmonitors.monitoring.coreos.com/v1", "servicemonitors.monitoring.coreos.com/v1"},
	Account:     "prometheus",
	Images:      prometheusImages,
}

// FluentBit sends the logs of pods to CloudWatch.
var FluentBit = Chart{
	Name: "aws-for-fluent-bit", Release: "aws-for-fluent-bit",
	Repository: "https://aws.github.io/eks-charts",
	Version:    "0.2.0", App: "3.2.1", Namespace: "logging",
	Oldest:    "1.25",
	Source:    "https://github.com/aws/eks-charts/tree/master/stable/aws-for-fluent-bit",
	Keys:      "https://github.com/aws/eks-charts/blob/master/stable/aws-for-fluent-bit/values.yaml",
	Workloads: []string{"DaemonSet/aws-for-fluent-bit"},
	Account:   "fluent-bit",
	Images:    fluentBitImages,
}

// flinkKinds are defined by both operators.
var flinkKinds = []string{"flinkdeployments.flink.apache.org/v1beta1", "flinksessionjobs.flink.apache.org/v1beta1"}

// EMROperator is Amazon EMR's Flink operator.
var EMROperator = Chart{
	Name: "flink-kubernetes-operator", Release: "flink-kubernetes-operator",
	Repository: "oci://public.ecr.aws/emr-on-eks/flink-kubernetes-operator",
	Version:    "7.13.0", App: "7.13.0", Namespace: "flink-kubernetes-operator",
	Oldest:      "1.25",
	Source:      "https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/jobruns-flink-kubernetes-operator-getting-started.html",
	Keys:        "https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/jobruns-flink-kubernetes-operator-getting-started.html",
	Workloads:   []string{"Deployment/flink-kubernetes-operator"},
	Definitions: flinkKinds,
	// https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/jobruns-flink-kubernetes-operator-run-application.html
	Account: "emr-containers-sa-flink-operator",
}

// ApacheOperator is the open-source Flink operator.
var ApacheOperator = Chart{
	Name: "flink-kubernetes-operator", Release: "flink-kubernetes-operator",
	Repository: "https://downloads.apache.org/flink/flink-kubernetes-operator-1.15.0/",
	Version:    "1.15.0", App: "1.15.0", Namespace: "flink-kubernetes-operator",
	Oldest:      "1.25",
	Source:      "https://flink.apache.org/downloads/#apache-flink-kubernetes-operator",
	Keys:        "https://github.com/apache/flink-kubernetes-operator/blob/main/helm/flink-kubernetes-operator/values.yaml",
	Workloads:   []string{"Deployment/flink-kubernetes-operator"},
	Definitions: flinkKinds,
	Images:      apacheOperatorImages,
}

// All are the charts in the order in which they are installed. Of the two
// operators a platform has one.
func All() []Chart {
	return []Chart{
		MetricsServer, CertManager, ClusterAutoscaler, KarpenterCRDs, Karpenter, YuniKorn, LoadBalancerController,
		PrometheusStack, FluentBit, EMROperator, ApacheOperator,
	}
}
