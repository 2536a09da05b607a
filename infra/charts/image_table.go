package charts

import (
	"maps"
	"slices"
)

// The images of each chart, read off its values at the version of the table
// (Chart.Source leads there). EMR's operator and EMR's Flink have none here: their
// images lie in a registry of AWS's in each region
// (https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/docker-custom-images-tag.html).

var metricsServerImages = []Image{of("registry.k8s.io", "metrics-server/metrics-server", "v0.8.1")}

// The solver is an argument, and runs where somebody has certificates from ACME.
var certManagerImages = []Image{
	of("quay.io", "jetstack/cert-manager-controller", "v1.21.1"),
	of("quay.io", "jetstack/cert-manager-webhook", "v1.21.1", "webhook"),
	of("quay.io", "jetstack/cert-manager-cainjector", "v1.21.1", "cainjector"),
	of("quay.io", "jetstack/cert-manager-startupapicheck", "v1.21.1", "startupapicheck"),
	of("quay.io", "jetstack/cert-manager-acmesolver", "v1.21.1", "acmesolver"),
}

// autoscalerImages are one for each version of a cluster.
func autoscalerImages() []Image {
	var all []Image
	for _, kubernetes := range slices.Sorted(maps.Keys(AutoscalerImages)) {
		image := of("registry.k8s.io", "autoscaling/cluster-autoscaler", AutoscalerImages[kubernetes])
		image.Kubernetes = kubernetes
		all = append(all, image)
	}
	return all
}

// The chart names the digest, too, which a copy keeps.
var karpenterImages = []Image{
	of("public.ecr.aws", "karpenter/controller", "1.14.1@sha256:723130949e4cab989461ff07d1be4cd781d63515432494641b33c235f300ae23", "controller"),
}

// YuniKornPlaceholder is run by pods that keep room for an application that asks for
// all of its room at once; the one that YuniKorn takes by itself
// (https://yunikorn.apache.org/docs/user_guide/service_config/).
var YuniKornPlaceholder = Image{Host: "registry.k8s.io", Name: "pause", Tag: "3.7", Value: []string{"yunikornDefaults", "service.placeholderImage"}, Says: Whole}

var yuniKornImages = []Image{
	of("docker.io", "apache/yunikorn", "scheduler-1.8.0"),
	of("docker.io", "apache/yunikorn", "admission-1.8.0", "admissionController"),
	of("docker.io", "apache/yunikorn", "web-1.8.0", "web"),
	YuniKornPlaceholder,
}

var loadBalancerImages = []Image{of("public.ecr.aws", "eks/aws-load-balancer-controller", "v3.5.0")}

// Thanos is an argument, and runs where somebody makes a ruler of it.
var prometheusImages = []Image{
	hosted("quay.io", "prometheus-operator/prometheus-operator", "v0.93.1", "prometheusOperator"),
	hosted("quay.io", "prometheus-operator/prometheus-config-reloader", "v0.93.1", "prometheusOperator", "prometheusConfigReloader"),
	{Host: "quay.io", Name: "thanos/thanos", Tag: "v0.42.4", Value: []string{"prometheusOperator", "thanosImage", "registry"}, Says: Registry},
	hosted("quay.io", "prometheus/prometheus", "v3.14.0-distroless", "prometheus", "prometheusSpec"),
	hosted("registry.k8s.io", "kube-state-metrics/kube-state-metrics", "v2.20.0", "kube-state-metrics"),
	hosted("quay.io", "prometheus/node-exporter", "v1.12.1-distroless", "prometheus-node-exporter"),
	hosted("docker.io", "grafana/grafana", "13.2.0", GrafanaValues),
	hosted("quay.io", "kiwigrid/k8s-sidecar", "2.10.1", GrafanaValues, "sidecar"),
}

var fluentBitImages = []Image{of("public.ecr.aws", "aws-observability/aws-for-fluent-bit", "3.2.1")}

var apacheOperatorImages = []Image{of("ghcr.io", "apache/flink-kubernetes-operator", "1.15.0")}
