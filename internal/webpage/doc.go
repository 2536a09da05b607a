// Package webpage says what an Ingress to Flink's web page looks like on a platform
// that serves such pages: whose class it is, under which name it is found, and which
// requests get through.
//
// A page is there to look at. Flink's REST API, which the page is made of, can cancel
// a job and run any jar, and knows nobody's name: what changes something is kept out
// at the load balancer. The class, the templates of infra, the policy of the API
// server and a release say the same, because all of them take it from here.
//
// It refuses to know Kubernetes, the CDK and manifests. Start with webpage.go.
package webpage
